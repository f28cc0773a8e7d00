//! Where Redis is, and how to speak to it.

#[cfg(test)]
mod tests;

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use redis::{Client, ConnectionAddr, ConnectionInfo, IntoConnectionInfo as _, RedisError, TlsCertificates};

/// What the names of keys begin with.
const PREFIX: &str = "acta:";
/// How long an answer is waited for.
const PATIENCE: Duration = Duration::from_millis(250);
/// How far the clocks of two instances may differ.
const SKEW: Duration = Duration::from_secs(10);

/// Where Redis is, and how to speak to it.
#[derive(Clone)]
pub struct RedisOptions {
    connection: ConnectionInfo,
    authorities: Option<Vec<u8>>,
    pub(crate) prefix: String,
    pub(crate) patience: Duration,
    pub(crate) skew: Duration,
}

/// Why Redis cannot be spoken to in that way. No error names the URL or the password.
#[derive(Debug, thiserror::Error)]
pub enum OptionsError {
    /// It is no URL of a Redis server.
    #[error(
        "the URL of Redis is `redis://` or `rediss://` (with TLS), then `[user[:password]@]host[:port][/database]`"
    )]
    Url(#[source] RedisError),
    /// A file cannot be read.
    #[error("the file {} cannot be read", .file.display())]
    File {
        /// Which.
        file: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// A file with authorities has no certificate in it.
    #[error("the file {} has no certificate in PEM in it", .0.display())]
    NoCertificate(PathBuf),
    /// Authorities for a connection without TLS.
    #[error("authorities are for a URL that begins with `rediss://`")]
    NotTls,
    /// The prefix of keys would decide where in a cluster they are.
    #[error("the prefix of keys has no braces and at most 64 characters")]
    Prefix,
    /// The certificates cannot be used.
    #[error("the certificates cannot be used")]
    Tls(#[source] RedisError),
    /// The connection cannot be set up.
    #[error("a connection to Redis cannot be set up")]
    Connection(#[source] RedisError),
}

impl RedisOptions {
    /// - `url`: `redis://` or, with TLS, `rediss://`, then `[user[:password]@]host[:port][/database]`
    ///
    /// # Errors
    /// [`OptionsError::Url`].
    pub fn new(url: &str) -> Result<Self, OptionsError> {
        let connection = url.into_connection_info().map_err(OptionsError::Url)?;
        let prefix = PREFIX.to_owned();
        Ok(Self { connection, authorities: None, prefix, patience: PATIENCE, skew: SKEW })
    }

    /// The same with the password in a file, of which a line break at the end is no part.
    ///
    /// # Errors
    /// [`OptionsError::File`].
    pub fn with_password_file(mut self, file: &Path) -> Result<Self, OptionsError> {
        let bytes = read(file)?;
        let invalid = |error| in_file(file, io::Error::new(io::ErrorKind::InvalidData, error));
        let password = String::from_utf8(bytes).map_err(invalid)?;
        let login =
            self.connection.redis_settings().clone().set_password(password.trim_end_matches(['\r', '\n']));
        self.connection = self.connection.set_redis_settings(login);
        Ok(self)
    }

    /// The same where the server's certificate is of one of the authorities in a PEM file, instead of those that the machine trusts.
    ///
    /// # Errors
    /// [`OptionsError::File`], [`OptionsError::NoCertificate`], [`OptionsError::NotTls`].
    pub fn with_authorities_file(mut self, file: &Path) -> Result<Self, OptionsError> {
        if !self.speaks_tls() {
            return Err(OptionsError::NotTls);
        }
        let pem = read(file)?;
        if !String::from_utf8_lossy(&pem).contains("-----BEGIN CERTIFICATE-----") {
            return Err(OptionsError::NoCertificate(file.to_owned()));
        }
        self.authorities = Some(pem);
        Ok(self)
    }

    /// The same where the names of keys begin with `prefix` instead of `acta:`.
    ///
    /// # Errors
    /// [`OptionsError::Prefix`].
    pub fn with_prefix(mut self, prefix: &str) -> Result<Self, OptionsError> {
        if prefix.contains(['{', '}']) || prefix.len() > 64 {
            return Err(OptionsError::Prefix);
        }
        prefix.clone_into(&mut self.prefix);
        Ok(self)
    }

    /// The same where an answer is waited for so long; 250 ms otherwise.
    #[must_use]
    pub fn with_patience(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }

    /// The same where the clocks of two instances may differ so much; 10 s otherwise. What was used once is remembered that much longer.
    #[must_use]
    pub fn with_skew(mut self, skew: Duration) -> Self {
        self.skew = skew;
        self
    }

    /// Where the server is, without the login.
    pub fn address(&self) -> String {
        self.connection.addr().to_string()
    }

    fn speaks_tls(&self) -> bool {
        matches!(self.connection.addr(), ConnectionAddr::TcpTls { .. })
    }

    pub(crate) fn client(&self) -> Result<Client, OptionsError> {
        if !self.speaks_tls() {
            return Client::open(self.connection.clone()).map_err(OptionsError::Url);
        }
        // Whoever came first decided; the client asks for the process's own and cannot be given another.
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
        let certificates = TlsCertificates { client_tls: None, root_cert: self.authorities.clone() };
        Client::build_with_tls(self.connection.clone(), certificates).map_err(OptionsError::Tls)
    }
}

fn read(file: &Path) -> Result<Vec<u8>, OptionsError> {
    std::fs::read(file).map_err(|source| in_file(file, source))
}

fn in_file(file: &Path, source: io::Error) -> OptionsError {
    OptionsError::File { file: file.to_owned(), source }
}

impl fmt::Debug for RedisOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RedisOptions")
            .field("address", &self.address())
            .field("database", &self.connection.redis_settings().db())
            .field("prefix", &self.prefix)
            .field("patience", &self.patience)
            .field("skew", &self.skew)
            .finish_non_exhaustive()
    }
}
