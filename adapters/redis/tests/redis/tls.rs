//! Connections with TLS.

use std::fs;
use std::path::{Path, PathBuf};

use acta_redis::{RedisCounters, RequestError};
use acta_throwaway::Redis;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use tempfile::TempDir;

use crate::given::{chain, options, reason, use_once};

/// An authority, and a server with a certificate of it.
struct Encrypted {
    folder: TempDir,
    redis: Redis,
}

fn authority() -> CertifiedIssuer<'static, KeyPair> {
    let mut params = CertificateParams::default();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap()
}

impl Encrypted {
    async fn start(host: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (authority, key) = (authority(), KeyPair::generate().unwrap());
        let params = CertificateParams::new([host.to_owned()]).unwrap();
        let certificate = params.signed_by(&key, &authority).unwrap();
        let file = |name: &str, text: String| {
            let file = folder.path().join(name);
            fs::write(&file, text).unwrap();
            file.to_str().unwrap().to_owned()
        };
        let ca = file("ca.pem", authority.pem());
        let (cert, key) = (file("server.pem", certificate.pem()), file("server.key", key.serialize_pem()));
        let settings = [
            ("tls-cert-file", cert.as_str()),
            ("tls-key-file", key.as_str()),
            ("tls-ca-cert-file", ca.as_str()),
            ("tls-auth-clients", "no"),
        ];
        Self { redis: Redis::start_with(&settings).await.unwrap(), folder }
    }

    fn authority(&self) -> PathBuf {
        self.folder.path().join("ca.pem")
    }

    fn counters(&self, authority: &Path) -> RedisCounters {
        let options = options(&self.redis.url()).with_authorities_file(authority).unwrap();
        RedisCounters::new(&options).unwrap()
    }
}

#[tokio::test]
async fn a_server_with_a_certificate_of_the_authority_is_trusted() {
    let server = Encrypted::start("127.0.0.1").await;
    let counters = server.counters(&server.authority());
    assert!(use_once(&counters, 1).await.unwrap());
    assert!(!use_once(&counters, 1).await.unwrap());
}

#[tokio::test]
async fn a_server_with_a_certificate_of_another_authority_is_not() {
    let server = Encrypted::start("127.0.0.1").await;
    let other = server.folder.path().join("other.pem");
    fs::write(&other, authority().pem()).unwrap();
    let error = reason(use_once(&server.counters(&other), 1).await);
    assert!(matches!(error, RequestError::Unreachable(_)), "{}", chain(&error));
    assert!(chain(&error).contains("certificate"), "{}", chain(&error));
}

#[tokio::test]
async fn a_server_with_a_certificate_for_another_name_is_not() {
    let server = Encrypted::start("redis.example").await;
    let error = reason(use_once(&server.counters(&server.authority()), 1).await);
    assert!(chain(&error).contains("certificate not valid for name"), "{}", chain(&error));
}

#[tokio::test]
async fn nothing_is_sent_in_the_clear_to_a_server_that_wants_tls() {
    let server = Encrypted::start("127.0.0.1").await;
    let plain = RedisCounters::new(&options(&server.redis.url().replace("rediss:", "redis:"))).unwrap();
    let error = reason(use_once(&plain, 1).await);
    assert!(matches!(error, RequestError::Unreachable(_) | RequestError::Refused(_)), "{}", chain(&error));
}
