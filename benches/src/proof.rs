//! A public proof over many events, from fixed seeds.

use std::fs;
use std::path::{Path, PathBuf};

use acta_proof::commitment::{Commitment, Salt, commit};
use acta_proof::entry::Entry;
use acta_proof::event::EventStatement;
use acta_proof::file::{Draft, Opening, ProofKind, build};
use acta_proof::head::{HeadClaims, HeadState, issue_head};
use acta_proof::key::{Signer as _, SigningKey};
use acta_proof::tree::{Frontier, leaf_hash};

/// 22 November 2026, 10:00 UTC, in seconds since the Unix epoch.
const NOW: i64 = 1_795_341_600;

/// A proof file, and the public key to check it with.
#[derive(Debug)]
pub(crate) struct Proof {
    pub(crate) file: PathBuf,
    pub(crate) key: PathBuf,
    pub(crate) bytes: u64,
}

/// Writes the proof of a session of `size` events, of which the first two are opened, as a public proof opens them.
pub(crate) fn write(folder: &Path, size: u64) -> anyhow::Result<Proof> {
    let signer = SigningKey::from_seed(&[0x11; 32]);
    let openings: Vec<_> =
        [event(0, "session.created"), event(1, "session.started")].map(|event| opening(&event)).into();
    let entries: Vec<_> = (0..size).map(|index| commitment(&openings, index)).collect();
    let claims = HeadClaims {
        issuer: "https://acta.example".to_owned(),
        subject: "urn:acta:session:bench".to_owned(),
        issued_at: NOW,
        size,
        root: root(&entries),
        state: HeadState::Open,
    };
    let key = signer.verifying_key();
    let head = issue_head(&signer, &claims);
    let kind = ProofKind::Public;
    let draft = Draft { kind, head, entries, openings, person_keys: Vec::new(), issued_at: NOW };
    let bytes = build(&signer, draft)?.encode();
    let proof =
        Proof { file: folder.join("proof.cbor"), key: folder.join("key.pem"), bytes: bytes.len() as u64 };
    fs::write(&proof.file, bytes)?;
    fs::write(&proof.key, key.to_spki_pem())?;
    Ok(proof)
}

fn root(entries: &[Commitment]) -> acta_proof::tree::Hash {
    let mut tree = Frontier::new();
    tree.extend(
        (0..).zip(entries).map(|(index, commitment)| Entry { index, commitment: *commitment }.leaf_hash()),
    );
    tree.root()
}

/// Those of the opened events, and for the others 32 bytes that nobody can tell from one.
fn commitment(openings: &[Opening], index: u64) -> Commitment {
    match openings.iter().find(|opening| opening.index == index) {
        Some(opening) => commit(&opening.salt, &opening.event),
        None => Commitment(leaf_hash(&index.to_be_bytes()).0),
    }
}

fn event(index: u64, event_type: &str) -> EventStatement {
    EventStatement {
        tenant: [0xa1; 16],
        session: [0xb2; 16],
        session_index: index,
        aggregate_type: "session".to_owned(),
        aggregate_id: "bench".to_owned(),
        sequence: index + 1,
        event_type: event_type.to_owned(),
        event_version: 1,
        recorded_at: NOW * 1_000_000,
        payload: b"{}".to_vec(),
        metadata: br#"{"actor":"clock"}"#.to_vec(),
        sealed: None,
    }
}

fn opening(event: &EventStatement) -> Opening {
    Opening { index: event.session_index, salt: Salt([0x5a; 32]), event: event.encode() }
}
