//! A tree head as the API shows it.

use acta_application::evidence::IssuedHead;
use acta_domain::{InvalidValue, Timestamp};
use acta_proof::head::HeadState;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde::Serialize;
use utoipa::ToSchema;

use crate::schema;

/// A signed statement of how many events a session has, and of the root of their tree.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Head)]
pub(crate) struct HeadResource {
    /// How many events it covers.
    size: u64,
    /// Whether more may follow.
    state: HeadStateResource,
    /// When it was issued.
    #[schema(value_type = schema::Moment)]
    issued_at: Timestamp,
    /// The key that signed it.
    key_id: String,
    /// The statement as `COSE_Sign1`, in base64 (RFC 4648 §4).
    #[schema(pattern = "^[A-Za-z0-9+/]+={0,2}$")]
    cose: String,
    /// The statement as JWS, compact (RFC 7515 §3.1).
    #[schema(pattern = r"^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$")]
    jws: String,
}

/// Whether more events may follow.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = HeadState)]
pub(crate) enum HeadStateResource {
    /// They may.
    Open,
    /// The session is sealed; this is its last head.
    Closed,
}

impl TryFrom<IssuedHead> for HeadResource {
    type Error = InvalidValue;

    fn try_from(head: IssuedHead) -> Result<Self, InvalidValue> {
        Ok(Self {
            size: head.size,
            state: match head.state {
                HeadState::Open => HeadStateResource::Open,
                HeadState::Closed => HeadStateResource::Closed,
            },
            issued_at: Timestamp::from_micros(head.issued_at.saturating_mul(1_000_000))?,
            key_id: head.key_id.to_string(),
            cose: BASE64.encode(&head.signed.cose),
            jws: head.signed.jws,
        })
    }
}
