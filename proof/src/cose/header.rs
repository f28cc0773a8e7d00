//! The protected header: everything about a statement that is signed besides its payload.

use super::{Claims, CoseError, Kind, is_name};
use crate::cbor::{Cursor, Encoder};
use crate::key::{KeyId, VerifyingKey};

/// `EdDSA`, written (RFC 9053 §2.2).
const ALG_EDDSA: i64 = -8;
/// `Ed25519`, its fully specified twin, read too (RFC 9864).
const ALG_ED25519: i64 = -19;

const ALG: i64 = 1;
const CONTENT_TYPE: i64 = 3;
const KID: i64 = 4;
const CWT_CLAIMS: i64 = 15;
const TYP: i64 = 16;
const VDS: i64 = 395;
/// Private label: the size of the tree whose root a receipt signs. RFC 9942 alone does not sign it.
const SIGNED_SIZE: i64 = -65_800;
/// The verifiable data structure `RFC9162_SHA256`.
const RFC9162_SHA256: u64 = 1;

/// The protected header as it was read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Header {
    alg: i64,
    content_type: Option<String>,
    pub(super) kid: [u8; 32],
    issuer: String,
    subject: String,
    issued_at: i64,
    typ: String,
    vds: Option<u64>,
    pub(super) signed_size: Option<u64>,
}

impl Header {
    pub(super) fn issue(kind: &Kind, claims: &Claims, key: &VerifyingKey) -> Self {
        Self {
            alg: ALG_EDDSA,
            content_type: kind.content_type.map(str::to_owned),
            kid: key.id().0,
            issuer: claims.issuer.clone(),
            subject: claims.subject.clone(),
            issued_at: claims.issued_at,
            typ: kind.typ.to_owned(),
            vds: kind.signed_size.map(|_| RFC9162_SHA256),
            signed_size: kind.signed_size,
        }
    }

    // a4 … a7
    //    01 27               alg: EdDSA
    //    03 text             content type (heads only)
    //    04 58 20 …          kid
    //    0f a3               CWT claims (RFC 9597)
    //       01 text          iss
    //       02 text          sub
    //       06 int           iat, seconds
    //    10 text             typ (RFC 9596)
    //    19 018b 01          vds: RFC9162_SHA256 (receipts only)
    //    3a 00010107 uint    signed size (receipts only)
    pub(super) fn encode(&self) -> Vec<u8> {
        let optional = [self.content_type.is_some(), self.vds.is_some(), self.signed_size.is_some()];
        let mut out = Encoder::new().map(4 + optional.iter().filter(|present| **present).count());
        out = out.int(ALG).int(self.alg);
        if let Some(content_type) = &self.content_type {
            out = out.int(CONTENT_TYPE).text(content_type);
        }
        out = out.int(KID).bytes(&self.kid).int(CWT_CLAIMS).map(3);
        out = out.int(1).text(&self.issuer).int(2).text(&self.subject).int(6).int(self.issued_at);
        out = out.int(TYP).text(&self.typ);
        if let Some(vds) = self.vds {
            out = out.int(VDS).uint(vds);
        }
        if let Some(size) = self.signed_size {
            out = out.int(SIGNED_SIZE).uint(size);
        }
        out.finish()
    }

    pub(super) fn decode(bytes: &[u8]) -> Result<Self, CoseError> {
        let mut cursor = Cursor::new(bytes);
        let mut header = Self::default();
        for _ in 0..cursor.map()? {
            header.read_label(&mut cursor)?;
        }
        cursor.end()?;
        // One comparison refuses doubled, missing and misplaced labels alike.
        if header.encode() == bytes { Ok(header) } else { Err(CoseError::Header) }
    }

    fn read_label(&mut self, cursor: &mut Cursor) -> Result<(), CoseError> {
        match cursor.int()? {
            ALG => self.alg = cursor.int()?,
            CONTENT_TYPE => self.content_type = Some(cursor.text()?.to_owned()),
            KID => self.kid = cursor.fixed()?,
            CWT_CLAIMS => self.read_claims(cursor)?,
            TYP => self.typ = cursor.text()?.to_owned(),
            VDS => self.vds = Some(cursor.uint()?),
            SIGNED_SIZE => self.signed_size = Some(cursor.uint()?),
            _ => return Err(CoseError::Header),
        }
        Ok(())
    }

    fn read_claims(&mut self, cursor: &mut Cursor) -> Result<(), CoseError> {
        cursor.map_of(3)?;
        self.issuer = read_name(cursor.at_key(1)?, "iss")?;
        self.subject = read_name(cursor.at_key(2)?, "sub")?;
        self.issued_at = cursor.at_key(6)?.int()?;
        Ok(())
    }

    /// Who it says it is from, about which session, and when.
    pub(super) fn claims(&self) -> Claims {
        Claims { issuer: self.issuer.clone(), subject: self.subject.clone(), issued_at: self.issued_at }
    }

    /// Checks type, algorithm, content type, `vds` and key.
    pub(super) fn check(&self, kind: &Kind, key: &VerifyingKey) -> Result<(), CoseError> {
        if self.typ != kind.typ {
            return Err(CoseError::OtherType { expected: kind.typ, found: self.typ.clone() });
        }
        if ![ALG_EDDSA, ALG_ED25519].contains(&self.alg) {
            return Err(CoseError::Algorithm { alg: self.alg });
        }
        let expected = Header { alg: self.alg, kid: self.kid, ..Header::issue(kind, &self.claims(), key) };
        if *self != expected {
            return Err(CoseError::Header);
        }
        if KeyId(self.kid) != key.id() {
            return Err(CoseError::OtherKey { found: KeyId(self.kid) });
        }
        Ok(())
    }
}

fn read_name(cursor: &mut Cursor, claim: &'static str) -> Result<String, CoseError> {
    let name = cursor.text()?;
    if is_name(name) { Ok(name.to_owned()) } else { Err(CoseError::Claim { claim }) }
}
