use coset::iana::{self, EnumI64 as _};
use coset::{CoseSign1Builder, HeaderBuilder, Label, TaggedCborSerializable as _};

use super::*;
use crate::cbor::{Value, decode, encode};
use crate::key::SigningKey;
use crate::tree::{consistency_path, inclusion_path, root};

const VECTOR_ENTRY: &str = "82055820522dca1552d2cb6a1cd0d35779d2a567b981e1826db612719b2cf760dad832d1";
const VECTOR_RECEIPT: &str = "d284588fa60127045820df8534b253850532d848039d3ff84290439e14706b55db70007af45822fa11440fa301781868747470733a2f2f73657373696f6e732e6578616d706c6502781875726e3a6578616d706c653a733a37514b344d325a503954061a6ab13b8a10781e6170706c69636174696f6e2f73636974742d726563656970742b636f736519018b013a0001010707a119018ca12081586a8307058358200152f01d179ff3ed77693bf841b8c0bae572b9240cc14febfec122340c8752f15820de891d08a16202bd7919116feabc9d29076376572b52b760a8b7fbec04cf4bd65820f4e68ea527c2e3890a75aea6a193bbc5888ae4b3c72edb6e7243ef6e4304d57bf6584009bb6a31fe9e47bf0d904b3597047c5639e21a423f02d40befee52d042d4bc158545d8346f0609f2154745e0d6509b7fd9aa2f6cbf790c90fff3c1d79e41dd06";

fn key() -> SigningKey {
    SigningKey::from_seed(&[0x11; 32])
}

fn claims() -> ReceiptClaims {
    ReceiptClaims { issuer: "https://a.example".into(), subject: "urn:s".into(), issued_at: 1_780_000_000 }
}

fn entries(size: u8) -> Vec<Entry> {
    (0..size).map(|n| Entry { index: n.into(), commitment: Commitment([n; 32]) }).collect()
}

fn leaves(size: u8) -> Vec<Hash> {
    entries(size).iter().map(Entry::leaf_hash).collect()
}

fn inclusion(size: u8, index: u8) -> (Vec<u8>, Vec<u8>) {
    let leaves = leaves(size);
    let path = inclusion_path(&leaves, index.into()).unwrap();
    let proof = InclusionProof { size: size.into(), index: index.into(), path };
    (issue_inclusion(&key(), &claims(), &root(&leaves), &proof), entries(size)[usize::from(index)].encode())
}

fn consistency(old: u8, new: u8) -> Vec<u8> {
    let leaves = leaves(new);
    let path = consistency_path(&leaves, old.into()).unwrap();
    let proof = ConsistencyProof { old_size: old.into(), new_size: new.into(), path };
    issue_consistency(&key(), &claims(), &root(&leaves), &proof)
}

#[test]
fn the_published_vector_verifies_and_is_reproduced_byte_for_byte() {
    let (receipt, entry) = (hex::decode(VECTOR_RECEIPT).unwrap(), hex::decode(VECTOR_ENTRY).unwrap());
    let verified = verify_inclusion_receipt(&receipt, &entry, &key().verifying_key()).unwrap();
    assert_eq!((verified.size, verified.index), (7, 5));
    assert_eq!(receipt.len(), 329);

    let statement = Sign1::decode(&receipt).unwrap();
    let (size, index, path) = decode_proof(statement.receipt_proof(INCLUSION).unwrap()).unwrap();
    let again =
        issue_inclusion(&key(), &verified.claims, &verified.root, &InclusionProof { size, index, path });
    assert_eq!(hex::encode(again), VECTOR_RECEIPT);
}

#[test]
fn every_inclusion_receipt_of_small_trees_verifies() {
    for size in 1..=20 {
        for index in 0..size {
            let (receipt, entry) = inclusion(size, index);
            let verified = verify_inclusion_receipt(&receipt, &entry, &key().verifying_key()).unwrap();
            assert_eq!((verified.size, verified.index), (size.into(), index.into()));
            assert_eq!(verified.root, root(&leaves(size)));
        }
    }
}

#[test]
fn every_consistency_receipt_of_small_trees_verifies() {
    for new in 2..=20 {
        for old in 1..new {
            let old_root = root(&leaves(old));
            let verified =
                verify_consistency_receipt(&consistency(old, new), &old_root, &key().verifying_key())
                    .unwrap();
            assert_eq!((verified.old_size, verified.new_size), (old.into(), new.into()));
            assert_eq!(verified.new_root, root(&leaves(new)));
        }
    }
}

#[test]
fn every_changed_byte_of_a_receipt_is_refused() {
    let (receipt, entry) = inclusion(7, 5);
    let appended = consistency(3, 7);
    let (public, old_root) = (key().verifying_key(), root(&leaves(3)));
    for flip in [0x01, 0x02, 0x20, 0x40, 0x80, 0xff] {
        for at in 0..receipt.len() {
            let mut changed = receipt.clone();
            changed[at] ^= flip;
            assert!(verify_inclusion_receipt(&changed, &entry, &public).is_err(), "byte {at}");
        }
        for at in 0..appended.len() {
            let mut changed = appended.clone();
            changed[at] ^= flip;
            assert!(verify_consistency_receipt(&changed, &old_root, &public).is_err(), "byte {at}");
        }
    }
}

