//! Why a proof is refused.

use acta_application::access::ProofError;

use crate::jose::JwkError;

/// Why a proof is refused, one variant for each thing that RFC 9449 §4.3 wants checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DpopError {
    /// There is no header `DPoP`.
    #[error("there is no proof")]
    Missing,
    /// There is more than one.
    #[error("there is more than one proof")]
    Several,
    /// It is longer than 8 KiB.
    #[error("it is too long")]
    TooLong,
    /// It is no JWS in compact form with JSON objects in it, or says something twice.
    #[error("it is not a JWS in compact form")]
    Form,
    /// It wants extensions understood (`crit`, `b64`).
    #[error("its header wants extensions")]
    Extension,
    /// Its `typ` is not `dpop+jwt`.
    #[error("its type is not `dpop+jwt`")]
    Type,
    /// Its `alg` is none of RS256, ES256 and `EdDSA`, or not that of its key.
    #[error("its algorithm is not accepted")]
    Algorithm,
    /// Its `jwk` is missing or no public key.
    #[error("its key is not accepted")]
    Key(#[source] JwkError),
    /// The signature is not that of its key.
    #[error("its signature does not hold")]
    Signature,
    /// A claim that it must have is missing or malformed.
    #[error("its claim `{0}` is missing or malformed")]
    Claim(&'static str),
    /// It was made for another method.
    #[error("it was made for another method")]
    Method,
    /// It was made for another address.
    #[error("it was made for another address")]
    Address,
    /// It is older than 60 seconds.
    #[error("it is too old")]
    Old,
    /// It was made more than 5 seconds in the future.
    #[error("it was made in the future")]
    Future,
    /// It was made for another token.
    #[error("it was made for another token")]
    OtherToken,
    /// The token is bound to another key.
    #[error("the token is bound to another key")]
    OtherKey,
}

impl From<DpopError> for ProofError {
    fn from(error: DpopError) -> Self {
        match error {
            DpopError::Missing => Self::Missing,
            DpopError::OtherKey => Self::OtherKey,
            other => Self::Invalid(reason(other)),
        }
    }
}

fn reason(error: DpopError) -> &'static str {
    match error {
        DpopError::Missing => "there is none",
        DpopError::Several => "there is more than one",
        DpopError::TooLong => "it is longer than 8 KiB",
        DpopError::Form => "it is not a JWS in compact form",
        DpopError::Extension => "its header wants extensions that are not understood here",
        DpopError::Type => "its type is not `dpop+jwt`",
        DpopError::Algorithm => "its algorithm is none of ES256, EdDSA and RS256, or not that of its key",
        DpopError::Key(JwkError::Secret) => "its key is not a public key",
        DpopError::Key(_) => "its header `jwk` is missing or not accepted",
        DpopError::Signature => "its signature is not that of its key",
        DpopError::Claim("htm") => "its claim `htm` is missing or malformed",
        DpopError::Claim("htu") => "its claim `htu` is missing or malformed",
        DpopError::Claim("iat") => "its claim `iat` is missing or malformed",
        DpopError::Claim("jti") => "its claim `jti` is missing or not of 1 to 256 characters",
        DpopError::Claim("ath") => "its claim `ath` is missing or malformed",
        DpopError::Claim(_) => "a claim of it is malformed",
        DpopError::Method => "its claim `htm` is not the method of this request",
        DpopError::Address => "its claim `htu` is not the address of this request",
        DpopError::Old => "its claim `iat` is more than 60 seconds ago",
        DpopError::Future => "its claim `iat` is in the future",
        DpopError::OtherToken => "its claim `ath` is not that of the access token",
        DpopError::OtherKey => "the access token is bound to another key",
    }
}
