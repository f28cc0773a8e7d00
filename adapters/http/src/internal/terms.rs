//! From what the files held to the terms of a connection.

use std::fmt;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use acta_application::clock::Clock;
use acta_domain::Timestamp;
use rustls::crypto::aws_lc_rs;
use rustls::server::danger::ClientCertVerifier;
use rustls::server::{NoServerSessionStorage, WebPkiClientVerifier};
use rustls::time_provider::TimeProvider;
use rustls::{InconsistentKeys, RootCertStore, ServerConfig, version};
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, CertificateRevocationListDer, PrivateKeyDer, UnixTime};
use x509_parser::prelude::{CertificateRevocationList, FromDer as _, X509Certificate};

use super::certificate::moment_of;
use super::files::Contents;
use super::{TlsFiles, TlsFilesError};

/// What a connection that is made now has to keep to.
pub(super) struct TlsTerms {
    /// For the handshake.
    pub(super) config: Arc<ServerConfig>,
    /// When clients begin to refuse us.
    pub(super) certificate_ends: Timestamp,
    /// When we begin to refuse all clients, because a revocation list is outdated.
    pub(super) revocation_lists_end: Option<Timestamp>,
}

impl TlsTerms {
    pub(super) fn new(
        files: &TlsFiles,
        contents: &Contents,
        clock: &Arc<dyn Clock>,
    ) -> Result<Self, TlsFilesError> {
        let chain =
            sections::<CertificateDer<'static>>(&files.certificate, &contents.certificate, "certificate")?;
        let key =
            sections::<PrivateKeyDer<'static>>(&files.key, &contents.key, "private key")?.swap_remove(0);
        let lists = revocation_lists(files, contents)?;
        Ok(Self {
            certificate_ends: end_of(&chain[0]),
            revocation_lists_end: lists.iter().filter_map(next_update).min(),
            config: Arc::new(config(files, chain, key, verifier(files, contents, lists)?, clock)?),
        })
    }
}

/// Everything of one kind in a file, and at least one.
fn sections<T: PemObject>(path: &Path, pem: &[u8], what: &'static str) -> Result<Vec<T>, TlsFilesError> {
    let sections = T::pem_slice_iter(pem).collect::<Result<Vec<_>, _>>();
    let sections = sections.map_err(|source| TlsFilesError::NotPem { path: path.to_owned(), source })?;
    if sections.is_empty() {
        Err(TlsFilesError::Nothing { path: path.to_owned(), what })
    } else {
        Ok(sections)
    }
}

fn revocation_lists(
    files: &TlsFiles,
    contents: &Contents,
) -> Result<Vec<CertificateRevocationListDer<'static>>, TlsFilesError> {
    match (&files.crl, &contents.crl) {
        (Some(path), Some(pem)) => sections(path, pem, "revocation list"),
        _ => Ok(Vec::new()),
    }
}

/// Lets in who shows a certificate for clients of one of the authorities that is neither out of date nor revoked.
fn verifier(
    files: &TlsFiles,
    contents: &Contents,
    lists: Vec<CertificateRevocationListDer<'static>>,
) -> Result<Arc<dyn ClientCertVerifier>, TlsFilesError> {
    let mut roots = RootCertStore::empty();
    for authority in sections(&files.client_ca, &contents.client_ca, "certificate")? {
        roots
            .add(authority)
            .map_err(|source| TlsFilesError::BadAuthority { path: files.client_ca.clone(), source })?;
    }
    let provider = Arc::new(aws_lc_rs::default_provider());
    let builder = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider).with_crls(lists);
    builder.enforce_revocation_expiration().build().map_err(|source| {
        let path = files.crl.clone().unwrap_or_else(|| files.client_ca.clone());
        TlsFilesError::BadRevocationList { path, source }
    })
}

fn config(
    files: &TlsFiles,
    chain: Vec<CertificateDer<'static>>,
    key: PrivateKeyDer<'static>,
    verifier: Arc<dyn ClientCertVerifier>,
    clock: &Arc<dyn Clock>,
) -> Result<ServerConfig, TlsFilesError> {
    let time = Arc::new(ClockTime(Arc::clone(clock)));
    let mut config = ServerConfig::builder_with_details(Arc::new(aws_lc_rs::default_provider()), time)
        .with_protocol_versions(&[&version::TLS13, &version::TLS12])
        .expect("the provider has cipher suites of both versions")
        .with_client_cert_verifier(verifier)
        .with_single_cert(chain, key)
        .map_err(|error| unfit(files, error))?;
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    // A resumed session would not show its certificate again, whatever became of it.
    config.session_storage = Arc::new(NoServerSessionStorage {});
    config.send_tls13_tickets = 0;
    Ok(config)
}

fn unfit(files: &TlsFiles, error: rustls::Error) -> TlsFilesError {
    match error {
        rustls::Error::InconsistentKeys(InconsistentKeys::KeyMismatch) => {
            TlsFilesError::OtherKey { key: files.key.clone(), certificate: files.certificate.clone() }
        }
        source @ rustls::Error::InvalidCertificate(_) => {
            TlsFilesError::BadCertificate { path: files.certificate.clone(), source }
        }
        source => TlsFilesError::BadKey { path: files.key.clone(), source },
    }
}

/// The last moment of our own certificate. What only another parser can read never ends here: it is told to the operator, not decided by.
fn end_of(certificate: &CertificateDer<'_>) -> Timestamp {
    X509Certificate::from_der(certificate)
        .map_or(Timestamp::MAX, |(_, certificate)| moment_of(certificate.validity().not_after))
}

fn next_update(list: &CertificateRevocationListDer<'_>) -> Option<Timestamp> {
    let (_, list) = CertificateRevocationList::from_der(list).ok()?;
    list.next_update().map(moment_of)
}

/// The service's clock, for the handshake.
struct ClockTime(Arc<dyn Clock>);

impl TimeProvider for ClockTime {
    fn current_time(&self) -> Option<UnixTime> {
        let micros = u64::try_from(self.0.now().as_micros()).ok()?;
        Some(UnixTime::since_unix_epoch(Duration::from_micros(micros)))
    }
}

impl fmt::Debug for ClockTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ClockTime")
    }
}
