//! Whatever bytes come: an answer, never a panic.

use acta_proof::event::EventStatement;
use acta_proof::file::{ProofFile, ProofKind};
use acta_proof::head::{decode_head_unverified, verify_head, verify_head_jws};
use acta_proof::key::Signer as _;
use acta_proof::receipt::{verify_consistency_receipt, verify_inclusion_receipt};
use acta_proof::tree::Hash;
use acta_proof::verify::{VerifyOptions, verify_file};
use proptest::prelude::*;

use crate::session::{event, file, head, issuer};

fn read_as_everything(bytes: &[u8]) {
    let key = issuer().verifying_key();
    let options = VerifyOptions { older_head: Some(bytes), ..VerifyOptions::default() };
    let _ = verify_file(bytes, &options).is_ok();
    let _ = ProofFile::decode(bytes).is_ok();
    let _ = EventStatement::decode(bytes).is_ok();
    let _ = acta_proof::cbor::decode(bytes).is_ok();
    let _ = decode_head_unverified(bytes).is_ok();
    assert!(verify_head(bytes, &key).is_err());
    assert!(verify_head_jws(&String::from_utf8_lossy(bytes), &key).is_err());
    assert!(verify_inclusion_receipt(bytes, bytes, &key).is_err());
    assert!(verify_consistency_receipt(bytes, &Hash([0; 32]), &key).is_err());
}

/// Some cuts, inserts and overwrites at random places.
fn mutate(mut bytes: Vec<u8>, changes: &[(prop::sample::Index, u8, u8)]) -> Vec<u8> {
    for (at, kind, byte) in changes {
        let at = at.index(bytes.len().max(1));
        match kind % 4 {
            0 if at < bytes.len() => bytes[at] = *byte,
            1 if at < bytes.len() => bytes.truncate(at),
            2 if at < bytes.len() => drop(bytes.remove(at)),
            _ => bytes.insert(at.min(bytes.len()), *byte),
        }
    }
    bytes
}

proptest! {
    #[test]
    fn arbitrary_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..600)) {
        read_as_everything(&bytes);
    }

    #[test]
    fn arbitrary_bytes_in_a_plausible_frame_never_panic(tail in prop::collection::vec(any::<u8>(), 0..400)) {
        for frame in [&[0xa9, 1, 1, 2, 1, 3][..], &[0xd2, 0x84], &[0xab, 1, 0x50], &[0xac, 1, 0x50]] {
            read_as_everything(&[frame, &tail].concat());
        }
    }

    #[test]
    fn mutated_files_and_statements_never_panic_and_never_verify(
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>(), any::<u8>()), 1..6),
    ) {
        let genuine = file(ProofKind::Dossier, 4).encode();
        let mutated = mutate(genuine.clone(), &changes);
        prop_assume!(mutated != genuine);
        prop_assert!(verify_file(&mutated, &VerifyOptions::default()).is_err());

        let cose = head(4).cose;
        let mutated = mutate(cose.clone(), &changes);
        prop_assume!(mutated != cose);
        read_as_everything(&mutated);
        read_as_everything(&mutate(event(2).encode(), &changes));
    }
}
