use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use super::*;

const ONE: &str = "1111111111111111111111111111111111111111111111111111111111111111";
const TWO: &str = "2222222222222222222222222222222222222222222222222222222222222222";

fn of(variables: &[(&str, &str)]) -> Result<SecretSources, KeyringError> {
    SecretSources::of(variables.iter().map(|(name, value)| (OsString::from(name), OsString::from(value))))
}

fn refusal(variables: &[(&str, &str)]) -> KeyringError {
    of(variables).expect_err("this is not understood")
}

#[test]
fn master_keys_are_numbered_and_others_variables_are_left_alone() {
    let sources =
        of(&[("ACTA_MASTER_KEY", ONE), ("ACTA_MASTER_KEY_2", TWO), ("ACTA_DATA", "x"), ("HOME", "/")])
            .unwrap();
    let keys: Vec<_> = sources.masters().iter().map(|(number, key)| (*number, key.secret.bytes[0])).collect();
    assert_eq!(keys, [(1, 0x11), (2, 0x22)]);
    assert!(sources.digest().is_none());
}

#[test]
fn a_secret_may_be_in_a_file_that_only_its_owner_and_group_can_read() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("digest");
    fs::write(&path, format!("{ONE}\n")).unwrap();
    let variables = [("ACTA_DIGEST_KEY_FILE", path.to_str().unwrap())];
    fs::set_permissions(&path, fs::Permissions::from_mode(0o440)).unwrap();
    assert_eq!(*of(&variables).unwrap().digest().unwrap().secret.bytes, [0x11; 32]);
    fs::set_permissions(&path, fs::Permissions::from_mode(0o444)).unwrap();
    assert!(matches!(refusal(&variables), KeyringError::Exposed { .. }));
    fs::remove_file(&path).unwrap();
    assert!(matches!(refusal(&variables), KeyringError::Io { .. }));
}

#[test]
fn a_secret_that_is_given_twice_must_be_the_same() {
    assert!(of(&[("ACTA_MASTER_KEY", ONE), ("ACTA_MASTER_KEY_1", ONE)]).is_ok());
    let refused = refusal(&[("ACTA_MASTER_KEY", ONE), ("ACTA_MASTER_KEY_1", TWO)]);
    assert!(matches!(refused, KeyringError::Differs { .. }));
}

#[test]
fn what_looks_like_a_secret_and_is_none_is_named_and_not_repeated() {
    for name in ["ACTA_MASTER_KEY_0", "ACTA_MASTER_KEYS", "ACTA_MASTER_KEY_TWO", "ACTA_DIGEST_KEY_2"] {
        let refused = refusal(&[(name, ONE)]);
        assert!(
            matches!(&refused, KeyringError::UnknownVariable { name: named } if named == name),
            "{refused}"
        );
    }
    let refused = refusal(&[("ACTA_MASTER_KEY", "0123456789")]);
    assert!(matches!(refused, KeyringError::NotASecret { .. }));
    assert!(refused.to_string().contains("ACTA_MASTER_KEY") && !refused.to_string().contains("0123"));
}

#[test]
fn a_variable_that_is_empty_is_not_set() {
    assert!(!of(&[("ACTA_MASTER_KEY", "")]).unwrap().have_a_master_key());
}

#[test]
fn secrets_are_not_printed() {
    let sources = of(&[("ACTA_MASTER_KEY", ONE), ("ACTA_DIGEST_KEY", TWO)]).unwrap();
    assert_eq!(format!("{sources:?}"), "SecretSources { masters: [1], digest: true }");
}
