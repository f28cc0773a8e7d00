//! Certificates for neighbours and for those who call them.

use std::sync::Arc;

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DistinguishedName, DnType, ExtendedKeyUsagePurpose,
    IsCa, KeyPair, KeyUsagePurpose, SanType, date_time_ymd,
};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig};

/// Issues certificates.
pub struct Authority(CertifiedIssuer<'static, KeyPair>);

/// A certificate and its key, in PEM.
#[derive(Clone)]
pub struct Paper {
    /// The certificate.
    pub certificate: String,
    /// The key, PKCS #8.
    pub key: String,
}

impl Authority {
    /// One of this name, with a key of its own.
    pub fn new(name: &str) -> Self {
        let mut params = named(name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        let key = key_pair();
        Self(CertifiedIssuer::self_signed(params, key).expect("these parameters make a certificate"))
    }

    /// Its own certificate, in PEM.
    pub fn pem(&self) -> String {
        self.0.pem()
    }

    /// A certificate for a client of this common name.
    pub fn client(&self, name: &str) -> Paper {
        let mut params = named(name);
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
        let key = key_pair();
        let certificate = self.issue(&params, &key);
        Paper { certificate: certificate.pem(), key: key.serialize_pem() }
    }

    fn issue(&self, params: &CertificateParams, key: &KeyPair) -> rcgen::Certificate {
        params.signed_by(key, &self.0).expect("these parameters make a certificate")
    }

    /// The terms of a server at `127.0.0.1`, which lets in the clients of `clients` only, if that is said.
    pub(crate) fn serve(&self, clients: Option<&Self>) -> Arc<ServerConfig> {
        let mut params = named("a neighbour");
        params.subject_alt_names = vec![
            SanType::IpAddress([127, 0, 0, 1].into()),
            SanType::DnsName("localhost".try_into().expect("localhost is ASCII")),
        ];
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        let key = key_pair();
        let chain = vec![self.issue(&params, &key).der().clone()];
        Arc::new(config(clients.map(Self::der), chain, PrivatePkcs8KeyDer::from(key.serialize_der()).into()))
    }

    fn der(&self) -> CertificateDer<'static> {
        self.0.der().clone()
    }
}

fn config(
    clients: Option<CertificateDer<'static>>,
    chain: Vec<CertificateDer<'static>>,
    key: PrivateKeyDer<'static>,
) -> ServerConfig {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let begin = ServerConfig::builder_with_provider(Arc::clone(&provider));
    let begin = begin.with_safe_default_protocol_versions().expect("the provider knows TLS 1.2 and 1.3");
    let begin = match clients {
        None => begin.with_no_client_auth(),
        Some(authority) => {
            let mut roots = RootCertStore::empty();
            roots.add(authority).expect("an authority's certificate is one");
            let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider).build();
            begin.with_client_cert_verifier(verifier.expect("there is one authority"))
        }
    };
    begin.with_single_cert(chain, key).expect("the key is the certificate's")
}

fn key_pair() -> KeyPair {
    KeyPair::generate().expect("a key pair can be made")
}

fn named(name: &str) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name = DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, name);
    params.not_before = date_time_ymd(2020, 1, 1);
    params.not_after = date_time_ymd(2096, 1, 1);
    params
}
