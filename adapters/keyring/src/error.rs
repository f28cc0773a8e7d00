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
    /// A file or variable is not the kind of key that its name says.
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
    /// A key of the issuer cannot be read.
    #[error("{path} does not hold an RSA private key of at least 2,048 bits (PKCS#8 PEM)")]
    NotAnIssuerKey {
        /// Which.
        path: PathBuf,
    },
    /// The first line of a file does not tell from when on its key is used.
    #[error("the first line of {path} is not `In-Use-From:` and a time such as 2026-11-22T10:00:00Z")]
    NotAMoment {
        /// Which.
        path: PathBuf,
    },
    /// There is no signing key.
    #[error("there are no keys in {folder}")]
    NoKeys {
        /// Where they would be.
        folder: PathBuf,
    },
    /// A secret is gone, though the keys beside it are there.
    #[error("{path} is missing: restore it from your backup, or give the secret in the environment")]
    Missing {
        /// Where it would be.
        path: PathBuf,
    },
    /// Others can read the file.
    #[error("{path} can be read by others than its owner; set its mode to 600")]
    Exposed {
        /// Which.
        path: PathBuf,
    },
    /// One secret is given twice, and not alike.
    #[error("{one} and {other} give the same secret differently; take one of them away")]
    Differs {
        /// Where one comes from.
        one: PathBuf,
        /// Where the other comes from.
        other: PathBuf,
    },
    /// A variable has the beginning of a secret's name and is none.
    #[error(
        "{name} is not a setting; master keys are ACTA_MASTER_KEY, ACTA_MASTER_KEY_2 and so on, the key of digests is ACTA_DIGEST_KEY"
    )]
    UnknownVariable {
        /// Which.
        name: String,
    },
    /// Master keys come from the environment, so that no file can be added to them.
    #[error(
        "the master keys come from the environment: give 64 new hexadecimal digits (`openssl rand -hex 32`) \
         to every instance as ACTA_MASTER_KEY_{next}"
    )]
    FromEnvironment {
        /// The number of the next one.
        next: u32,
    },
    /// A master key that comes from the environment cannot be moved.
    #[error("master key {number} comes from the environment: take its variable away from every instance")]
    InEnvironment {
        /// Which.
        number: u32,
    },
    /// There is no key with this number.
    #[error("there is no key {number} in {folder}")]
    NoSuchKey {
        /// Where it would be.
        folder: PathBuf,
        /// Which.
        number: u32,
    },
    /// A key cannot be retired while it is in use.
    #[error("key {number} is in use: add another one and wait until that is, then retire this one")]
    InUse {
        /// Which.
        number: u32,
    },
    /// Keys for evidence are never retired.
    #[error("a key for evidence is never retired: what it signed must go on verifying")]
    NeverRetired,
}
