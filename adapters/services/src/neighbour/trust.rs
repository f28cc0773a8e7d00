//! Whose certificates are trusted, and what this service shows of itself.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use reqwest::{Certificate, ClientBuilder, Identity};
use zeroize::Zeroizing;

use super::SetupError;

/// Whose certificates are trusted, and what this service shows of itself.
#[derive(Clone, Default)]
pub(super) struct Trust {
    authorities: Option<Authorities>,
    identity: Option<Identity>,
}

/// Authorities in place of those that the machine trusts.
#[derive(Clone)]
struct Authorities {
    certificates: Vec<Certificate>,
    pem: Vec<u8>,
}

impl Trust {
    pub(super) fn only_authorities(&mut self, file: &Path) -> Result<(), SetupError> {
        let pem = read(file)?;
        let certificates = Certificate::from_pem_bundle(&pem).unwrap_or_default();
        if certificates.is_empty() {
            return Err(SetupError::Authorities(file.to_owned()));
        }
        self.authorities = Some(Authorities { certificates, pem });
        Ok(())
    }

    pub(super) fn show(&mut self, certificate: &Path, key: &Path) -> Result<(), SetupError> {
        let mut pem = Zeroizing::new(read(certificate)?);
        pem.push(b'\n');
        pem.extend_from_slice(&Zeroizing::new(read(key)?));
        let unfit = |source| SetupError::Identity {
            certificate: certificate.to_owned(),
            key: key.to_owned(),
            source: Arc::new(source),
        };
        let identity = Identity::from_pem(&pem).map_err(unfit)?;
        // A certificate that is not the key's is noticed when a client is made of both, and no sooner.
        ClientBuilder::new().identity(identity.clone()).build().map_err(unfit)?;
        self.identity = Some(identity);
        Ok(())
    }

    pub(super) fn set_up(&self, client: ClientBuilder) -> ClientBuilder {
        let client = match &self.authorities {
            Some(authorities) => client.tls_certs_only(authorities.certificates.iter().cloned()),
            None => client,
        };
        match &self.identity {
            Some(identity) => client.identity(identity.clone()),
            None => client,
        }
    }

    /// The authorities that alone are trusted, in PEM.
    pub(super) fn authorities(&self) -> Option<&[u8]> {
        self.authorities.as_ref().map(|authorities| authorities.pem.as_slice())
    }
}

fn read(file: &Path) -> Result<Vec<u8>, SetupError> {
    let unread = |source| SetupError::File { file: PathBuf::from(file), source: Arc::new(source) };
    std::fs::read(file).map_err(unread)
}
