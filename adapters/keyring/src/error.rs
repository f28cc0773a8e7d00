//! Why keys cannot be had.

use std::path::PathBuf;

use acta_proof::key::KeyError;

/// Why keys cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum KeyringError {
    /// A file or folder cannot be read or written.
    #[error("{path} cannot be read or written")]
    Io {
        /// Which.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// A file is not the kind of key that its place says.
    #[error("{path} does not hold 64 hexadecimal digits")]
    NotASecret {
        /// Which.
        path: PathBuf,
    },
    /// A signing key cannot be read.
    #[error("{path} does not hold an Ed25519 private key (PKCS#8 PEM)")]
    NotASigningKey {
        /// Which.
        path: PathBuf,
        /// Why.
        #[source]
        source: KeyError,
    },
    /// There is no signing key.
    #[error("there are no signing keys in {folder}")]
    NoKeys {
        /// Where they would be.
        folder: PathBuf,
    },
    /// Others can read the file.
    #[error("{path} can be read by others than its owner; set its mode to 600")]
    Exposed {
        /// Which.
        path: PathBuf,
    },
}
