//! A large session, altered here and there.

use acta_proof::commitment::Commitment;
use acta_proof::file::{Draft, ProofKind, build};
use acta_proof::head::issue_head;
use acta_proof::verify::{VerifyOptions, verify_file};

use crate::session::{claims, issuer};

const ENTRIES: u32 = 20_000;
/// A stride that meets every part of an entry as it walks the file, being no multiple of anything in it.
const STRIDE: usize = 9_973;

fn large_file() -> Vec<u8> {
    let entries: Vec<_> = (0..ENTRIES).map(|n| Commitment([n.to_le_bytes()[0]; 32])).collect();
    let head = issue_head(&issuer(), &claims(&entries));
    let (openings, person_keys) = (vec![], vec![]);
    let draft = Draft { kind: ProofKind::Public, head, entries, openings, person_keys, issued_at: 0 };
    build(&issuer(), draft).unwrap().encode()
}

#[test]
fn a_large_session_verifies_and_no_sampled_change_of_it_does() {
    let genuine = large_file();
    assert_eq!(verify_file(&genuine, &VerifyOptions::default()).unwrap().size, u64::from(ENTRIES));
    let mut changed = genuine.clone();
    for at in (0..genuine.len()).step_by(STRIDE) {
        changed[at] ^= 0x10;
        assert!(verify_file(&changed, &VerifyOptions::default()).is_err(), "byte {at}");
        changed[at] = genuine[at];
    }
}
