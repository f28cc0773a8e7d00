//! Why a token is refused.

use acta_application::access::TokenError;

/// Why a token is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum JwtError {
    /// It is longer than 16 KiB.
    #[error("the token is too long")]
    TooLong,
    /// It is no JWS in compact form with JSON objects in it, or says something twice.
    #[error("the token is not a JWS in compact form")]
    Form,
    /// It wants extensions understood (`crit`, `b64`).
    #[error("the token's header wants extensions")]
    Extension,
    /// It is signed by none of our algorithms, or by another than its key is for.
    #[error("the token's algorithm is not accepted")]
    Algorithm,
    /// It is no access token.
    #[error("the token's type is not `at+jwt`")]
    Type,
    /// Its issuer has no such key.
    #[error("the token's key is not known")]
    UnknownKey,
    /// The signature is not that of its key.
    #[error("the token's signature does not hold")]
    Signature,
    /// Somebody else issued it.
    #[error("the token's issuer is not trusted")]
    Issuer,
    /// It is for somebody else.
    #[error("the token is for another audience")]
    Audience,
    /// It has ended.
    #[error("the token has expired")]
    Expired,
    /// It has not begun, or is said to be issued in the future.
    #[error("the token is not valid yet")]
    NotYet,
    /// This claim is missing or malformed.
    #[error("the token's claim `{0}` is missing or malformed")]
    Claim(&'static str),
}

impl From<JwtError> for TokenError {
    fn from(error: JwtError) -> Self {
        match error {
            JwtError::Expired => Self::Expired,
            JwtError::Claim(name) => Self::Claim(name),
            _ => Self::Invalid,
        }
    }
}
