//! The signed table of contents of a proof file: a dropped, added or exchanged opening is refused, although every opening that
//! is there would verify by itself.

use crate::cbor::{CborError, Cursor, Encoder};
use crate::cose::{self, Claims, CoseError, Kind, Sign1};
use crate::file::ProofKind;
use crate::head::HeadClaims;
use crate::key::{KeyId, Signer, VerifyingKey};
use crate::tree::Hash;

const KIND: Kind =
    Kind { typ: "application/vnd.acta.proof-contents+cbor", content_type: None, signed_size: None };

/// What a proof file holds, by digest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contents {
    /// Public proof or dossier.
    pub kind: ProofKind,
    /// The number of entries.
    pub size: u64,
    /// The root over the entries.
    pub root: Hash,
    /// SHA-256 of the encoded openings.
    pub openings: [u8; 32],
    /// SHA-256 of the encoded person keys.
    pub person_keys: [u8; 32],
    /// SHA-256 of the head's COSE bytes.
    pub head: [u8; 32],
}

/// Why a table of contents was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ContentsError {
    /// The signed statement around it.
    #[error("the table of contents is not a valid signed statement")]
    Statement(#[from] CoseError),
    /// The payload is not that of a table of contents.
    #[error("the table of contents is not in the expected encoding")]
    Payload(#[from] CborError),
    /// A kind other than public (0) or dossier (1).
    #[error("the table of contents is of the unknown kind {found}")]
    Kind {
        /// The number found.
        found: u64,
    },
    /// It was signed for another issuer or session than the head.
    #[error("the table of contents belongs to another session than the head")]
    OtherSession,
}

/// Signs the contents for the head's issuer and session, at `issued_at` (seconds since the Unix epoch).
pub(crate) fn issue(signer: &dyn Signer, head: &HeadClaims, issued_at: i64, contents: &Contents) -> Vec<u8> {
    let claims = Claims { issuer: head.issuer.clone(), subject: head.subject.clone(), issued_at };
    cose::issue(signer, &KIND, &claims, &contents.payload(), None)
}

/// The key that a table of contents names, without any check.
pub(crate) fn key_id(bytes: &[u8]) -> Result<KeyId, ContentsError> {
    Ok(Sign1::decode(bytes)?.key_id())
}

/// Verifies a table of contents for the head's issuer and session; gives it, and when it was signed.
pub(crate) fn verify(
    bytes: &[u8],
    key: &VerifyingKey,
    head: &HeadClaims,
) -> Result<(Contents, i64), ContentsError> {
    let statement = Sign1::decode(bytes)?;
    let payload = statement.attached()?;
    statement.verify(&KIND, key, payload)?;
    let claims = statement.claims();
    if (&claims.issuer, &claims.subject) != (&head.issuer, &head.subject) {
        return Err(ContentsError::OtherSession);
    }
    Ok((Contents::read(payload)?, claims.issued_at))
}

impl Contents {
    // a6
    //    01 00 | 01    kind: public | dossier
    //    02 uint       size
    //    03 58 20 …    root
    //    04 58 20 …    SHA-256 of the encoded openings
    //    05 58 20 …    SHA-256 of the encoded person keys
    //    06 58 20 …    SHA-256 of the head (COSE)
    fn payload(&self) -> Vec<u8> {
        let described = Encoder::new().map(6).int(1).uint(self.kind.number()).int(2).uint(self.size);
        let digests = described.int(3).bytes(&self.root.0).int(4).bytes(&self.openings);
        digests.int(5).bytes(&self.person_keys).int(6).bytes(&self.head).finish()
    }

    fn read(payload: &[u8]) -> Result<Self, ContentsError> {
        let mut cursor = Cursor::new(payload);
        cursor.map_of(6)?;
        let number = cursor.at_key(1)?.uint()?;
        let contents = Self {
            kind: ProofKind::from_number(number).ok_or(ContentsError::Kind { found: number })?,
            size: cursor.at_key(2)?.uint()?,
            root: Hash(cursor.at_key(3)?.fixed()?),
            openings: cursor.at_key(4)?.fixed()?,
            person_keys: cursor.at_key(5)?.fixed()?,
            head: cursor.at_key(6)?.fixed()?,
        };
        cursor.end()?;
        Ok(contents)
    }
}
