//! Which service a certificate stands for.

use std::str::FromStr;

use acta_domain::values::{InvalidValue, ServiceName};

use super::ClientCertificate;

/// The certificates that stand for a service, by a name in them.
///
/// An entry is `<service>=<name>`, where the name is `CN:<common name>`, `san-dns:<DNS name>` or `san-uri:<URI>` and must be in the
/// certificate exactly so, letter by letter: `governance=CN:governance.example`, `identity=san-uri:spiffe://example/identity`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AllowedSubjects(Vec<(SubjectName, ServiceName)>);

/// A name in a certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
enum SubjectName {
    Common(String),
    Dns(String),
    Uri(String),
}

/// Why an entry does not say which service a certificate stands for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidSubject {
    /// There is no entry at all, so that nobody could do anything.
    #[error("no certificate is allowed: name at least one, as `<service>=CN:<common name>`")]
    Nobody,
    /// It does not have the form of an entry.
    #[error(
        "`{entry}` is not `<service>=CN:<name>`, `<service>=san-dns:<name>` or `<service>=san-uri:<URI>`"
    )]
    Malformed {
        /// The entry.
        entry: String,
    },
    /// What stands before `=` is no name of a service.
    #[error("`{entry}` does not begin with the name of a service")]
    Service {
        /// The entry.
        entry: String,
        /// Why not.
        #[source]
        source: InvalidValue,
    },
    /// Whoever wrote `*` expects it to stand for something.
    #[error("`{entry}` has a `*`, and names are compared letter by letter: list each one")]
    Wildcard {
        /// The entry.
        entry: String,
    },
    /// The same name would stand for two services.
    #[error("the name in `{entry}` stands for another service already")]
    Taken {
        /// The entry.
        entry: String,
    },
}

impl AllowedSubjects {
    /// Reads the entries.
    ///
    /// # Errors
    /// See [`InvalidSubject`].
    pub fn parse<'a>(entries: impl IntoIterator<Item = &'a str>) -> Result<Self, InvalidSubject> {
        let mut allowed: Vec<(SubjectName, ServiceName)> = Vec::new();
        for entry in entries {
            let (name, service) = parse_entry(entry)?;
            if allowed.iter().any(|(other, for_service)| *other == name && *for_service != service) {
                return Err(InvalidSubject::Taken { entry: entry.to_owned() });
            }
            allowed.push((name, service));
        }
        if allowed.is_empty() { Err(InvalidSubject::Nobody) } else { Ok(Self(allowed)) }
    }

    /// The service that `certificate` stands for. One whose names stand for two services stands for none.
    pub fn service_of(&self, certificate: &ClientCertificate) -> Option<&ServiceName> {
        let mut services =
            self.0.iter().filter(|(name, _)| name.is_in(certificate)).map(|(_, service)| service);
        let first = services.next()?;
        services.all(|other| other == first).then_some(first)
    }
}

impl FromStr for AllowedSubjects {
    type Err = InvalidSubject;

    /// Reads entries with commas between them.
    fn from_str(text: &str) -> Result<Self, InvalidSubject> {
        Self::parse(text.split(',').map(str::trim).filter(|entry| !entry.is_empty()))
    }
}

impl SubjectName {
    fn parse(text: &str) -> Option<Self> {
        let (kind, name) = text.split_once(':')?;
        if name.is_empty() || name.trim() != name || name.contains(char::is_control) {
            return None;
        }
        match kind {
            "CN" => Some(Self::Common(name.to_owned())),
            "san-dns" => Some(Self::Dns(name.to_owned())),
            "san-uri" => Some(Self::Uri(name.to_owned())),
            _ => None,
        }
    }

    fn is_in(&self, certificate: &ClientCertificate) -> bool {
        match self {
            Self::Common(name) => certificate.common_name.as_ref() == Some(name),
            Self::Dns(name) => certificate.san_dns.contains(name),
            Self::Uri(name) => certificate.san_uri.contains(name),
        }
    }
}

fn parse_entry(entry: &str) -> Result<(SubjectName, ServiceName), InvalidSubject> {
    let malformed = || InvalidSubject::Malformed { entry: entry.to_owned() };
    let (service, name) = entry.split_once('=').ok_or_else(malformed)?;
    let service = ServiceName::parse(service)
        .map_err(|source| InvalidSubject::Service { entry: entry.to_owned(), source })?;
    if name.contains('*') {
        return Err(InvalidSubject::Wildcard { entry: entry.to_owned() });
    }
    Ok((SubjectName::parse(name).ok_or_else(malformed)?, service))
}

#[cfg(test)]
mod tests;
