//! Personal parts: sealed under a key of one person in one session, so that destroying the key erases the person.

use std::fmt;

use aes_gcm::aead::{Aead, KeyInit, Nonce, Payload};
use aes_gcm::{Aes256Gcm, Key};
use sha2::{Digest, Sha256};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use crate::cbor::{CborError, Cursor, Encoder};

const KEY_ID_DOMAIN: &[u8] = b"acta.person-key.v1";

/// The AES-256 key of one person in one session. Wiped from memory when dropped; never printed.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct PersonKey([u8; 32]);

impl PersonKey {
    /// Takes a key of 32 random bytes.
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The key itself: to wrap it, or to put it into a dossier.
    pub fn expose(&self) -> &[u8; 32] {
        &self.0
    }

    /// SHA-256("acta.person-key.v1" ‖ key): a commitment to the key. AES-GCM alone has none, so without it somebody could
    /// show another key that opens the same ciphertext to other words.
    pub fn key_id(&self) -> [u8; 32] {
        Sha256::new_with_prefix(KEY_ID_DOMAIN).chain_update(self.0).finalize().into()
    }

    fn cipher(&self) -> Aes256Gcm {
        Aes256Gcm::new(&Key::<Aes256Gcm>::from(self.0))
    }
}

impl fmt::Debug for PersonKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PersonKey(..)")
    }
}

/// A sealed personal part, as it travels inside an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SealedPart {
    /// The opaque id of the person it is about.
    pub subject: String,
    /// Which key opens it: [`PersonKey::key_id`].
    pub key_id: [u8; 32],
    /// The AES-GCM nonce, used once under this key.
    pub nonce: [u8; 12],
    /// The ciphertext with the 16 byte tag at its end.
    pub ciphertext: Vec<u8>,
}

/// Whose a sealed part is. It is authenticated with it, so that a part cannot pass for another person's or another
/// session's; that it stays with its event is what the event's commitment is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SealContext<'a> {
    /// The tenant's id.
    pub tenant: [u8; 16],
    /// The session's id.
    pub session: [u8; 16],
    /// The opaque id of the person.
    pub subject: &'a str,
}

/// Why a personal part was not sealed or opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    /// The part names another person than the context.
    #[error("the sealed part is about another person")]
    OtherSubject,
    /// The part was sealed under another key.
    #[error("the sealed part belongs to another key")]
    OtherKey,
    /// Key and nonce do not open it: it was altered, or belongs to another event.
    #[error("the sealed part does not open: it was altered or moved")]
    Altered,
    /// The plaintext is beyond what AES-GCM takes (64 GiB).
    #[error("the personal part is too long to be sealed")]
    TooLong,
}

impl SealContext<'_> {
    // 83             array(3)
    //    50 …16      tenant
    //    50 …16      session
    //    text        subject
    fn aad(&self) -> Vec<u8> {
        let ids = Encoder::new().array(3).bytes(&self.tenant).bytes(&self.session);
        ids.text(self.subject).finish()
    }
}

/// Seals a personal part for the person in `context`. The nonce must never be used twice under one key.
///
/// # Errors
/// [`SealError::TooLong`] beyond 64 GiB.
pub fn seal(
    key: &PersonKey,
    nonce: [u8; 12],
    context: &SealContext<'_>,
    plaintext: &[u8],
) -> Result<SealedPart, SealError> {
    let message = Payload { msg: plaintext, aad: &context.aad() };
    let ciphertext =
        key.cipher().encrypt(&Nonce::<Aes256Gcm>::from(nonce), message).map_err(|_| SealError::TooLong)?;
    Ok(SealedPart { subject: context.subject.to_owned(), key_id: key.key_id(), nonce, ciphertext })
}

/// Opens a personal part. The plaintext is wiped from memory when dropped.
///
/// # Errors
/// [`SealError`] if the part is about another person, under another key, altered, or from another event.
pub fn open(
    key: &PersonKey,
    context: &SealContext<'_>,
    part: &SealedPart,
) -> Result<Zeroizing<Vec<u8>>, SealError> {
    if part.subject != context.subject {
        return Err(SealError::OtherSubject);
    }
    // The id is a public hash of the key: comparing it needs no constant time.
    if part.key_id != key.key_id() {
        return Err(SealError::OtherKey);
    }
    let message = Payload { msg: &part.ciphertext, aad: &context.aad() };
    let opened = key.cipher().decrypt(&Nonce::<Aes256Gcm>::from(part.nonce), message);
    opened.map(Zeroizing::new).map_err(|_| SealError::Altered)
}

impl SealedPart {
    // a4             map(4)
    //    01 text     subject
    //    02 58 20 …  key id
    //    03 4c …12   nonce
    //    04 bstr     ciphertext ‖ tag
    pub(crate) fn write(&self, out: Encoder) -> Encoder {
        let named = out.map(4).int(1).text(&self.subject).int(2).bytes(&self.key_id);
        named.int(3).bytes(&self.nonce).int(4).bytes(&self.ciphertext)
    }

    pub(crate) fn read(cursor: &mut Cursor) -> Result<Self, CborError> {
        cursor.map_of(4)?;
        Ok(Self {
            subject: cursor.at_key(1)?.text()?.to_owned(),
            key_id: cursor.at_key(2)?.fixed()?,
            nonce: cursor.at_key(3)?.fixed()?,
            ciphertext: cursor.at_key(4)?.bytes()?.to_vec(),
        })
    }

    /// The part alone as dCBOR: how it is stored beside an event.
    pub fn encode(&self) -> Vec<u8> {
        self.write(Encoder::new()).finish()
    }

    /// Reads what [`SealedPart::encode`] wrote, and nothing else.
    ///
    /// # Errors
    /// [`CborError`] for other bytes.
    pub fn decode(bytes: &[u8]) -> Result<Self, CborError> {
        let mut cursor = Cursor::new(bytes);
        let part = Self::read(&mut cursor)?;
        cursor.end().map(|()| part)
    }
}

#[cfg(test)]
mod tests;
