//! Certificates of a service and of those who call it, made for a test.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DistinguishedName, DnType, ExtendedKeyUsagePurpose,
    IsCa, KeyPair, KeyUsagePurpose, SanType, date_time_ymd,
};
use reqwest::{Certificate, Identity};
use tempfile::TempDir;
use tokio::process::Command;

/// The name in the certificate that is allowed to call.
pub(super) const GOVERNANCE: &str = "governance.example";

/// Issues certificates.
pub(super) struct Authority(CertifiedIssuer<'static, KeyPair>);

/// A certificate and its key, in PEM.
pub(super) struct Paper {
    certificate: String,
    key: String,
}

/// When a certificate is good.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Good {
    Now,
    NoMore,
    NotYet,
}

impl Authority {
    pub(super) fn new(name: &str) -> Self {
        let mut params = named(name, Good::Now);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        Self(CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap())
    }

    /// One for a client of this common name.
    pub(super) fn client(&self, name: &str, good: Good) -> Paper {
        let mut params = named(name, good);
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
        self.issue(&params)
    }

    fn server(&self) -> Paper {
        let mut params = named("acta.example", Good::Now);
        params.subject_alt_names = vec![SanType::IpAddress([127, 0, 0, 1].into())];
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        self.issue(&params)
    }

    fn issue(&self, params: &CertificateParams) -> Paper {
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, &self.0).unwrap();
        Paper { certificate: certificate.pem(), key: key.serialize_pem() }
    }
}

fn named(name: &str, good: Good) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name = DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, name);
    params.not_before = date_time_ymd(if good == Good::NotYet { 2090 } else { 2020 }, 1, 1);
    params.not_after = date_time_ymd(if good == Good::NoMore { 2021 } else { 2096 }, 1, 1);
    params
}

/// The papers of a service with an internal listener.
pub(super) struct House {
    files: TempDir,
    servers: Authority,
    /// Whose clients are let in.
    pub(super) clients: Authority,
}

impl House {
    pub(super) fn new() -> Self {
        let (servers, clients) = (Authority::new("servers"), Authority::new("clients"));
        let house = Self { files: tempfile::tempdir().unwrap(), servers, clients };
        let paper = house.servers.server();
        fs::write(house.file("server.pem"), paper.certificate).unwrap();
        fs::write(house.file("server.key"), paper.key).unwrap();
        fs::set_permissions(house.file("server.key"), fs::Permissions::from_mode(0o600)).unwrap();
        house.let_in(&house.clients);
        house
    }

    fn file(&self, name: &str) -> PathBuf {
        self.files.path().join(name)
    }

    /// Lets in the clients of this authority, and no others, once the service looks.
    pub(super) fn let_in(&self, authority: &Authority) {
        write_whole(&self.file("clients.pem"), &authority.0.pem());
    }

    /// Has the service that `command` starts listen for other services: [`GOVERNANCE`] is one.
    pub(super) fn tell(&self, command: &mut Command) {
        command
            .env("INTERNAL_LISTEN", "127.0.0.1:0")
            .env("INTERNAL_TLS_CERT", self.file("server.pem"))
            .env("INTERNAL_TLS_KEY", self.file("server.key"))
            .env("INTERNAL_CLIENT_CA", self.file("clients.pem"))
            .env("INTERNAL_SERVICES", format!("governance=CN:{GOVERNANCE}"));
    }

    /// A client that shows `paper`.
    pub(super) fn caller(&self, paper: Option<&Paper>) -> reqwest::Client {
        let trusted = Certificate::from_pem(self.servers.0.pem().as_bytes()).unwrap();
        let http = reqwest::Client::builder().tls_certs_only([trusted]).timeout(Duration::from_secs(40));
        let http = match paper {
            Some(Paper { certificate, key }) => {
                http.identity(Identity::from_pem(format!("{certificate}{key}").as_bytes()).unwrap())
            }
            None => http,
        };
        http.build().unwrap()
    }

    /// A client that is let in as the governance service.
    pub(super) fn governance(&self) -> reqwest::Client {
        self.caller(Some(&self.clients.client(GOVERNANCE, Good::Now)))
    }
}

/// Whoever reads the file sees the old text or the new one, never half of it.
fn write_whole(file: &Path, text: &str) {
    let new = file.with_extension("new");
    fs::write(&new, text).unwrap();
    fs::rename(new, file).unwrap();
}