// Rewrites the proof of a receipt; the protected header and the signature stay genuine.
fn reshown(receipt: &[u8], size: u64, index: u64) -> Vec<u8> {
    let Value::Tag(18, inner) = decode(receipt).unwrap() else { panic!("a tagged statement") };
    let mut parts = inner.into_array().unwrap();
    let statement = Sign1::decode(receipt).unwrap();
    let (_, _, path) = decode_proof(statement.receipt_proof(INCLUSION).unwrap()).unwrap();
    parts[1] = unprotected(encode_proof(size, index, &path));
    encode(&Value::Tag(18, Box::new(Value::Array(parts))))
}

fn unprotected(proof: Vec<u8>) -> Value {
    let proofs = Value::Map(vec![(Value::from(-1), Value::Array(vec![Value::Bytes(proof)]))]);
    Value::Map(vec![(Value::from(396), proofs)])
}

#[test]
fn a_genuine_leaf_6_of_7_shown_as_leaf_3_of_4_is_refused() {
    let (receipt, entry) = inclusion(7, 6);
    let reshown = reshown(&receipt, 4, 3);
    // The trap itself: the same path leads from the same leaf to the same root.
    let statement = Sign1::decode(&reshown).unwrap();
    let (size, index, path) = decode_proof(statement.receipt_proof(INCLUSION).unwrap()).unwrap();
    assert_eq!(root_from_inclusion(leaves(7)[6], index, size, &path), Ok(root(&leaves(7))));

    let refused = verify_inclusion_receipt(&reshown, &entry, &key().verifying_key());
    assert_eq!(refused, Err(ReceiptError::OtherSize { signed: 7, proven: 4 }));
}

// A receipt exactly as RFC 9942 has it, without our signed size, made with another library.
fn bare_receipt(size: u64, index: u64, path: &[Hash], root: &Hash) -> Vec<u8> {
    let text = |text: &str| Value::from(text);
    let cwt = Value::Map(vec![
        (Value::from(1), text("https://a.example")),
        (Value::from(2), text("urn:s")),
        (Value::from(6), Value::from(1_780_000_000)),
    ]);
    let protected = HeaderBuilder::new()
        .algorithm(iana::Algorithm::EdDSA)
        .key_id(key().verifying_key().id().0.to_vec())
        .value(iana::HeaderParameter::CwtClaims.to_i64(), cwt)
        .value(16, text("application/scitt-receipt+cose"))
        .value(395, Value::from(1))
        .build();
    let mut receipt = CoseSign1Builder::new()
        .protected(protected)
        .create_detached_signature(&root.0, b"", |message| key().sign(message).to_vec())
        .build();
    let Value::Map(pairs) = unprotected(encode_proof(size, index, path)) else { unreachable!() };
    receipt.unprotected.rest = pairs.into_iter().map(|(_, value)| (Label::Int(396), value)).collect();
    receipt.to_tagged_vec().unwrap()
}

#[test]
fn a_bare_rfc_9942_receipt_is_refused_because_it_does_not_sign_the_size() {
    let leaves = leaves(7);
    let path = inclusion_path(&leaves, 6).unwrap();
    let entry = entries(7)[6].encode();
    for (size, index) in [(7, 6), (4, 3)] {
        let bare = bare_receipt(size, index, &path, &root(&leaves));
        let refused = verify_inclusion_receipt(&bare, &entry, &key().verifying_key());
        assert_eq!(refused, Err(ReceiptError::SizeNotSigned));
    }
}

#[test]
fn the_entry_of_another_place_is_refused() {
    let (receipt, _) = inclusion(7, 5);
    let other = entries(7)[4].encode();
    let refused = verify_inclusion_receipt(&receipt, &other, &key().verifying_key());
    assert_eq!(refused, Err(ReceiptError::OtherEntry { index: 5 }));
}

#[test]
fn an_inclusion_receipt_is_no_consistency_receipt() {
    let (receipt, _) = inclusion(7, 5);
    let refused = verify_consistency_receipt(&receipt, &root(&leaves(3)), &key().verifying_key());
    assert_eq!(refused, Err(ReceiptError::Statement(CoseError::Unprotected)));
}

#[test]
fn an_older_root_that_was_changed_is_refused() {
    let refused = verify_consistency_receipt(&consistency(3, 7), &Hash([0; 32]), &key().verifying_key());
    assert_eq!(refused, Err(ReceiptError::Tree(TreeError::OtherRoot)));
}

#[test]
fn an_attached_root_is_refused() {
    let (receipt, entry) = inclusion(7, 5);
    let Value::Tag(18, inner) = decode(&receipt).unwrap() else { panic!("a tagged statement") };
    let mut parts = inner.into_array().unwrap();
    parts[2] = Value::Bytes(root(&leaves(7)).0.to_vec());
    let attached = encode(&Value::Tag(18, Box::new(Value::Array(parts))));
    let refused = verify_inclusion_receipt(&attached, &entry, &key().verifying_key());
    assert_eq!(refused, Err(ReceiptError::Statement(CoseError::Payload)));
}

#[test]
fn a_receipt_names_its_key() {
    assert_eq!(receipt_key_id(&inclusion(7, 5).0), Ok(key().verifying_key().id()));
}
