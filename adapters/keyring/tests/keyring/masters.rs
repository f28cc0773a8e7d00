//! Master keys: what they wrap, and how one follows another.

use std::fs;
use std::sync::Arc;
use std::sync::atomic::AtomicU8;

use acta_application::persons::KeyWrap as _;
use acta_keyring::{Keyring, KeyringError, MasterKeys};
use acta_proof::sealed::PersonKey;
use aes_gcm::aead::{Aead as _, Payload};
use aes_gcm::{Aes256Gcm, KeyInit as _};

use crate::given::{Counting, moment, open};

fn key() -> PersonKey {
    PersonKey::new([7; 32])
}

/// Whether `master` opens `wrapped` to what [`key`] is.
fn opens(master: &MasterKeys, wrapped: &[u8]) -> bool {
    master.unwrap(wrapped, b"ana").is_ok_and(|opened| opened.expose() == key().expose())
}

#[test]
fn a_wrapped_key_opens_only_in_its_context_and_under_its_master() {
    let (here, elsewhere) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let master = open(here.path()).unwrap().master().unwrap();
    let randomness = Arc::new(Counting(AtomicU8::new(100)));
    let other = Keyring::open(elsewhere.path(), randomness).unwrap().master().unwrap();
    let wrapped = master.wrap(&key(), b"ana");

    assert!(opens(&master, &wrapped));
    assert!(master.unwrap(&wrapped, b"eva").is_err());
    assert!(other.unwrap(&wrapped, b"ana").is_err());
}

#[test]
fn an_altered_cut_or_lengthened_wrapped_key_does_not_open() {
    let folder = tempfile::tempdir().unwrap();
    let keyring = open(folder.path()).unwrap();
    keyring.rotate_master(None).unwrap();
    let master = keyring.master().unwrap();
    let wrapped = master.wrap(&key(), b"ana");
    for at in 0..wrapped.len() {
        for bit in 0..8 {
            let mut altered = wrapped.clone();
            altered[at] ^= 1 << bit;
            assert!(master.unwrap(&altered, b"ana").is_err(), "bit {bit} of byte {at}");
        }
        assert!(master.unwrap(&wrapped[..at], b"ana").is_err(), "{at} bytes");
        assert!(master.unwrap(&wrapped[at + 1..], b"ana").is_err(), "without the first {at}");
    }
    assert!(master.unwrap(&[&wrapped[..], &[0]].concat(), b"ana").is_err());
}

#[test]
fn a_key_wrapped_before_master_keys_had_numbers_opens_under_the_first() {
    let folder = tempfile::tempdir().unwrap();
    let keyring = open(folder.path()).unwrap();
    let text = fs::read_to_string(folder.path().join("master.key")).unwrap();
    let secret: [u8; 32] = hex::decode(text.trim()).unwrap().try_into().unwrap();
    let key = key();
    let plain = Payload { msg: key.expose(), aad: b"ana" };
    let sealed = Aes256Gcm::new(&secret.into()).encrypt(&[9; 12].into(), plain).unwrap();
    let old = [&[9; 12][..], &sealed].concat();

    assert_eq!(
        (old.len(), MasterKeys::number_of(&old), MasterKeys::names_its_key(&old)),
        (60, Some(1), false)
    );
    keyring.rotate_master(None).unwrap();
    let master = keyring.master().unwrap();
    assert!(opens(&master, &old));
    let mut altered = old.clone();
    altered[20] ^= 1;
    assert!(!opens(&master, &altered));
    // Its bytes may look like the newer form's beginning; the length tells them apart.
    let confusing = [&[1, 0, 0, 0, 2][..], &old[5..]].concat();
    assert_eq!(MasterKeys::number_of(&confusing), Some(1));
}

#[test]
fn a_new_master_key_wraps_and_the_older_ones_still_open() {
    let folder = tempfile::tempdir().unwrap();
    let keyring = open(folder.path()).unwrap();
    let first = keyring.master().unwrap();
    let old = first.wrap(&key(), b"ana");
    assert_eq!(keyring.rotate_master(None).unwrap(), 2);
    assert_eq!(keyring.rotate_master(None).unwrap(), 3);
    assert!(folder.path().join("master/0003.key").exists());

    let master = open(folder.path()).unwrap().master().unwrap();
    let new = master.wrap(&key(), b"ana");
    assert_eq!((MasterKeys::number_of(&old), MasterKeys::number_of(&new), new.len()), (Some(1), Some(3), 65));
    assert!(opens(&master, &old) && opens(&master, &new));
    assert!(!opens(&first, &new));
    first.replace(&master);
    assert!(opens(&first, &new), "a service that runs takes the new ones over");
    assert_eq!(format!("{:?}", keyring.master().unwrap().places().len()), "3");
}

#[test]
fn a_master_key_that_is_to_wait_opens_at_once_and_wraps_later() {
    let folder = tempfile::tempdir().unwrap();
    let keyring = open(folder.path()).unwrap();
    keyring.rotate_master(Some(moment(600))).unwrap();
    let wrapped_at = |seconds| keyring.master().unwrap().as_of(moment(seconds)).wrap(&key(), b"ana");
    let (early, late) = (wrapped_at(599), wrapped_at(600));
    assert_eq!((MasterKeys::number_of(&early), MasterKeys::number_of(&late)), (Some(1), Some(2)));
    assert!(opens(&keyring.master().unwrap().as_of(moment(0)), &late));
}

#[test]
fn a_retired_master_key_opens_no_more_and_is_not_missed() {
    let folder = tempfile::tempdir().unwrap();
    let keyring = open(folder.path()).unwrap();
    let old = keyring.master().unwrap().wrap(&key(), b"ana");
    assert!(matches!(keyring.retire_master(1, moment(0)), Err(KeyringError::InUse { number: 1 })));
    keyring.rotate_master(None).unwrap();
    assert!(matches!(keyring.retire_master(2, moment(0)), Err(KeyringError::InUse { number: 2 })));
    assert!(matches!(keyring.retire_master(3, moment(0)), Err(KeyringError::NoSuchKey { number: 3, .. })));
    keyring.retire_master(1, moment(0)).unwrap();
    let keyring = open(folder.path()).unwrap();
    assert!(!opens(&keyring.master().unwrap(), &old));
    assert_eq!(keyring.retired_masters().unwrap(), [1]);
    assert_eq!(
        Keyring::missing_masters(folder.path()).unwrap(),
        [""; 0].map(Into::<std::path::PathBuf>::into)
    );
    assert_eq!(keyring.rotate_master(None).unwrap(), 3);
}

#[test]
fn a_master_key_that_was_lost_is_missed_and_never_made_anew() {
    let folder = tempfile::tempdir().unwrap();
    let keyring = open(folder.path()).unwrap();
    keyring.rotate_master(None).unwrap();
    keyring.rotate_master(None).unwrap();
    fs::remove_file(folder.path().join("master/0002.key")).unwrap();
    assert_eq!(Keyring::missing_masters(folder.path()).unwrap(), [folder.path().join("master/0002.key")]);
    fs::remove_file(folder.path().join("master/0003.key")).unwrap();
    fs::remove_file(folder.path().join("master.key")).unwrap();
    assert_eq!(Keyring::missing_masters(folder.path()).unwrap(), [folder.path().join("master.key")]);
    assert!(
        matches!(open(folder.path()), Err(KeyringError::Missing { path }) if path.ends_with("master.key"))
    );
    assert!(!folder.path().join("master.key").exists());
}
