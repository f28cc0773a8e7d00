//! `COSE_Sign1` (RFC 9052 §4.2) in the one shape that this format uses.
//!
//! Written and read here instead of through a COSE library, because a proof must have exactly one encoding and a library
//! reads many; the tests hold the result against `coset`.

mod header;

use crate::cbor::{CborError, Cursor, Encoder};
use crate::key::{KeyId, Signer, VerifyingKey};

use header::Header;

/// The proofs of a receipt, in its unprotected header (RFC 9942).
const VDP: i64 = 396;
const SIGN1_TAG: u64 = 18;

/// Why a signed statement was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CoseError {
    /// Not the deterministic CBOR of a `COSE_Sign1` of this format.
    #[error("the signed statement is not in the expected encoding")]
    Encoding(#[from] CborError),
    /// A protected label that the format does not have, or labels out of order.
    #[error("the protected header is not one of this format")]
    Header,
    /// An algorithm other than `EdDSA` (−8) or Ed25519 (−19).
    #[error("the signature algorithm {alg} is not EdDSA (-8) or Ed25519 (-19)")]
    Algorithm {
        /// The COSE algorithm number found.
        alg: i64,
    },
    /// A statement of another kind.
    #[error("the statement is of type {found:?}, not {expected:?}")]
    OtherType {
        /// The type that was asked for.
        expected: &'static str,
        /// The type that was found.
        found: String,
    },
    /// `iss` or `sub` is not a name that can be shown on a line.
    #[error("the claim {claim} is empty, longer than 255 bytes, or holds white space or control characters")]
    Claim {
        /// `iss` or `sub`.
        claim: &'static str,
    },
    /// Labels in the unprotected header where there must be none, or missing where there must be a proof.
    #[error("the unprotected header is not as the format prescribes")]
    Unprotected,
    /// A payload where it must be detached, or none where it must be attached.
    #[error("the payload is not where the format prescribes")]
    Payload,
    /// Signed under another key than the one given.
    #[error("it is signed under key {found}")]
    OtherKey {
        /// The key it names.
        found: KeyId,
    },
    /// The signature does not fit.
    #[error("the signature is not valid")]
    Signature,
}

/// Who says something about which session, and when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Claims {
    pub(crate) issuer: String,
    pub(crate) subject: String,
    /// Seconds since the Unix epoch.
    pub(crate) issued_at: i64,
}

/// Whether `iss` or `sub` may be this: 1 to 255 bytes, no white space, no control characters. It is shown to people.
pub(crate) fn is_name(text: &str) -> bool {
    (1..=255).contains(&text.len()) && !text.contains(|c: char| c.is_control() || c.is_whitespace())
}

/// What makes one kind of statement different from another, all of it signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Kind {
    pub(crate) typ: &'static str,
    pub(crate) content_type: Option<&'static str>,
    /// The size of the tree, for receipts; they carry `vds` as well.
    pub(crate) signed_size: Option<u64>,
}

/// A proof in the unprotected header of a receipt (RFC 9942): −1 inclusion, −2 consistency.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Proof<'a> {
    pub(crate) label: i64,
    pub(crate) bytes: &'a [u8],
}

/// Signs. With a proof, the payload is detached (a receipt); without, attached.
//
// d2                      tag(18)
//    84                   array(4)
//       bstr              protected header
//       a0                or a1 19 018c a1 (20|21) 81 bstr: the proof
//       bstr              or f6: payload
//       58 40 …           signature of ["Signature1", protected, h'', payload]
pub(crate) fn issue(
    signer: &dyn Signer,
    kind: &Kind,
    claims: &Claims,
    payload: &[u8],
    proof: Option<&Proof<'_>>,
) -> Vec<u8> {
    let protected = Header::issue(kind, claims, &signer.verifying_key()).encode();
    let signature = signer.sign(&to_be_signed(&protected, payload));
    let out = Encoder::new().tag(SIGN1_TAG).array(4).bytes(&protected);
    let out = match proof {
        Some(proof) => out.map(1).int(VDP).map(1).int(proof.label).array(1).bytes(proof.bytes).null(),
        None => out.map(0).bytes(payload),
    };
    out.bytes(&signature).finish()
}

fn to_be_signed(protected: &[u8], payload: &[u8]) -> Vec<u8> {
    Encoder::new().array(4).text("Signature1").bytes(protected).bytes(&[]).bytes(payload).finish()
}

/// A statement that was read, but not yet verified.
#[derive(Debug, Clone)]
pub(crate) struct Sign1<'a> {
    protected: &'a [u8],
    header: Header,
    proof: Option<Proof<'a>>,
    payload: Option<&'a [u8]>,
    signature: [u8; 64],
}

impl<'a> Sign1<'a> {
    pub(crate) fn decode(bytes: &'a [u8]) -> Result<Self, CoseError> {
        let mut cursor = Cursor::new(bytes);
        cursor.tag(SIGN1_TAG)?;
        cursor.array_of(4)?;
        let protected = cursor.bytes()?;
        let header = Header::decode(protected)?;
        let proof = read_unprotected(&mut cursor)?;
        let payload = if cursor.null() { None } else { Some(cursor.bytes()?) };
        let signature = cursor.fixed()?;
        cursor.end()?;
        Ok(Self { protected, header, proof, payload, signature })
    }

    /// The key it says it is signed under.
    pub(crate) fn key_id(&self) -> KeyId {
        KeyId(self.header.kid)
    }

    pub(crate) fn claims(&self) -> Claims {
        self.header.claims()
    }

    /// The signed tree size of a receipt.
    pub(crate) fn signed_size(&self) -> Option<u64> {
        self.header.signed_size
    }

    /// The payload of a statement that carries it and has an empty unprotected header.
    pub(crate) fn attached(&self) -> Result<&'a [u8], CoseError> {
        match (&self.proof, self.payload) {
            (None, Some(payload)) => Ok(payload),
            (Some(_), _) => Err(CoseError::Unprotected),
            (None, None) => Err(CoseError::Payload),
        }
    }

    /// The proof of a receipt, whose payload is detached.
    pub(crate) fn receipt_proof(&self, label: i64) -> Result<&'a [u8], CoseError> {
        match (&self.proof, self.payload) {
            (Some(proof), None) if proof.label == label => Ok(proof.bytes),
            (_, Some(_)) => Err(CoseError::Payload),
            _ => Err(CoseError::Unprotected),
        }
    }

    /// Checks type, content type, `vds`, algorithm, key and signature.
    pub(crate) fn verify(&self, kind: &Kind, key: &VerifyingKey, payload: &[u8]) -> Result<(), CoseError> {
        self.header.check(kind, key)?;
        let signed = to_be_signed(self.protected, payload);
        if key.verifies(&signed, &self.signature) { Ok(()) } else { Err(CoseError::Signature) }
    }
}

fn read_unprotected<'a>(cursor: &mut Cursor<'a>) -> Result<Option<Proof<'a>>, CoseError> {
    match cursor.map()? {
        0 => Ok(None),
        1 => {
            if cursor.int()? != VDP {
                return Err(CoseError::Unprotected);
            }
            cursor.map_of(1)?;
            let label = cursor.int()?;
            cursor.array_of(1)?;
            Ok(Some(Proof { label, bytes: cursor.bytes()? }))
        }
        _ => Err(CoseError::Unprotected),
    }
}
