//! Keys are wrapped anew under another master key.

use std::path::Path;
use std::sync::Arc;

use acta_application::log::contract::{TestRandomness, moment};
use acta_application::persons::contract::{TestWrap, person, session, tenant};
use acta_application::persons::{KeyState, KeyWrap, PersonKeys, UnwrapError};
use acta_proof::sealed::PersonKey;
use acta_sqlite::{DataFolder, Rewrapped, SqliteKeys, count_keys, rewrap_keys};
use sqlx::Row;
use tokio::task::JoinSet;

use crate::store::past_the_service;

const PERSONS: u128 = 1_000;
/// The master key of before, and its successor.
const OLD: TestWrap = TestWrap(1);
const NEW: TestWrap = TestWrap(2);
const MARK: u8 = 2;

/// Wraps under the new master key, which it names in front, and opens what either of them wrapped.
struct Both;

impl KeyWrap for Both {
    fn wrap(&self, key: &PersonKey, context: &[u8]) -> Vec<u8> {
        [vec![MARK], NEW.wrap(key, context)].concat()
    }

    fn unwrap(&self, wrapped: &[u8], context: &[u8]) -> Result<PersonKey, UnwrapError> {
        OnlyNew.unwrap(wrapped, context).or_else(|_| OLD.unwrap(wrapped, context))
    }
}

/// Has the new one only.
struct OnlyNew;

impl KeyWrap for OnlyNew {
    fn wrap(&self, key: &PersonKey, context: &[u8]) -> Vec<u8> {
        Both.wrap(key, context)
    }

    fn unwrap(&self, wrapped: &[u8], context: &[u8]) -> Result<PersonKey, UnwrapError> {
        match wrapped {
            [MARK, wrapped @ ..] => NEW.unwrap(wrapped, context),
            _ => Err(UnwrapError),
        }
    }
}

fn outdated(wrapped: &[u8]) -> bool {
    wrapped.len() != 65
}

async fn open(folder: &DataFolder, wrap: Arc<dyn KeyWrap>) -> Arc<SqliteKeys> {
    Arc::new(SqliteKeys::open(folder, wrap, Arc::new(TestRandomness::default())).await.unwrap())
}

/// The keys of all persons, in their order; an erased one has none.
async fn all(folder: &DataFolder, wrap: Arc<dyn KeyWrap>) -> Vec<Option<[u8; 32]>> {
    let keys = open(folder, wrap).await;
    let mut found = Vec::new();
    for number in 0..PERSONS {
        found.push(match keys.find(tenant(number % 3), session(1), person(number)).await.unwrap() {
            KeyState::Present(key) => Some(*key.expose()),
            KeyState::Erased { at } => {
                assert_eq!(at, moment(5));
                None
            }
            KeyState::Absent => panic!("the key of person {number} is gone"),
        });
    }
    keys.close().await.unwrap();
    found
}

/// Keys of persons of three tenants under the old master key; that of person 7 was erased.
async fn with_keys(folder: &DataFolder) {
    let keys = open(folder, Arc::new(OLD)).await;
    let mut makers = JoinSet::new();
    for number in 0..PERSONS {
        let keys = Arc::clone(&keys);
        makers.spawn(async move {
            keys.obtain(tenant(number % 3), session(1), person(number)).await.map(drop).unwrap();
        });
    }
    makers.join_all().await;
    assert!(keys.erase(tenant(1), session(1), person(7), moment(5)).await.unwrap());
    keys.close().await.unwrap();
}

/// The beginnings of the wrapped keys as they are stored; they alone would give a key away.
async fn stored(folder: &Path) -> Vec<Vec<u8>> {
    let mut connection = past_the_service(folder, "keys.sqlite").await;
    let statement = sqlx::query("SELECT substr(wrapped, 1, 24) FROM person_keys WHERE wrapped IS NOT NULL");
    statement.fetch_all(&mut connection).await.unwrap().iter().map(|row| row.get(0)).collect()
}

fn is_in_a_file(folder: &Path, bytes: &[u8]) -> bool {
    let files = std::fs::read_dir(folder).unwrap().map(|entry| std::fs::read(entry.unwrap().path()).unwrap());
    files.into_iter().any(|content| content.windows(bytes.len()).any(|window| window == bytes))
}

#[tokio::test]
async fn every_key_that_stands_is_wrapped_anew_and_the_older_forms_are_in_no_file() {
    let directory = tempfile::tempdir().unwrap();
    let folder = DataFolder::lock(directory.path()).unwrap();
    with_keys(&folder).await;
    let (before, older) = (all(&folder, Arc::new(OLD)).await, stored(directory.path()).await);
    assert_eq!(count_keys(&folder, &outdated).await.unwrap(), 999);

    let mut told = Vec::new();
    let done = rewrap_keys(&folder, &Both, &outdated, &mut |so_far| told.push(so_far.seen)).await.unwrap();
    assert_eq!(done, Rewrapped { seen: 999, rewrapped: 999, unreadable: 0 });
    assert_eq!(told, [200, 400, 600, 800, 999]);
    assert_eq!(all(&folder, Arc::new(OnlyNew)).await, before);
    assert_eq!(count_keys(&folder, &outdated).await.unwrap(), 0);
    for older in older.iter().step_by(50) {
        assert!(!is_in_a_file(directory.path(), older), "it opens under the older master key");
    }
    let again = rewrap_keys(&folder, &Both, &outdated, &mut |_| {}).await.unwrap();
    assert_eq!(again, Rewrapped { seen: 999, rewrapped: 0, unreadable: 0 });
}

#[tokio::test]
async fn what_was_cut_short_goes_on_where_it_was() {
    let directory = tempfile::tempdir().unwrap();
    let folder = DataFolder::lock(directory.path()).unwrap();
    with_keys(&folder).await;
    let before = all(&folder, Arc::new(OLD)).await;
    let here = folder.clone();
    let cut_short = tokio::spawn(async move {
        rewrap_keys(&here, &Both, &outdated, &mut |so_far| assert!(so_far.seen < 500, "the light goes out"))
            .await
    });
    assert!(cut_short.await.unwrap_err().is_panic());
    assert_eq!(count_keys(&folder, &outdated).await.unwrap(), 399);
    assert_eq!(all(&folder, Arc::new(Both)).await, before, "all open in the middle of it");

    let done = rewrap_keys(&folder, &Both, &outdated, &mut |_| {}).await.unwrap();
    assert_eq!(done, Rewrapped { seen: 999, rewrapped: 399, unreadable: 0 });
    assert_eq!(all(&folder, Arc::new(OnlyNew)).await, before);
}

#[tokio::test]
async fn a_key_that_does_not_open_is_left_and_counted() {
    let directory = tempfile::tempdir().unwrap();
    let folder = DataFolder::lock(directory.path()).unwrap();
    with_keys(&folder).await;
    let older = stored(directory.path()).await;
    let done = rewrap_keys(&folder, &OnlyNew, &outdated, &mut |_| {}).await.unwrap();
    assert_eq!(done, Rewrapped { seen: 999, rewrapped: 0, unreadable: 999 });
    assert_eq!(stored(directory.path()).await, older);
}
