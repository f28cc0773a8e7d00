//! What was recorded is proven, and whatever is altered is refused.

use std::path::{Path, PathBuf};

use acta_proof::cbor::{self, Value};
use acta_proof::file::ProofFile;
use acta_proof::verify::{VerifyOptions, verify_file};
use tempfile::TempDir;

use crate::binary::{printed, run};
use crate::folder::Folder;
use crate::meeting::{Meeting, any_id};
use crate::service::{ISSUER, Service};

/// A closed session of two people, with its proof.
async fn proven(folder: &Folder) -> (Service, Meeting, Vec<u8>) {
    let service = Service::start(folder).await;
    let api = service.administrator(any_id()).await;
    let mut meeting = Meeting::begin(&api, "General meeting", 2).await;
    meeting.speak(meeting.members[0], "I move that the roof be mended.").await;
    meeting.close().await;
    let proof = meeting.proof().await;
    (service, meeting, proof)
}

fn file(folder: &TempDir, name: &str, bytes: &[u8]) -> PathBuf {
    let path = folder.path().join(name);
    std::fs::write(&path, bytes).unwrap();
    path
}

/// `acta verify`, and what it printed.
async fn verify(proof: &Path, more: &[&str]) -> (Option<i32>, String) {
    let path = proof.to_string_lossy().into_owned();
    let arguments = ["verify", &path].into_iter().chain(more.iter().copied());
    let output = run(arguments).await;
    (output.status.code(), printed(&output))
}

async fn exported_keys(folder: &Folder, into: &TempDir) -> String {
    let output = folder.run(["keys", "export"]).await;
    assert!(output.status.success(), "{}", printed(&output));
    file(into, "keys.pem", &output.stdout).to_string_lossy().into_owned()
}

#[tokio::test]
async fn a_genuine_proof_is_accepted_and_explained() {
    let (folder, out) = (Folder::new().await, tempfile::tempdir().unwrap());
    let (service, _, bytes) = proven(&folder).await;
    service.stop().await;
    let (proof, keys) = (file(&out, "audit-proof.cbor", &bytes), exported_keys(&folder, &out).await);
    let (code, said) = verify(&proof, &["--key", &keys, "--issuer", ISSUER]).await;
    assert_eq!(code, Some(0), "{said}");
    assert!(
        said.contains("one that you trust") && said.contains("complete, in this order, unaltered"),
        "{said}"
    );
    let (code, said) = verify(&proof, &[]).await;
    assert!(code == Some(0) && said.contains("came with the file"), "{said}");
    assert_eq!(verify(&proof, &["--quiet", "--key", &keys]).await, (Some(0), String::new()));
    let (code, said) = verify(&proof, &["--quiet"]).await;
    assert!(code == Some(0) && said.lines().count() == 1 && said.starts_with("warning: "), "{said}");
}

#[tokio::test]
async fn every_single_altered_byte_is_refused() {
    let (folder, out) = (Folder::new().await, tempfile::tempdir().unwrap());
    let (_service, meeting, public) = proven(&folder).await;
    let dossier = meeting.api.get(&meeting.path("/dossier")).await.expect(200).body;
    for bytes in [&public, &dossier] {
        verify_file(bytes, &VerifyOptions::default()).unwrap();
        for at in 0..bytes.len() {
            let altered = with_byte(bytes, at, |byte| byte ^ (1 << (at % 8)));
            assert!(verify_file(&altered, &VerifyOptions::default()).is_err(), "byte {at} may be altered");
        }
    }
    for at in (0..public.len()).step_by(public.len() / 12) {
        let altered = file(&out, "altered.cbor", &with_byte(&public, at, |byte| byte.wrapping_add(1)));
        let (code, said) = verify(&altered, &[]).await;
        assert!(code == Some(1) && said.starts_with("refused: "), "byte {at}: {said}");
    }
}

fn with_byte(bytes: &[u8], at: usize, change: impl Fn(u8) -> u8) -> Vec<u8> {
    let mut altered = bytes.to_vec();
    altered[at] = change(altered[at]);
    altered
}

#[tokio::test]
async fn a_cut_or_lengthened_file_is_refused() {
    let folder = Folder::new().await;
    let (_service, _, bytes) = proven(&folder).await;
    for length in 0..bytes.len() {
        assert!(
            verify_file(&bytes[..length], &VerifyOptions::default()).is_err(),
            "{length} bytes are enough"
        );
    }
    let longer = [bytes.as_slice(), &[0]].concat();
    assert!(verify_file(&longer, &VerifyOptions::default()).is_err());
}

/// The places of the members of a proof file that hold entries and openings.
const ENTRIES: u64 = 5;
const OPENINGS: u64 = 6;

