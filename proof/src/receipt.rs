//! Receipts (RFC 9942): for whoever holds one event, or an older head, and not the whole record.
//!
//! Two things are added to the RFC, because it does not sign the size of the tree, and so a genuine "leaf 6 of 7" could be shown
//! as "leaf 3 of 4": the protected header carries the signed size, and the entry under the leaf carries its index.

use crate::cbor::{CborError, Cursor, Encoder};
use crate::commitment::Commitment;
use crate::cose::{self, Claims, CoseError, Kind, Proof, Sign1};
use crate::entry::Entry;
use crate::key::{KeyId, Signer, VerifyingKey};
use crate::tree::{Hash, TreeError, root_from_consistency, root_from_inclusion};

const INCLUSION: i64 = -1;
const CONSISTENCY: i64 = -2;
/// A tree of 2⁶⁴ leaves is 64 levels high; a consistency path has one hash more.
const LONGEST_PATH: u64 = 65;

/// Who issues a receipt, about which session, when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReceiptClaims {
    /// The service's public URL.
    pub issuer: String,
    /// The session's random public pseudonym.
    pub subject: String,
    /// When it was signed, in seconds since the Unix epoch.
    pub issued_at: i64,
}

/// That an entry is a leaf of a tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InclusionProof {
    /// The size of the tree.
    pub size: u64,
    /// The index of the leaf, from 0.
    pub index: u64,
    /// [`crate::tree::inclusion_path`].
    pub path: Vec<Hash>,
}

/// That a tree begins with the leaves of an older one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConsistencyProof {
    /// The size of the older tree, at least 1.
    pub old_size: u64,
    /// The size of the newer tree, larger.
    pub new_size: u64,
    /// [`crate::tree::consistency_path`].
    pub path: Vec<Hash>,
}

/// What a verified inclusion receipt says: this entry is leaf `index` of the `size` leaves under `root`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InclusionReceipt {
    /// Who says so.
    pub claims: ReceiptClaims,
    /// The size of the tree.
    pub size: u64,
    /// The index of the leaf.
    pub index: u64,
    /// The commitment in the entry.
    pub commitment: Commitment,
    /// The signed root.
    pub root: Hash,
}

/// What a verified consistency receipt says: from `old_size` to `new_size`, only appended to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConsistencyReceipt {
    /// Who says so.
    pub claims: ReceiptClaims,
    /// The size of the older tree.
    pub old_size: u64,
    /// The size of the newer tree.
    pub new_size: u64,
    /// The signed root of the newer tree.
    pub new_root: Hash,
}

