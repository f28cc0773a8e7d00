//! How long a large session takes: `cargo test -p acta-proof --release -- --ignored --nocapture a_million`.

use std::time::{Duration, Instant};

use acta_proof::commitment::Commitment;
use acta_proof::file::{Draft, ProofKind, build};
use acta_proof::head::issue_head;
use acta_proof::key::Signer as _;
use acta_proof::verify::{VerifyOptions, verify_file};

use crate::session::{claims, issuer};

#[test]
#[ignore = "a measurement, for a release build"]
fn a_million_entries_verify_within_half_a_second() {
    let entries: Vec<_> = (0..1_000_000_u32)
        .map(|n| Commitment([n.to_le_bytes()[0]; 32]))
        .collect();
    let head = issue_head(&issuer(), &claims(&entries));
    let head_key = issuer().verifying_key();
    let draft = Draft {
        kind: ProofKind::Public,
        head,
        head_key,
        entries,
        openings: vec![],
        person_keys: vec![],
        issued_at: 0,
    };
    let bytes = build(&issuer(), draft).unwrap().encode();

    let started = Instant::now();
    let report = verify_file(&bytes, &VerifyOptions::default()).unwrap();
    let took = started.elapsed();
    println!(
        "{} entries, {} bytes, verified in {took:?}",
        report.size,
        bytes.len()
    );
    assert!(took < Duration::from_millis(500), "{took:?}");
}
