//! Signing keys: made, rotated, waiting and retired.

use std::thread;

use acta_keyring::{Keyring, KeyringError, Purpose};
use acta_proof::key::Signer as _;

use crate::given::{moment, open};

/// The numbers of the keys for tokens at `seconds`; the last one signs.
fn tokens(keyring: &Keyring, seconds: i64) -> Vec<u32> {
    let keys = keyring.signing_keys(Purpose::Tokens).unwrap().as_of(moment(seconds));
    assert_eq!(keys.current().verifying_key(), *keys.published().last().unwrap());
    keys.places().iter().map(|place| place.number).collect()
}

/// The same for the issuer.
fn issuer(keyring: &Keyring, seconds: i64) -> Vec<u32> {
    keyring.issuer_keys().unwrap().as_of(moment(seconds)).all().iter().map(|key| key.place.number).collect()
}

#[test]
fn keys_made_on_the_first_run_are_found_on_the_next() {
    let folder = tempfile::tempdir().unwrap();
    let first = open(folder.path()).unwrap().signing_keys(Purpose::Evidence).unwrap();
    let again = open(folder.path()).unwrap().signing_keys(Purpose::Evidence).unwrap();
    assert_eq!(first.published(), again.published());
}

#[test]
fn of_many_that_open_a_folder_at_once_all_have_the_same_keys() {
    let folder = tempfile::tempdir().unwrap();
    let opened = || {
        let keyring = open(folder.path()).unwrap();
        let issuer = keyring.open_issuer_keys().unwrap();
        (keyring.signing_keys(Purpose::Evidence).unwrap(), issuer, keyring.master().unwrap().fingerprints())
    };
    let all: Vec<_> = thread::scope(|scope| {
        let threads: Vec<_> = (0..8).map(|_| scope.spawn(opened)).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert!(all.iter().all(|keys| *keys == all[0]));
    assert_eq!(all[0].1.all().len(), 1);
}

#[test]
fn a_rotated_key_signs_and_the_older_one_stays_published() {
    let folder = tempfile::tempdir().unwrap();
    let keyring = open(folder.path()).unwrap();
    let old = keyring.signing_keys(Purpose::Evidence).unwrap().current().verifying_key();
    assert_eq!(keyring.rotate(Purpose::Evidence, None).unwrap(), 2);
    let keys = keyring.signing_keys(Purpose::Evidence).unwrap();
    assert_eq!(keys.published().len(), 2);
    assert_eq!(keys.published()[0], old);
    assert_ne!(keys.current().verifying_key(), old);
}

#[test]
fn a_key_that_is_to_wait_is_published_first_and_signs_later() {
    let folder = tempfile::tempdir().unwrap();
    let keyring = open(folder.path()).unwrap();
    keyring.open_issuer_keys().unwrap();
    for purpose in [Purpose::Tokens, Purpose::Issuer] {
        assert_eq!(keyring.rotate(purpose, Some(moment(600))).unwrap(), 2);
    }
    // After a restart, too: the moment is in the file.
    let keyring = open(folder.path()).unwrap();
    for numbers in [tokens, issuer] {
        assert_eq!(numbers(&keyring, 599), [2, 1]);
        assert_eq!(numbers(&keyring, 600), [1, 2]);
    }
}

#[test]
fn the_keys_of_the_issuer_are_made_when_they_are_first_needed() {
    let folder = tempfile::tempdir().unwrap();
    let keyring = open(folder.path()).unwrap();
    assert!(matches!(keyring.issuer_keys(), Err(KeyringError::NoKeys { .. })));
    let made = keyring.open_issuer_keys().unwrap();
    assert_eq!(made, keyring.issuer_keys().unwrap());
    let key = made.current();
    assert!(key.pem.starts_with("-----BEGIN PRIVATE KEY-----\n"), "a waiting line is not part of it");
    assert!(!format!("{made:?}").contains("PRIVATE"), "it is not printed");
    std::fs::write(folder.path().join("issuer/0001.pem"), "nonsense").unwrap();
    assert!(
        matches!(keyring.open_issuer_keys(), Err(KeyringError::NotAnIssuerKey { path }) if path.ends_with("0001.pem"))
    );
}

#[test]
fn a_retired_key_is_gone_and_its_number_is_not_used_again() {
    let folder = tempfile::tempdir().unwrap();
    let keyring = open(folder.path()).unwrap();
    keyring.open_issuer_keys().unwrap();
    for (purpose, numbers) in [(Purpose::Tokens, tokens as fn(&_, _) -> _), (Purpose::Issuer, issuer)] {
        keyring.rotate(purpose, None).unwrap();
        keyring.retire(purpose, 1, moment(0)).unwrap();
        assert_eq!(numbers(&keyring, 0), [2]);
        assert!(folder.path().join(purpose.folder()).join("retired/0001.pem").exists());
        keyring.rotate(purpose, None).unwrap();
        keyring.rotate(purpose, Some(moment(9))).unwrap();
        keyring.retire(purpose, 4, moment(0)).unwrap();
        assert_eq!(keyring.rotate(purpose, None).unwrap(), 5);
    }
}

#[test]
fn a_key_that_signs_or_is_not_there_or_is_for_evidence_is_not_retired() {
    let folder = tempfile::tempdir().unwrap();
    let keyring = open(folder.path()).unwrap();
    keyring.open_issuer_keys().unwrap();
    for purpose in [Purpose::Tokens, Purpose::Issuer] {
        let retire = |number, seconds| keyring.retire(purpose, number, moment(seconds));
        assert!(matches!(retire(1, 0), Err(KeyringError::InUse { number: 1 })), "it is the only one");
        keyring.rotate(purpose, Some(moment(600))).unwrap();
        assert!(
            matches!(retire(1, 599), Err(KeyringError::InUse { number: 1 })),
            "the other one still waits"
        );
        assert!(matches!(retire(2, 600), Err(KeyringError::InUse { number: 2 })));
        assert!(matches!(retire(3, 600), Err(KeyringError::NoSuchKey { number: 3, .. })));
        retire(1, 600).unwrap();
    }
    keyring.rotate(Purpose::Evidence, None).unwrap();
    assert!(matches!(keyring.retire(Purpose::Evidence, 1, moment(0)), Err(KeyringError::NeverRetired)));
}
