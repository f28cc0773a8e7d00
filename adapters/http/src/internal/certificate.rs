//! What a client's certificate says about the client.

use acta_domain::Timestamp;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest as _, Sha256};
use x509_parser::prelude::{ASN1Time, FromDer as _, GeneralName, X509Certificate};
use x509_parser::x509::X509Name;

/// The certificate that a client showed and proved to hold the key of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientCertificate {
    /// Its subject as text, for people to read: nothing is decided by it.
    pub subject: String,
    /// The common name of the subject, if it has exactly one and that is text.
    pub common_name: Option<String>,
    /// Its alternative names that are DNS names, as they stand there.
    pub san_dns: Vec<String>,
    /// Its alternative names that are URIs, as they stand there.
    pub san_uri: Vec<String>,
    /// SHA-256 of the whole certificate in DER: `x5t#S256` of a token that is bound to it (RFC 8705 §3.1), once in base64url.
    pub fingerprint: [u8; 32],
    /// Its last moment.
    pub not_after: Timestamp,
}

/// The certificate is not DER of X.509, or says one thing twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the client's certificate cannot be read")]
pub struct UnreadableCertificate;

impl ClientCertificate {
    /// Reads a certificate in DER (RFC 5280 §4.1). Whether it is to be trusted was decided before, in the handshake.
    ///
    /// # Errors
    /// [`UnreadableCertificate`] when it is not one certificate and nothing else, or has its alternative names twice.
    pub fn from_der(der: &[u8]) -> Result<Self, UnreadableCertificate> {
        let (rest, parsed) = X509Certificate::from_der(der).map_err(|_| UnreadableCertificate)?;
        if !rest.is_empty() {
            return Err(UnreadableCertificate);
        }
        let names = parsed.subject_alternative_name().map_err(|_| UnreadableCertificate)?;
        let names = names.map_or(&[][..], |extension| &extension.value.general_names);
        Ok(Self {
            subject: readable(parsed.subject()),
            common_name: only_common_name(parsed.subject()),
            san_dns: texts(names, dns_name),
            san_uri: texts(names, uri),
            fingerprint: Sha256::digest(der).into(),
            not_after: moment_of(parsed.validity().not_after),
        })
    }

    /// The fingerprint as `x5t#S256` says it: 43 characters of base64url without padding.
    pub fn x5t_s256(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.fingerprint)
    }
}

/// The subject on one line, whatever somebody put into it.
fn readable(subject: &X509Name<'_>) -> String {
    subject.to_string().replace(char::is_control, "\u{fffd}")
}

/// Of two common names nobody can tell which one counts, and what follows a NUL some readers see and others do not.
fn only_common_name(subject: &X509Name<'_>) -> Option<String> {
    let mut names = subject.iter_common_name();
    let (first, second) = (names.next()?, names.next());
    let name = first.as_str().ok().filter(|name| second.is_none() && is_plain(name))?;
    Some(name.to_owned())
}

fn texts(names: &[GeneralName<'_>], text: fn(&GeneralName<'_>) -> Option<String>) -> Vec<String> {
    names.iter().filter_map(text).filter(|name| is_plain(name)).collect()
}

fn dns_name(name: &GeneralName<'_>) -> Option<String> {
    if let GeneralName::DNSName(text) = name { Some((*text).to_owned()) } else { None }
}

fn uri(name: &GeneralName<'_>) -> Option<String> {
    if let GeneralName::URI(text) = name { Some((*text).to_owned()) } else { None }
}

fn is_plain(name: &str) -> bool {
    !name.is_empty() && !name.contains(char::is_control)
}

/// A time of a certificate; one before 1970 is the first moment of all.
pub(super) fn moment_of(time: ASN1Time) -> Timestamp {
    Timestamp::from_micros(time.timestamp().saturating_mul(1_000_000)).unwrap_or(Timestamp::MIN)
}

#[cfg(test)]
mod tests;
