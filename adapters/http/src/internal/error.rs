//! What can be wrong with the files.

use std::io;
use std::path::PathBuf;

use rustls::server::VerifierBuilderError;
use rustls_pki_types::pem;

/// Why the internal listener cannot work with its files. Each says which file, and none says what is in it.
#[derive(Debug, thiserror::Error)]
pub enum TlsFilesError {
    /// The file is not there, or may not be read.
    #[error("{} cannot be read", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// A private key that others than its owner may read is no longer private.
    #[error("{} holds a private key and others can read it: it must have mode 600", path.display())]
    Exposed {
        /// The file.
        path: PathBuf,
    },
    /// The file is damaged.
    #[error("{} is not well-formed PEM", path.display())]
    NotPem {
        /// The file.
        path: PathBuf,
        /// Where it is not.
        #[source]
        source: pem::Error,
    },
    /// The file has no PEM section of the kind that is needed.
    #[error("{} holds no PEM section with a {what}", path.display())]
    Nothing {
        /// The file.
        path: PathBuf,
        /// What is needed.
        what: &'static str,
    },
    /// The server's certificate is no certificate.
    #[error("the certificate in {} cannot be used", path.display())]
    BadCertificate {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: rustls::Error,
    },
    /// The key is of a kind that cannot sign here.
    #[error("the private key in {} cannot be used", path.display())]
    BadKey {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: rustls::Error,
    },
    /// The key is not the one that the certificate is for.
    #[error("the private key in {} does not belong to the certificate in {}", key.display(), certificate.display())]
    OtherKey {
        /// The file of the key.
        key: PathBuf,
        /// The file of the certificate.
        certificate: PathBuf,
    },
    /// A certificate of an authority is none.
    #[error("an authority's certificate in {} cannot be used", path.display())]
    BadAuthority {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: rustls::Error,
    },
    /// A revocation list is none.
    #[error("a revocation list in {} cannot be used", path.display())]
    BadRevocationList {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: VerifierBuilderError,
    },
}
