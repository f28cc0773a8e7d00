//! The files that the internal listener needs, and reading them.

use std::fs::File;
use std::io::{self, Read as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use super::TlsFilesError;

/// Where the certificates and keys of the internal listener lie, all in PEM.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TlsFiles {
    /// The server's certificate, followed by those between it and its authority.
    pub certificate: PathBuf,
    /// The private key of that certificate (PKCS#8, PKCS#1 or SEC1), of mode 600.
    pub key: PathBuf,
    /// The certificates of the authorities whose clients may connect.
    pub client_ca: PathBuf,
    /// Revocation lists (RFC 5280 §5). When there is this file, it must hold a list of every authority that issued a certificate of
    /// a client's chain, below the root: a client whose state no list tells, or only an outdated one, is refused.
    pub crl: Option<PathBuf>,
}

/// What the files held at one moment.
pub(super) struct Contents {
    pub(super) certificate: Vec<u8>,
    pub(super) key: Zeroizing<Vec<u8>>,
    pub(super) client_ca: Vec<u8>,
    pub(super) crl: Option<Vec<u8>>,
}

impl TlsFiles {
    pub(super) fn read(&self) -> Result<Contents, TlsFilesError> {
        Ok(Contents {
            certificate: read(&self.certificate)?,
            key: read_key(&self.key)?,
            client_ca: read(&self.client_ca)?,
            crl: self.crl.as_deref().map(read).transpose()?,
        })
    }
}

impl Contents {
    /// Tells one state of the files from another.
    pub(super) fn digest(&self) -> [u8; 32] {
        let parts = [&self.certificate, &*self.key, &self.client_ca].map(Vec::as_slice);
        let mut hash = Sha256::new();
        for part in parts.into_iter().chain(self.crl.as_deref()) {
            hash.update(part.len().to_be_bytes());
            hash.update(part);
        }
        hash.finalize().into()
    }
}

fn read(path: &Path) -> Result<Vec<u8>, TlsFilesError> {
    std::fs::read(path).map_err(|source| unreadable(path, source))
}

fn read_key(path: &Path) -> Result<Zeroizing<Vec<u8>>, TlsFilesError> {
    let mut file = File::open(path).map_err(|source| unreadable(path, source))?;
    let metadata = file.metadata().map_err(|source| unreadable(path, source))?;
    if metadata.permissions().mode() & 0o077 != 0 {
        return Err(TlsFilesError::Exposed { path: path.to_owned() });
    }
    // Room for the whole key at once: a buffer that grows leaves copies behind.
    let room = usize::try_from(metadata.len()).unwrap_or(0).saturating_add(1);
    let mut key = Zeroizing::new(Vec::with_capacity(room));
    file.read_to_end(&mut key).map_err(|source| unreadable(path, source))?;
    Ok(key)
}

fn unreadable(path: &Path, source: io::Error) -> TlsFilesError {
    TlsFilesError::Unreadable { path: path.to_owned(), source }
}
