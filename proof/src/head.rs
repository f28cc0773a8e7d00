//! The signed head of a session: so many events, under this root, says this issuer. As COSE and, saying the same, as a JWS.

mod jws;

use sha2::{Digest, Sha256};

use crate::cbor::{CborError, Cursor, Encoder};
use crate::cose::{self, Claims, CoseError, Kind, Sign1};
use crate::key::{KeyId, Signer, VerifyingKey};
use crate::tree::Hash;

pub use jws::{JwsError, verify_head_jws};

/// The version of the head's format.
const VERSION: u64 = 1;

const KIND: Kind = Kind {
    typ: "application/scitt-statement+cose",
    content_type: Some("application/vnd.acta.session-head+cbor"),
    signed_size: None,
};

/// Whether more events may follow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HeadState {
    /// The session goes on.
    Open,
    /// The record of the session is complete.
    Closed,
}

/// What a head says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeadClaims {
    /// The service's public URL.
    pub issuer: String,
    /// The session's random public pseudonym (not its id).
    pub subject: String,
    /// When it was signed, in seconds since the Unix epoch.
    pub issued_at: i64,
    /// How many events.
    pub size: u64,
    /// The root of the session tree over them.
    pub root: Hash,
    /// Whether more may follow.
    pub state: HeadState,
}

/// A head in both its forms. They say the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedHead {
    /// `COSE_Sign1` (RFC 9052), tagged.
    pub cose: Vec<u8>,
    /// JWS in compact form (RFC 7515).
    pub jws: String,
}

/// Why a head was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HeadError {
    /// The signed statement around it.
    #[error("the session head is not a valid signed statement")]
    Statement(#[from] CoseError),
    /// The payload is not that of a head.
    #[error("the session head's payload is not in the expected encoding")]
    Payload(#[from] CborError),
    /// A version that this verifier does not know.
    #[error("the session head has the unknown version {found}")]
    Version {
        /// The version found.
        found: u64,
    },
    /// A state other than open (0) or closed (1).
    #[error("the session head has the unknown state {found}")]
    State {
        /// The number found.
        found: u64,
    },
    /// The JWS form.
    #[error("the session head's JWS form is not valid")]
    Jws(#[from] JwsError),
}

/// Signs a head in both forms.
pub fn issue_head(signer: &dyn Signer, claims: &HeadClaims) -> SignedHead {
    let cose = cose::issue(signer, &KIND, &claims.signed_claims(), &claims.payload(), None);
    SignedHead { cose, jws: jws::issue(signer, claims) }
}

/// Verifies the COSE form under this key.
///
/// # Errors
/// [`HeadError`] naming the first thing that does not fit.
pub fn verify_head(cose: &[u8], key: &VerifyingKey) -> Result<HeadClaims, HeadError> {
    let statement = Sign1::decode(cose)?;
    statement.verify(&KIND, key, statement.attached()?)?;
    HeadClaims::read(&statement)
}

/// Reads a head **without** checking its signature: only to find out which key it names.
///
/// # Errors
/// [`HeadError`] if it is not in the form of a head.
pub fn decode_head_unverified(cose: &[u8]) -> Result<(KeyId, HeadClaims), HeadError> {
    let statement = Sign1::decode(cose)?;
    Ok((statement.key_id(), HeadClaims::read(&statement)?))
}

/// SHA-256 of a head's COSE bytes: how other statements refer to it.
pub(crate) fn digest(cose: &[u8]) -> [u8; 32] {
    Sha256::digest(cose).into()
}

impl HeadClaims {
    fn signed_claims(&self) -> Claims {
        Claims { issuer: self.issuer.clone(), subject: self.subject.clone(), issued_at: self.issued_at }
    }

    // a4
    //    01 01         version
    //    02 uint       size
    //    03 58 20 …    root
    //    04 00 | 01    open | closed
    fn payload(&self) -> Vec<u8> {
        let counted = Encoder::new().map(4).int(1).uint(VERSION).int(2).uint(self.size);
        counted.int(3).bytes(&self.root.0).int(4).uint(u64::from(self.state == HeadState::Closed)).finish()
    }

    fn read(statement: &Sign1<'_>) -> Result<Self, HeadError> {
        let Claims { issuer, subject, issued_at } = statement.claims();
        let mut cursor = Cursor::new(statement.attached()?);
        cursor.map_of(4)?;
        let version = cursor.at_key(1)?.uint()?;
        if version != VERSION {
            return Err(HeadError::Version { found: version });
        }
        let size = cursor.at_key(2)?.uint()?;
        let root = Hash(cursor.at_key(3)?.fixed()?);
        let state = match cursor.at_key(4)?.uint()? {
            0 => HeadState::Open,
            1 => HeadState::Closed,
            found => return Err(HeadError::State { found }),
        };
        cursor.end()?;
        Ok(Self { issuer, subject, issued_at, size, root, state })
    }
}

#[cfg(test)]
mod tests;