/// Why a receipt was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReceiptError {
    /// The signed statement around the proof.
    #[error("the receipt is not a valid signed statement")]
    Statement(#[from] CoseError),
    /// The proof's own encoding.
    #[error("the proof in the receipt is not in the expected encoding")]
    Encoding(#[from] CborError),
    /// The hashes do not fit.
    #[error("the proof in the receipt does not fit")]
    Tree(#[from] TreeError),
    /// The receipt does not sign the size of its tree, so its index means nothing.
    #[error("the receipt does not sign the size of its tree")]
    SizeNotSigned,
    /// The signed size is another than that of the proof.
    #[error("the receipt signs a tree of {signed} leaves and proves one of {proven}")]
    OtherSize {
        /// In the protected header.
        signed: u64,
        /// In the proof.
        proven: u64,
    },
    /// The entry is not the entry of that index.
    #[error("the entry is not entry {index}")]
    OtherEntry {
        /// The index that the proof is about.
        index: u64,
    },
}

fn kind(label: i64, signed_size: u64) -> Kind {
    let typ = match label {
        INCLUSION => "application/scitt-receipt+cose",
        _ => "application/vnd.acta.consistency-receipt+cose",
    };
    Kind { typ, content_type: None, signed_size: Some(signed_size) }
}

impl From<&ReceiptClaims> for Claims {
    fn from(ReceiptClaims { issuer, subject, issued_at }: &ReceiptClaims) -> Self {
        Self { issuer: issuer.clone(), subject: subject.clone(), issued_at: *issued_at }
    }
}

impl From<Claims> for ReceiptClaims {
    fn from(Claims { issuer, subject, issued_at }: Claims) -> Self {
        Self { issuer, subject, issued_at }
    }
}

// 83          array(3)
//    uint     inclusion: size      consistency: old size
//    uint     inclusion: index     consistency: new size
//    8x       path, each 58 20 …
fn encode_proof(first: u64, second: u64, path: &[Hash]) -> Vec<u8> {
    let head = Encoder::new().array(3).uint(first).uint(second).array(path.len());
    path.iter().fold(head, |out, hash| out.bytes(&hash.0)).finish()
}

fn decode_proof(bytes: &[u8]) -> Result<(u64, u64, Vec<Hash>), ReceiptError> {
    let mut cursor = Cursor::new(bytes);
    cursor.array_of(3)?;
    let (first, second) = (cursor.uint()?, cursor.uint()?);
    let length = cursor.array()?;
    if length > LONGEST_PATH {
        return Err(TreeError::PathLength.into());
    }
    let path = (0..length).map(|_| cursor.fixed().map(Hash)).collect::<Result<_, _>>()?;
    cursor.end()?;
    Ok((first, second, path))
}

fn signed_size(statement: &Sign1<'_>, proven: u64) -> Result<u64, ReceiptError> {
    match statement.signed_size() {
        Some(signed) if signed == proven => Ok(signed),
        Some(signed) => Err(ReceiptError::OtherSize { signed, proven }),
        None => Err(ReceiptError::SizeNotSigned),
    }
}

/// Signs that the leaf is in the tree with this root. The caller knows that the path leads there.
pub fn issue_inclusion(
    signer: &dyn Signer,
    claims: &ReceiptClaims,
    root: &Hash,
    proof: &InclusionProof,
) -> Vec<u8> {
    let bytes = encode_proof(proof.size, proof.index, &proof.path);
    let proof_header = Proof { label: INCLUSION, bytes: &bytes };
    cose::issue(signer, &kind(INCLUSION, proof.size), &claims.into(), &root.0, Some(&proof_header))
}

/// Verifies that `entry` (its encoded bytes) is where the receipt says, under this key.
///
/// # Errors
/// [`ReceiptError`] naming the first thing that does not fit.
pub fn verify_inclusion_receipt(
    receipt: &[u8],
    entry: &[u8],
    key: &VerifyingKey,
) -> Result<InclusionReceipt, ReceiptError> {
    let statement = Sign1::decode(receipt)?;
    let (size, index, path) = decode_proof(statement.receipt_proof(INCLUSION)?)?;
    let size = signed_size(&statement, size)?;
    let entry = match Entry::at_front(entry, index) {
        Some((found, length)) if length == entry.len() => found,
        _ => return Err(ReceiptError::OtherEntry { index }),
    };
    let root = root_from_inclusion(entry.leaf_hash(), index, size, &path)?;
    statement.verify(&kind(INCLUSION, size), key, &root.0)?;
    Ok(InclusionReceipt {
        claims: statement.claims().into(),
        size,
        index,
        commitment: entry.commitment,
        root,
    })
}

/// Signs that the tree with `new_root` begins with the leaves of the older one. The caller knows that the path shows it.
pub fn issue_consistency(
    signer: &dyn Signer,
    claims: &ReceiptClaims,
    new_root: &Hash,
    proof: &ConsistencyProof,
) -> Vec<u8> {
    let bytes = encode_proof(proof.old_size, proof.new_size, &proof.path);
    let proof_header = Proof { label: CONSISTENCY, bytes: &bytes };
    cose::issue(signer, &kind(CONSISTENCY, proof.new_size), &claims.into(), &new_root.0, Some(&proof_header))
}

/// Verifies that history was only appended to since the reader's own older root (never one from the same bundle).
///
/// # Errors
/// [`ReceiptError`] naming the first thing that does not fit.
pub fn verify_consistency_receipt(
    receipt: &[u8],
    old_root: &Hash,
    key: &VerifyingKey,
) -> Result<ConsistencyReceipt, ReceiptError> {
    let statement = Sign1::decode(receipt)?;
    let (old_size, new_size, path) = decode_proof(statement.receipt_proof(CONSISTENCY)?)?;
    let new_size = signed_size(&statement, new_size)?;
    if old_size == new_size {
        return Err(TreeError::SizeOutOfRange { old_size, new_size }.into());
    }
    let new_root = root_from_consistency(old_size, new_size, old_root, &path)?;
    statement.verify(&kind(CONSISTENCY, new_size), key, &new_root.0)?;
    Ok(ConsistencyReceipt { claims: statement.claims().into(), old_size, new_size, new_root })
}

/// The key a receipt names, without any check: to look it up.
///
/// # Errors
/// [`ReceiptError`] if it is not in the form of a receipt.
pub fn receipt_key_id(receipt: &[u8]) -> Result<KeyId, ReceiptError> {
    Ok(Sign1::decode(receipt)?.key_id())
}

#[cfg(test)]
mod tests;
