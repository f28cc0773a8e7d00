//! What `WWW-Authenticate` says (RFC 6750 §3, RFC 9449 §7.1).

use std::fmt;

use axum::http::HeaderValue;

/// How to authenticate, and what was wrong with the attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Challenge {
    /// Nothing was shown: a read may come with either scheme.
    Either,
    /// What was shown as `Bearer` is no good.
    BearerToken,
    /// What was shown is no good, or has to come with a proof.
    PossessedToken,
    /// The proof is no good.
    Proof,
    /// The proof needs a nonce of ours.
    Nonce,
}

const ALGORITHMS: &str = r#"algs="ES256 EdDSA RS256""#;

impl Challenge {
    /// The value of the header.
    pub(crate) fn value(self) -> HeaderValue {
        HeaderValue::try_from(self.to_string()).expect("a challenge is visible ASCII")
    }
}

impl fmt::Display for Challenge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Either => write!(f, r#"Bearer realm="acta", DPoP realm="acta", {ALGORITHMS}"#),
            Self::BearerToken => f.write_str(r#"Bearer realm="acta", error="invalid_token""#),
            Self::PossessedToken => write!(f, r#"DPoP realm="acta", error="invalid_token", {ALGORITHMS}"#),
            Self::Proof => write!(f, r#"DPoP realm="acta", error="invalid_dpop_proof", {ALGORITHMS}"#),
            Self::Nonce => write!(f, r#"DPoP realm="acta", error="use_dpop_nonce", {ALGORITHMS}"#),
        }
    }
}
