//! The internal listener.

use std::net::SocketAddr;
use std::path::PathBuf;

use acta_http::internal::{AllowedSubjects, TlsFiles};
use anyhow::Context as _;
use clap::Args;

/// The internal listener, where other services call with a certificate. Without an address there is none, and what is for other
/// services is served on the public one.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Internal listener")]
#[expect(clippy::struct_field_names, reason = "they are the names of options")]
pub(crate) struct InternalArgs {
    /// Where to listen for other services, by mutual TLS; what is for them is then served there only
    #[arg(long, value_name = "ADDRESS", env = "INTERNAL_LISTEN",
        requires_all = ["internal_tls_cert", "internal_tls_key", "internal_client_ca", "internal_services"])]
    internal_listen: Option<SocketAddr>,

    /// The certificate of the internal listener, with its chain (PEM)
    #[arg(long, value_name = "FILE", env = "INTERNAL_TLS_CERT")]
    internal_tls_cert: Option<PathBuf>,

    /// Its private key (PEM), readable by its owner only
    #[arg(long, value_name = "FILE", env = "INTERNAL_TLS_KEY")]
    internal_tls_key: Option<PathBuf>,

    /// The authorities whose client certificates are accepted (PEM)
    #[arg(long, value_name = "FILE", env = "INTERNAL_CLIENT_CA")]
    internal_client_ca: Option<PathBuf>,

    /// What the authorities have revoked (PEM)
    #[arg(long, value_name = "FILE", env = "INTERNAL_CLIENT_CRL")]
    internal_client_crl: Option<PathBuf>,

    /// Which certificate names which service: governance=CN:governance.example,speech=san-dns:stt.example
    #[arg(long, value_name = "ENTRIES", env = "INTERNAL_SERVICES", value_delimiter = ',')]
    internal_services: Vec<String>,
}

/// Where and for whom to listen.
#[derive(Debug, Clone)]
pub(crate) struct InternalConfig {
    /// Where.
    pub(crate) listen: SocketAddr,
    /// The files of certificates.
    pub(crate) files: TlsFiles,
    /// Which certificate names which service.
    pub(crate) services: AllowedSubjects,
}

impl InternalArgs {
    /// What is set, if there is to be a listener.
    pub(crate) fn config(&self) -> anyhow::Result<Option<InternalConfig>> {
        let Some(listen) = self.internal_listen else { return Ok(None) };
        let file = |path: &Option<PathBuf>| path.clone().context("the internal listener needs certificates");
        let files = TlsFiles {
            certificate: file(&self.internal_tls_cert)?,
            key: file(&self.internal_tls_key)?,
            client_ca: file(&self.internal_client_ca)?,
            crl: self.internal_client_crl.clone(),
        };
        let services = AllowedSubjects::parse(self.internal_services.iter().map(String::as_str))
            .context("INTERNAL_SERVICES cannot be read")?;
        Ok(Some(InternalConfig { listen, files, services }))
    }
}
