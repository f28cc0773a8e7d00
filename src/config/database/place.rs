//! One database, by a URL or by parts. A setting that is empty counts as not given.

use std::error::Error;
use std::path::Path;
use std::str::FromStr as _;

use acta_postgres::{Login, SslMode};

use super::{DatabaseArgs, Secret};

/// The settings of the database contradict each other or cannot be read.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PlaceError {
    /// Both forms.
    #[error("the database is named twice, by DATABASE_URL and by {parts}: give one of the two")]
    Twice {
        /// The parts that were given.
        parts: String,
    },
    /// Some parts are there, others are not.
    #[error("{given} alone name no database: give {missing} too")]
    Half {
        /// What is there.
        given: String,
        /// What is not.
        missing: String,
    },
    /// Another login of a database that is not named.
    #[error("{setting} is given, but no database is named: give DATABASE_URL too")]
    Alone {
        /// The setting.
        setting: &'static str,
    },
    /// Not the URL of a `PostgreSQL` database.
    #[error("{setting} does not have the form postgres://login:password@host:port/name")]
    Form {
        /// The setting.
        setting: &'static str,
    },
    /// A URL with a value that is not one.
    #[error("{setting} cannot be read")]
    Url {
        /// The setting.
        setting: &'static str,
        /// Why not.
        #[source]
        source: Box<dyn Error + Send + Sync>,
    },
    /// A parameter that would be passed over in silence.
    #[error("{setting} has a parameter that is not known{}", named(name.as_deref()))]
    Parameter {
        /// The setting.
        setting: &'static str,
        /// Its name, if it looks like one.
        name: Option<String>,
    },
    /// Not a mode.
    #[error(
        "DATABASE_SSLMODE is {found:?}; it can be disable, allow, prefer, require, verify-ca or verify-full"
    )]
    SslMode {
        /// What it is.
        found: String,
    },
}

fn named(name: Option<&str>) -> String {
    name.map(|name| format!(": {name}")).unwrap_or_default()
}

/// Parameters of URLs that have a meaning.
const PARAMETERS: [&str; 18] = [
    "application_name",
    "dbname",
    "host",
    "hostaddr",
    "options",
    "password",
    "port",
    "ssl-ca",
    "ssl-cert",
    "ssl-key",
    "ssl-mode",
    "ssl-root-cert",
    "sslcert",
    "sslkey",
    "sslmode",
    "sslrootcert",
    "statement-cache-capacity",
    "user",
];

/// The login of the URL `url`, which `setting` gives.
pub(super) fn of_url(setting: &'static str, url: Option<&Secret>) -> Result<Option<Login>, PlaceError> {
    let Some(url) = url.map(Secret::reveal).filter(|url| !url.is_empty()) else { return Ok(None) };
    if !["postgres://", "postgresql://"].iter().any(|scheme| url.starts_with(scheme)) {
        return Err(PlaceError::Form { setting });
    }
    refuse_unknown_parameters(setting, url)?;
    Login::from_str(url).map(Some).map_err(|source| PlaceError::Url { setting, source: source.into() })
}

/// What is misspelled would be passed over, and a misspelled password would be logged.
fn refuse_unknown_parameters(setting: &'static str, url: &str) -> Result<(), PlaceError> {
    let parameters = url.split_once('?').map_or("", |(_, parameters)| parameters);
    let mut names = parameters.split('&').filter(|one| !one.is_empty()).map(name_of);
    let Some(unknown) = names.find(|name| !name.is_some_and(|name| PARAMETERS.contains(&name))) else {
        return Ok(());
    };
    // In front of an `@`, it is a password with a question mark in it.
    let name = unknown.filter(|_| !parameters.contains('@')).map(str::to_owned);
    Err(PlaceError::Parameter { setting, name })
}

fn name_of(parameter: &str) -> Option<&str> {
    parameter.split_once('=').map(|(name, _)| name)
}

/// The parts, as they were given.
struct Parts<'a> {
    host: Option<&'a str>,
    port: Option<u16>,
    username: Option<&'a str>,
    password: Option<&'a str>,
    name: Option<&'a str>,
    ssl_mode: Option<&'a str>,
    ssl_root: Option<&'a Path>,
}

impl DatabaseArgs {
    /// The login of the service.
    pub(super) fn service(&self) -> Result<Option<Login>, PlaceError> {
        let parts = self.parts();
        let given = parts.given();
        match of_url("DATABASE_URL", self.database_url.as_ref())? {
            Some(login) if given.is_empty() => Ok(Some(login)),
            Some(_) => Err(PlaceError::Twice { parts: given.join(", ") }),
            None if given.is_empty() => Ok(None),
            None => parts.login().map(Some),
        }
    }

    fn parts(&self) -> Parts<'_> {
        Parts {
            host: text(self.database_host.as_deref()),
            port: self.database_port,
            username: text(self.database_username.as_deref()),
            password: text(self.database_password.as_ref().map(Secret::reveal)),
            name: text(self.database_name.as_deref()),
            ssl_mode: text(self.database_sslmode.as_deref()),
            ssl_root: self.database_sslrootcert.as_deref().filter(|file| !file.as_os_str().is_empty()),
        }
    }
}

/// The text, unless it is empty.
fn text(part: Option<&str>) -> Option<&str> {
    part.filter(|part| !part.is_empty())
}

impl Parts<'_> {
    fn given(&self) -> Vec<&'static str> {
        let parts = [
            ("DATABASE_HOST", self.host.is_some()),
            ("DATABASE_PORT", self.port.is_some()),
            ("DATABASE_USERNAME", self.username.is_some()),
            ("DATABASE_PASSWORD", self.password.is_some()),
            ("DATABASE_NAME", self.name.is_some()),
            ("DATABASE_SSLMODE", self.ssl_mode.is_some()),
            ("DATABASE_SSLROOTCERT", self.ssl_root.is_some()),
        ];
        parts.into_iter().filter_map(|(name, given)| given.then_some(name)).collect()
    }

    fn login(&self) -> Result<Login, PlaceError> {
        let (Some(host), Some(username), Some(name)) = (self.host, self.username, self.name) else {
            return Err(self.half());
        };
        let mut login = Login::new_without_pgpass().port(self.port.unwrap_or(5432));
        login = if host.starts_with('/') { login.socket(host) } else { login.host(host) };
        login = login.username(username).database(name);
        if let Some(password) = self.password {
            login = login.password(password);
        }
        if let Some(found) = self.ssl_mode {
            let refused = |_| PlaceError::SslMode { found: found.to_owned() };
            login = login.ssl_mode(SslMode::from_str(found).map_err(refused)?);
        }
        Ok(match self.ssl_root {
            Some(file) => login.ssl_root_cert(file),
            None => login,
        })
    }

    fn half(&self) -> PlaceError {
        let given = self.given();
        let needed = ["DATABASE_HOST", "DATABASE_USERNAME", "DATABASE_NAME"];
        let missing: Vec<_> = needed.into_iter().filter(|name| !given.contains(name)).collect();
        PlaceError::Half { given: given.join(", "), missing: missing.join(" and ") }
    }
}