/// The entries of a file, one byte string each.
fn entries(proof: &Value) -> Vec<Vec<u8>> {
    let Some(Value::Bytes(all)) = member(proof, ENTRIES) else { panic!("a proof file has entries") };
    // An entry of a small session: an array of a number below 24 (one byte) or 256 (two), and 32 bytes behind two more.
    let (mut at, mut found) = (0, Vec::new());
    while at < all.len() {
        let length = if all[at + 1] == 0x18 { 37 } else { 36 };
        found.push(all[at..at + length].to_vec());
        at += length;
    }
    found
}

fn member(proof: &Value, label: u64) -> Option<&Value> {
    proof.as_map().unwrap().iter().find(|(key, _)| *key == Value::from(label)).map(|(_, value)| value)
}

fn with_member(proof: &Value, label: u64, bytes: Vec<u8>) -> Vec<u8> {
    let mut altered = proof.clone();
    let members = altered.as_map_mut().unwrap();
    members.iter_mut().find(|(key, _)| *key == Value::from(label)).unwrap().1 = Value::Bytes(bytes);
    cbor::encode(&altered)
}

#[tokio::test]
async fn a_dropped_doubled_swapped_or_appended_entry_is_refused() {
    let (folder, out) = (Folder::new().await, tempfile::tempdir().unwrap());
    let (_service, _, bytes) = proven(&folder).await;
    let proof = cbor::decode(&bytes).unwrap();
    let entries = entries(&proof);
    assert_eq!(with_member(&proof, ENTRIES, entries.concat()), bytes);
    let last = entries.len() - 1;
    for at in 0..last {
        let (mut dropped, mut doubled, mut swapped) = (entries.clone(), entries.clone(), entries.clone());
        dropped.remove(at);
        doubled.insert(at, entries[at].clone());
        swapped.swap(at, last);
        for altered in [dropped, doubled, swapped] {
            refuse(&proof, ENTRIES, altered.concat());
        }
    }
    refuse(&proof, ENTRIES, entries[..last].concat());
    let appended = [entries.concat(), entries[last].clone()].concat();
    refuse(&proof, ENTRIES, appended.clone());
    let appended = file(&out, "appended.cbor", &with_member(&proof, ENTRIES, appended));
    assert_eq!(verify(&appended, &[]).await.0, Some(1));
}

#[track_caller]
fn refuse(proof: &Value, label: u64, bytes: Vec<u8>) {
    assert!(verify_file(&with_member(proof, label, bytes), &VerifyOptions::default()).is_err());
}

#[tokio::test]
async fn a_dropped_doubled_or_swapped_opening_is_refused() {
    let folder = Folder::new().await;
    let (_service, meeting, public) = proven(&folder).await;
    let dossier = meeting.api.get(&meeting.path("/dossier")).await.expect(200).body;
    for bytes in [public, dossier] {
        let proof = cbor::decode(&bytes).unwrap();
        let Some(Value::Bytes(openings)) = member(&proof, OPENINGS) else {
            panic!("a proof file has openings")
        };
        let Value::Array(openings) = cbor::decode(openings).unwrap() else { panic!("openings are a list") };
        assert!(openings.len() >= 3);
        for at in 1..openings.len() {
            let (mut dropped, mut doubled, mut swapped) =
                (openings.clone(), openings.clone(), openings.clone());
            dropped.remove(at);
            doubled.insert(at, openings[at].clone());
            swapped.swap(at, 0);
            for altered in [dropped, doubled, swapped] {
                refuse(&proof, OPENINGS, cbor::encode(&Value::Array(altered)));
            }
        }
    }
}

#[tokio::test]
async fn a_proof_is_held_against_a_head_that_was_kept() {
    let (folder, out) = (Folder::new().await, tempfile::tempdir().unwrap());
    let service = Service::start(&folder).await;
    let api = service.administrator(any_id()).await;
    let mut meeting = Meeting::begin(&api, "General meeting", 1).await;
    let early = api.get_as(&meeting.path("/heads/latest"), "application/cose").await.expect(200).body;
    let foreign = Meeting::begin(&api, "Another meeting", 1).await;
    let foreign = api.get_as(&foreign.path("/heads/latest"), "application/cose").await.expect(200).body;
    meeting.say(meeting.members[0], "Later.").await;
    let proof = file(&out, "proof.cbor", &meeting.proof().await);
    let (early, foreign) = (file(&out, "early.cose", &early), file(&out, "foreign.cose", &foreign));
    let (code, said) = verify(&proof, &["--against", &early.to_string_lossy()]).await;
    assert!(code == Some(0) && said.contains("appended"), "{said}");
    let (code, said) = verify(&proof, &["--against", &foreign.to_string_lossy()]).await;
    assert!(code == Some(1) && said.starts_with("refused: "), "{said}");
    let (code, _) = verify(&proof, &["--against", &out.path().join("missing").to_string_lossy()]).await;
    assert_eq!(code, Some(2), "what cannot be read is no verdict");
}

