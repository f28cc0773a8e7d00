//! An erased key is in no byte of any file.

use std::collections::HashSet;
use std::path::Path;
use std::sync::Arc;

use acta_application::log::contract::{TestRandomness, moment};
use acta_application::persons::PersonKeys;
use acta_application::persons::contract::{TestWrap, person, session, tenant};
use acta_sqlite::{DataFolder, SqliteKeys};
use sqlx::Row;

use crate::store::{past_the_service, run_past_the_service};

const PERSONS: u128 = 600;

async fn open(folder: &DataFolder) -> SqliteKeys {
    SqliteKeys::open(folder, Arc::new(TestWrap(1)), Arc::new(TestRandomness::default())).await.unwrap()
}

/// The wrapped keys as they are stored, by subject.
async fn wrapped_keys(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut connection = past_the_service(folder, "keys.sqlite").await;
    let statement = sqlx::query("SELECT subject, wrapped FROM person_keys WHERE wrapped IS NOT NULL");
    let rows = statement.fetch_all(&mut connection).await.unwrap();
    rows.iter().map(|row| (row.get(0), row.get(1))).collect()
}

/// In which files of the folder `bytes` stand.
fn files_with(folder: &Path, bytes: &[u8]) -> Vec<String> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let content = std::fs::read(&path).unwrap();
        if content.windows(bytes.len()).any(|window| window == bytes) {
            found.push(path.display().to_string());
        }
    }
    found
}

/// A store with many keys, made in an order that splits its pages in the middle.
async fn with_many_keys(folder: &DataFolder) -> SqliteKeys {
    let keys = open(folder).await;
    for number in 0..PERSONS {
        let shuffled = number * 367 % PERSONS;
        keys.obtain(tenant(1), session(1), person(shuffled)).await.unwrap();
    }
    keys
}

#[tokio::test]
async fn an_erased_key_is_in_no_byte_of_any_file() {
    let directory = tempfile::tempdir().unwrap();
    let keys = with_many_keys(&DataFolder::lock(directory.path()).unwrap()).await;
    let stored = wrapped_keys(directory.path()).await;
    assert_eq!(stored.len() as u128, PERSONS);
    for number in (0..PERSONS).step_by(40) {
        let subject = person(number);
        let (_, wrapped) = stored.iter().find(|(name, _)| *name == subject.to_string()).unwrap();
        // The first bytes alone would give the key away, too.
        let telling = &wrapped[..24];
        assert!(!files_with(directory.path(), telling).is_empty(), "the search finds what is there");
        assert!(keys.erase(tenant(1), session(1), subject, moment(5)).await.unwrap());
        assert_eq!(files_with(directory.path(), telling), [""; 0], "person {number}");
    }
    let (_, kept) = stored.iter().find(|(name, _)| *name == person(1).to_string()).unwrap();
    assert!(!files_with(directory.path(), kept).is_empty(), "the others' keys stay");
}

#[tokio::test]
async fn an_erasure_that_a_crash_cut_short_is_finished_at_the_next_start() {
    let directory = tempfile::tempdir().unwrap();
    let folder = DataFolder::lock(directory.path()).unwrap();
    let keys = with_many_keys(&folder).await;
    let (subject, wrapped) = wrapped_keys(directory.path()).await.swap_remove(300);
    keys.close().await.unwrap();
    let erase = format!("UPDATE person_keys SET wrapped = NULL, erased_at = 5 WHERE subject = '{subject}'");
    run_past_the_service(directory.path(), "keys.sqlite", &erase).await.unwrap();

    let _keys = open(&folder).await;
    assert_eq!(files_with(directory.path(), &wrapped[..24]), [""; 0]);
}

/// How many of `keys` begin anywhere in the file.
fn still_readable(file: &Path, keys: &HashSet<Vec<u8>>) -> usize {
    let content = std::fs::read(file).unwrap();
    content.windows(24).filter(|window| keys.contains(*window)).count()
}

#[tokio::test]
async fn thousands_of_erasures_that_moved_rows_between_pages_leave_no_copy() {
    let directory = tempfile::tempdir().unwrap();
    let folder = DataFolder::lock(directory.path()).unwrap();
    open(&folder).await.close().await.unwrap();
    let mut erased = HashSet::new();
    for round in 0..4 {
        let make = "WITH RECURSIVE numbers (number) AS (SELECT 1 UNION ALL SELECT number + 1 FROM numbers WHERE number < 3000)
            INSERT INTO person_keys (tenant_id, session_id, subject, wrapped)
            SELECT zeroblob(16), randomblob(16), 'person:' || number, randomblob(60) FROM numbers";
        run_past_the_service(directory.path(), "keys.sqlite", make).await.unwrap();
        let before: HashSet<Vec<u8>> = telling_bytes(directory.path()).await;
        let erase = format!(
            "PRAGMA secure_delete = ON; UPDATE person_keys SET wrapped = NULL, erased_at = {round}
             WHERE wrapped IS NOT NULL AND random() % 2 = 0"
        );
        run_past_the_service(directory.path(), "keys.sqlite", &erase).await.unwrap();
        let after = telling_bytes(directory.path()).await;
        erased.extend(before.difference(&after).cloned());
    }
    let _keys = open(&folder).await;
    assert!(erased.len() > 3_000);
    assert_eq!(still_readable(&directory.path().join("keys.sqlite"), &erased), 0);
    assert_eq!(std::fs::metadata(directory.path().join("keys.sqlite-wal")).map_or(0, |wal| wal.len()), 0);
}

/// The first bytes of every wrapped key; they alone would give a key away.
async fn telling_bytes(folder: &Path) -> HashSet<Vec<u8>> {
    wrapped_keys(folder).await.into_iter().map(|(_, wrapped)| wrapped[..24].to_vec()).collect()
}

#[tokio::test]
async fn no_statement_brings_an_erased_key_back() {
    let directory = tempfile::tempdir().unwrap();
    let keys = open(&DataFolder::lock(directory.path()).unwrap()).await;
    keys.obtain(tenant(1), session(1), person(1)).await.unwrap();
    keys.erase(tenant(1), session(1), person(1), moment(5)).await.unwrap();
    let back = "UPDATE person_keys SET wrapped = zeroblob(64), erased_at = NULL";
    assert!(run_past_the_service(directory.path(), "keys.sqlite", back).await.is_err());
}
