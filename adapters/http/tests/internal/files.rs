//! What is said of files that cannot be used.

use std::error::Error as _;
use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use acta_http::internal::TlsFilesError;

use super::authority::{Authority, server};
use super::stage::{Folder, write_key};

/// What opening the folder comes to; the message names `path`.
#[track_caller]
fn refusal(folder: &Folder, path: &Path) -> TlsFilesError {
    let error = folder.open().err().expect("it is refused");
    assert!(error.to_string().contains(path.to_str().unwrap()), "{error}");
    error
}

#[test]
fn a_file_that_is_missing_is_named() {
    for missing in [0, 1, 2] {
        let folder = Folder::new();
        let files = folder.files.clone();
        let path = [&files.certificate, &files.key, &files.client_ca][missing];
        fs::remove_file(path).unwrap();
        let error = refusal(&folder, path);
        assert!(matches!(error, TlsFilesError::Unreadable { .. }));
        assert!(error.source().is_some());
    }
}

#[test]
fn a_key_that_others_can_read_is_refused() {
    for mode in [0o640, 0o604, 0o644, 0o660] {
        let folder = Folder::new();
        fs::set_permissions(&folder.files.key, Permissions::from_mode(mode)).unwrap();
        assert!(matches!(refusal(&folder, &folder.files.key), TlsFilesError::Exposed { .. }), "{mode:o}");
    }
}

#[test]
fn a_file_without_what_is_needed_is_refused() {
    let folder = Folder::new();
    let files = folder.files.clone();
    fs::write(&files.certificate, fs::read(&files.key).unwrap()).unwrap();
    assert!(matches!(
        refusal(&folder, &files.certificate),
        TlsFilesError::Nothing { what: "certificate", .. }
    ));

    let folder = Folder::new();
    write_key(&folder.files.key, "not a key");
    assert!(matches!(
        refusal(&folder, &folder.files.key),
        TlsFilesError::Nothing { what: "private key", .. }
    ));

    let folder = Folder::new();
    fs::write(&folder.files.client_ca, "").unwrap();
    assert!(matches!(
        refusal(&folder, &folder.files.client_ca),
        TlsFilesError::Nothing { what: "certificate", .. }
    ));
}

#[test]
fn a_file_that_was_cut_off_is_refused() {
    let folder = Folder::new();
    let whole = fs::read_to_string(&folder.files.certificate).unwrap();
    fs::write(&folder.files.certificate, &whole[..whole.len() / 2]).unwrap();
    assert!(matches!(refusal(&folder, &folder.files.certificate), TlsFilesError::NotPem { .. }));
}

#[test]
fn what_is_no_certificate_is_refused() {
    let nonsense = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    let folder = Folder::new();
    fs::write(&folder.files.certificate, nonsense).unwrap();
    assert!(matches!(refusal(&folder, &folder.files.certificate), TlsFilesError::BadCertificate { .. }));

    let folder = Folder::new();
    fs::write(&folder.files.client_ca, nonsense).unwrap();
    assert!(matches!(refusal(&folder, &folder.files.client_ca), TlsFilesError::BadAuthority { .. }));
}

#[test]
fn what_is_no_key_is_refused_and_not_repeated() {
    let folder = Folder::new();
    write_key(&folder.files.key, "-----BEGIN PRIVATE KEY-----\nc2VjcmV0\n-----END PRIVATE KEY-----\n");
    let error = refusal(&folder, &folder.files.key);
    assert!(matches!(error, TlsFilesError::BadKey { .. }));
    assert!(!format!("{error:?} {error}").contains("c2VjcmV0"));
}

#[test]
fn a_key_of_another_certificate_is_refused() {
    let folder = Folder::new();
    let other = Authority::new("The authority").issue(&server());
    write_key(&folder.files.key, &other.key);
    assert!(matches!(refusal(&folder, &folder.files.key), TlsFilesError::OtherKey { .. }));
}

#[test]
fn what_is_no_revocation_list_is_refused() {
    let nonsense = "-----BEGIN X509 CRL-----\nAAAA\n-----END X509 CRL-----\n";
    let folder = Folder::new().revoking(nonsense);
    let path = folder.files.crl.clone().unwrap();
    assert!(matches!(refusal(&folder, &path), TlsFilesError::BadRevocationList { .. }));
    let folder = Folder::new().revoking("");
    let path = folder.files.crl.clone().unwrap();
    assert!(matches!(refusal(&folder, &path), TlsFilesError::Nothing { what: "revocation list", .. }));
}
