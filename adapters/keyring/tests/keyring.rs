//! The folder of keys, from outside.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

use acta_application::clock::Randomness;
use acta_application::persons::KeyWrap as _;
use acta_keyring::{Keyring, KeyringError, Purpose};
use acta_proof::key::Signer as _;
use acta_proof::sealed::PersonKey;

/// Different at every call, the same in every run.
#[derive(Default)]
struct Counting(AtomicU8);

impl Randomness for Counting {
    fn fill(&self, bytes: &mut [u8]) {
        bytes.fill(self.0.fetch_add(1, Ordering::Relaxed));
    }
}

fn open(folder: &std::path::Path) -> Result<Keyring, KeyringError> {
    Keyring::open(folder, Arc::new(Counting::default()))
}

#[test]
fn keys_made_on_the_first_run_are_found_on_the_next() {
    let folder = tempfile::tempdir().unwrap();
    let first = open(folder.path()).unwrap().signing_keys(Purpose::Evidence).unwrap();
    let again = open(folder.path()).unwrap().signing_keys(Purpose::Evidence).unwrap();
    assert_eq!(first.published(), again.published());
}

#[test]
fn a_rotated_key_signs_and_the_older_one_stays_published() {
    let folder = tempfile::tempdir().unwrap();
    let keyring = open(folder.path()).unwrap();
    let old = keyring.signing_keys(Purpose::Evidence).unwrap().current().verifying_key();
    let new = keyring.rotate(Purpose::Evidence).unwrap();
    let keys = keyring.signing_keys(Purpose::Evidence).unwrap();
    assert_eq!(keys.published(), [old, new]);
    assert_eq!(keys.current().verifying_key(), new);
}

#[test]
fn a_wrapped_key_opens_only_in_its_context_and_under_its_master() {
    let (here, elsewhere) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let master = open(here.path()).unwrap().master().unwrap();
    let randomness = Arc::new(Counting(AtomicU8::new(100)));
    let other = Keyring::open(elsewhere.path(), randomness).unwrap().master().unwrap();
    let wrapped = master.wrap(&PersonKey::new([7; 32]), b"ana");

    assert_eq!(master.unwrap(&wrapped, b"ana").unwrap().expose(), &[7; 32]);
    assert!(master.unwrap(&wrapped, b"eva").is_err());
    assert!(other.unwrap(&wrapped, b"ana").is_err());
    assert!(master.unwrap(&wrapped[..20], b"ana").is_err());
}

#[test]
fn a_key_file_that_others_can_read_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let keyring = open(folder.path()).unwrap();
    keyring.master().unwrap();
    fs::set_permissions(folder.path().join("master.key"), fs::Permissions::from_mode(0o644)).unwrap();
    assert!(matches!(keyring.master(), Err(KeyringError::Exposed { .. })));
}

#[test]
fn a_damaged_key_file_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let keyring = open(folder.path()).unwrap();
    keyring.master().unwrap();
    fs::write(folder.path().join("master.key"), "not a key").unwrap();
    let Err(KeyringError::NotASecret { path }) = keyring.master() else { panic!("a damaged key was taken") };
    assert!(path.ends_with("master.key"));
}
