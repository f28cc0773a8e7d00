//! One service a folder.

use acta_sqlite::{DataFolder, OpenError};

use crate::store::{Store, append};
use acta_application::log::EventLog;

#[tokio::test]
async fn a_second_service_on_the_folder_is_refused() {
    let store = Store::new();
    let second = DataFolder::lock(store.directory.path());
    assert!(matches!(second, Err(OpenError::InUse { path }) if path == store.directory.path()));
}

#[tokio::test]
async fn the_folder_is_free_again_when_everything_on_it_is_closed() {
    let Store { folder, directory, .. } = Store::new();
    drop(folder);
    DataFolder::lock(directory.path()).expect("nobody uses it");
}

#[tokio::test]
async fn an_open_log_keeps_the_folder_locked() {
    let store = Store::new();
    let log = store.open().await;
    let Store { folder, directory, .. } = store;
    drop(folder);
    assert!(matches!(DataFolder::lock(directory.path()), Err(OpenError::InUse { .. })));
    log.append(append(1)).await.expect("the log is open");
}

#[test]
fn a_folder_that_cannot_be_made_is_named() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("file");
    std::fs::write(&file, "").unwrap();
    let refused = DataFolder::lock(file.join("below"));
    assert!(matches!(refused, Err(OpenError::Folder { path, .. }) if path == file.join("below")));
}

#[cfg(unix)]
#[test]
fn a_new_folder_is_for_its_owner_only() {
    use std::os::unix::fs::PermissionsExt;
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("new");
    let _folder = DataFolder::lock(&path).unwrap();
    assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o700);
}
