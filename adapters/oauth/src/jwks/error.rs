//! Why the keys of an issuer cannot be had.

use crate::jwt::JwksError;

/// Why the keys of an issuer could not be fetched.
#[derive(Debug, thiserror::Error)]
pub enum FetchError {
    /// Keys are fetched by https, from this machine by http too.
    #[error("keys are fetched by https, and from this machine only by http")]
    Insecure,
    /// The issuer did not answer, not in time, or not with this.
    #[error("the issuer's keys could not be fetched")]
    Http(#[source] reqwest::Error),
    /// The issuer sends us somewhere else.
    #[error("the issuer answered with status {0}")]
    Status(u16),
    /// The answer is larger than 256 KiB.
    #[error("the issuer's answer is larger than 256 KiB")]
    TooLarge,
    /// The answer is no JWK set.
    #[error("the issuer's answer is no set of keys")]
    Keys(#[source] JwksError),
    /// The metadata is none, has no `jwks_uri`, or is that of another issuer (RFC 8414 §3.3).
    #[error("the issuer's metadata is not its own, or not complete")]
    Metadata,
    /// It failed a moment ago and was not tried again.
    #[error("the issuer's keys could not be fetched a moment ago")]
    NotYetAgain,
}

/// Why foreign issuers cannot be trusted as configured.
#[derive(Debug, thiserror::Error)]
pub enum SetupError {
    /// Two have the same name.
    #[error("the issuer {0} is configured twice")]
    Twice(String),
    /// An address is neither https nor on this machine.
    #[error("the keys of the issuer {0} are not at an https address")]
    Insecure(String),
    /// It has no audience: its tokens for other services would be accepted.
    #[error("the issuer {0} has no audience")]
    NoAudience(String),
    /// The name of the issuer is no URL, so that its metadata cannot be found.
    #[error("the issuer {0} is no URL")]
    NotAUrl(String),
    /// The TLS library has no roots of trust.
    #[error("outgoing TLS cannot be set up")]
    Tls(#[source] reqwest::Error),
}
