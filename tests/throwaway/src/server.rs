//! Where a server is reached.

use std::io;
use std::net::{SocketAddr, ToSocketAddrs as _};

use sqlx::postgres::PgConnectOptions;
use sqlx::{Connection as _, PgConnection};

use crate::{Error, FaultProxy};

/// A `PostgreSQL` server that trusts whoever connects: its address and its superuser.
#[derive(Clone, Debug)]
pub struct Server {
    host: String,
    port: u16,
    superuser: String,
}

impl Server {
    pub(crate) fn new(host: &str, port: u16, superuser: &str) -> Self {
        Self { host: host.to_owned(), port, superuser: superuser.to_owned() }
    }

    /// Reads a superuser's URL, whatever database it names.
    pub(crate) fn parse(url: &str) -> Result<Self, sqlx::Error> {
        let options: PgConnectOptions = url.parse()?;
        Ok(Self::new(options.get_host(), options.get_port(), options.get_username()))
    }

    /// The URL of a database, for the superuser.
    pub fn url(&self, database: &str) -> String {
        self.url_of(&self.superuser, database)
    }

    /// The URL of a database, for any login. The connection is not encrypted, so that a [`FaultProxy`] can read it.
    pub fn url_of(&self, login: &str, database: &str) -> String {
        format!("postgres://{login}@{}:{}/{database}?sslmode=disable", self.host, self.port)
    }

    /// The URL of the superuser without a database, as in the environment variable [`crate::SHARED_SERVER`].
    pub fn base_url(&self) -> String {
        format!("postgres://{}@{}:{}", self.superuser, self.host, self.port)
    }

    /// The same server, reached through a proxy in front of it.
    #[must_use]
    pub fn through(&self, proxy: &FaultProxy) -> Self {
        Self::new(&proxy.address().ip().to_string(), proxy.port(), &self.superuser)
    }

    /// The TCP port.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The address, for a [`FaultProxy`].
    ///
    /// # Errors
    /// [`Error::Host`] when the host has none.
    pub fn address(&self) -> Result<SocketAddr, Error> {
        let mut found =
            (self.host.as_str(), self.port).to_socket_addrs().map_err(|source| self.no_host(source))?;
        found.next().ok_or_else(|| self.no_host(io::ErrorKind::AddrNotAvailable.into()))
    }

    fn no_host(&self, source: io::Error) -> Error {
        Error::Host { host: self.host.clone(), source }
    }

    /// Connects the superuser to the database where nobody keeps anything.
    pub(crate) async fn connect(&self) -> Result<PgConnection, sqlx::Error> {
        PgConnection::connect(&self.url("postgres")).await
    }
}
