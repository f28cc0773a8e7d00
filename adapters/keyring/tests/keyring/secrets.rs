//! Secrets in files and in the environment.

use std::ffi::OsString;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::sync::Arc;

use acta_keyring::{Keyring, KeyringError, SecretSources};

use crate::given::{Counting, moment, open};

const ONE: &str = "1111111111111111111111111111111111111111111111111111111111111111";
const TWO: &str = "2222222222222222222222222222222222222222222222222222222222222222";

fn open_with(folder: &Path, variables: &[(&str, &str)]) -> Result<Keyring, KeyringError> {
    let variables = variables.iter().map(|(name, value)| (OsString::from(name), OsString::from(value)));
    Keyring::open_with(folder, SecretSources::of(variables).unwrap(), Arc::new(Counting::default()))
}

#[test]
fn what_the_environment_gives_is_in_no_file() {
    let folder = tempfile::tempdir().unwrap();
    let variables = [("ACTA_MASTER_KEY_2", ONE), ("ACTA_DIGEST_KEY", TWO)];
    let keyring = open_with(folder.path(), &variables).unwrap();
    assert_eq!(*keyring.digest_key().unwrap(), [0x22; 32]);
    assert_eq!(keyring.master().unwrap().current(), 2);
    for name in ["master.key", "master", "digest.key"] {
        assert!(!folder.path().join(name).exists(), "{name}");
    }
    let again = open_with(folder.path(), &variables).unwrap();
    assert_eq!(again.master().unwrap().fingerprints(), keyring.master().unwrap().fingerprints());
}

#[test]
fn a_secret_in_a_file_and_another_in_the_environment_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    open(folder.path()).unwrap();
    for (variable, file) in [("ACTA_MASTER_KEY", "master.key"), ("ACTA_DIGEST_KEY", "digest.key")] {
        let Err(refused) = open_with(folder.path(), &[(variable, ONE)]) else { panic!("both were taken") };
        let said = refused.to_string();
        assert!(said.contains(variable) && said.contains(file) && !said.contains(ONE), "{said}");
        let same = fs::read_to_string(folder.path().join(file)).unwrap();
        open_with(folder.path(), &[(variable, &same)]).unwrap();
    }
}

#[test]
fn a_secret_that_is_in_neither_is_missed_and_not_made_anew() {
    let folder = tempfile::tempdir().unwrap();
    let variables = [("ACTA_MASTER_KEY", ONE), ("ACTA_DIGEST_KEY", TWO)];
    open_with(folder.path(), &variables).unwrap();
    assert!(
        matches!(open(folder.path()), Err(KeyringError::Missing { path }) if path.ends_with("master.key"))
    );
    let refused = open_with(folder.path(), &variables[..1]);
    assert!(matches!(refused, Err(KeyringError::Missing { path }) if path.ends_with("digest.key")));
    assert!(!folder.path().join("master.key").exists() && !folder.path().join("digest.key").exists());
}

#[test]
fn master_keys_of_the_environment_are_added_and_taken_away_there() {
    let folder = tempfile::tempdir().unwrap();
    let keyring = open_with(folder.path(), &[("ACTA_MASTER_KEY", ONE)]).unwrap();
    assert!(matches!(keyring.rotate_master(None), Err(KeyringError::FromEnvironment { next: 2 })));
    let both = [("ACTA_MASTER_KEY", ONE), ("ACTA_MASTER_KEY_2", TWO)];
    let keyring = open_with(folder.path(), &both).unwrap();
    assert_eq!(keyring.master().unwrap().current(), 2);
    assert!(matches!(keyring.retire_master(1, moment(0)), Err(KeyringError::InEnvironment { number: 1 })));
    open_with(folder.path(), &both[1..]).unwrap();
}

#[test]
fn a_key_of_the_environment_may_be_told_to_wait() {
    let folder = tempfile::tempdir().unwrap();
    let waiting = format!("In-Use-From: {}\n{TWO}", moment(600));
    let keyring =
        open_with(folder.path(), &[("ACTA_MASTER_KEY", ONE), ("ACTA_MASTER_KEY_2", &waiting)]).unwrap();
    let current = |seconds| keyring.master().unwrap().as_of(moment(seconds)).current();
    assert_eq!((current(599), current(600)), (1, 2));
}

#[test]
fn a_key_file_that_others_can_read_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let keyring = open(folder.path()).unwrap();
    keyring.rotate_master(None).unwrap();
    for name in ["master.key", "master/0002.key"] {
        let path = folder.path().join(name);
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
        assert!(matches!(keyring.master(), Err(KeyringError::Exposed { .. })), "{name}");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
    }
}

#[test]
fn a_damaged_key_file_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let keyring = open(folder.path()).unwrap();
    fs::write(folder.path().join("master.key"), "not a key").unwrap();
    let Err(KeyringError::NotASecret { path }) = keyring.master() else { panic!("a damaged key was taken") };
    assert!(path.ends_with("master.key"));
}

#[test]
fn a_first_run_that_was_cut_short_is_begun_again() {
    let folder = tempfile::tempdir().unwrap();
    open(folder.path()).unwrap();
    fs::remove_file(folder.path().join("evidence/0001.pem")).unwrap();
    fs::remove_file(folder.path().join("digest.key")).unwrap();
    open(folder.path()).unwrap();
}