#[tokio::test]
async fn another_services_key_or_name_is_refused() {
    let (folder, elsewhere, out) = (Folder::new().await, Folder::new().await, tempfile::tempdir().unwrap());
    let (_service, _, bytes) = proven(&folder).await;
    Service::start(&elsewhere).await.stop().await;
    let proof = file(&out, "proof.cbor", &bytes);
    let foreign = exported_keys(&elsewhere, &out).await;
    let (code, said) = verify(&proof, &["--key", &foreign]).await;
    assert!(code == Some(1) && said.contains("not one that you trust"), "{said}");
    let (code, said) = verify(&proof, &["--issuer", "https://elsewhere.example"]).await;
    assert!(code == Some(1) && said.contains("https://elsewhere.example"), "{said}");
    let (code, _) = verify(&proof, &["--no-such-flag"]).await;
    assert_eq!(code, Some(2));
}

#[tokio::test]
async fn receipts_and_heads_verify_under_the_published_key() {
    let folder = Folder::new().await;
    let (service, meeting, proof) = proven(&folder).await;
    let stranger = service.stranger();
    let key = ProofFile::decode(&proof).unwrap().keys[0];
    let head = stranger.get_as(&meeting.path("/heads/latest"), "application/cose").await.expect(200).body;
    let head = acta_proof::head::verify_head(&head, &key).unwrap();
    for index in [0, head.size / 2, head.size - 1] {
        let receipt =
            stranger.get(&meeting.path(&format!("/receipts/inclusion?index={index}"))).await.expect(200);
        let entry = hex::decode(receipt.header("acta-entry")).unwrap();
        let found = acta_proof::receipt::verify_inclusion_receipt(&receipt.body, &entry, &key).unwrap();
        assert_eq!((found.index, found.size, found.root), (index, head.size, head.root));
    }
    let early = stranger.get(&meeting.path("/heads")).await.expect(200).json();
    let first = early["heads"][0]["size"].as_u64().expect("a list of heads");
    let path = format!("/receipts/consistency?from={first}&to={}", head.size);
    let receipt = stranger.get(&meeting.path(&path)).await.expect(200).body;
    let entries = ProofFile::decode(&proof).unwrap().entries;
    let leaves = (0..first)
        .zip(&entries)
        .map(|(index, commitment)| acta_proof::entry::Entry { index, commitment: *commitment }.leaf_hash());
    let old_root = acta_proof::tree::root(&leaves.collect::<Vec<_>>());
    let found = acta_proof::receipt::verify_consistency_receipt(&receipt, &old_root, &key).unwrap();
    assert_eq!((found.old_size, found.new_size, found.new_root), (first, head.size, head.root));
    stranger.get(&meeting.path(&format!("/receipts/inclusion?index={}", head.size))).await.expect(404);
}

#[tokio::test]
async fn proofs_outlive_the_key_that_signed_them() {
    let (folder, out) = (Folder::new().await, tempfile::tempdir().unwrap());
    let (service, meeting, old_proof) = proven(&folder).await;
    let old_head =
        service.stranger().get_as(&meeting.path("/heads/latest"), "application/cose").await.expect(200).body;
    service.stop().await;
    let rotated = folder.run(["keys", "rotate", "evidence"]).await;
    assert!(rotated.status.success(), "{}", printed(&rotated));

    let service = Service::start(&folder).await;
    let stranger = service.stranger();
    let new_proof = stranger.get(&meeting.path("/audit-proof")).await.expect(200).body;
    let key_of = |proof: &[u8]| ProofFile::decode(proof).unwrap().keys[0].id();
    assert_ne!(key_of(&old_proof), key_of(&new_proof), "new heads are signed by the new key");
    let pem = stranger.get("//.well-known/evidence-keys.pem").await.expect(200);
    let keys = file(&out, "published.pem", &pem.body).to_string_lossy().into_owned();
    assert_eq!(pem.text().matches("BEGIN PUBLIC KEY").count(), 2, "both keys are published");
    let old_head = file(&out, "old-head.cose", &old_head).to_string_lossy().into_owned();
    for (name, proof) in [("old.cbor", old_proof), ("new.cbor", new_proof)] {
        let proof = file(&out, name, &proof);
        let (code, said) = verify(&proof, &["--key", &keys, "--against", &old_head]).await;
        assert_eq!(code, Some(0), "{name}: {said}");
    }
    service.stop().await;
}
