//! What is left of an erased key in the files of the database.

use std::sync::Arc;

use acta_application::log::contract::moment;
use acta_application::persons::contract::{person, session, tenant};
use acta_application::persons::{KeyState, PersonKeys};
use acta_postgres::{PostgresKeys, ScrubError, keys_to_scrub, scrub_keys};
use acta_throwaway::Login;
use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{Connection, Executor};
use tokio::task::JoinSet;

use crate::given::{instance, key_of, superuser};
use crate::store::{Store, login};

const PERSONS: u128 = 300;

const FILES_WITH: &str = "
    SELECT path FROM pg_database
    CROSS JOIN LATERAL pg_ls_dir('base/' || pg_database.oid) AS name
    CROSS JOIN LATERAL (SELECT 'base/' || pg_database.oid || '/' || name AS path) AS file
    WHERE datname = current_database() AND position($1 IN pg_read_binary_file(path, 0, 100000000, true)) > 0";

/// In which files of the database `bytes` stand.
async fn files_with(superuser: &mut PgConnection, bytes: &[u8]) -> Vec<String> {
    superuser.execute("CHECKPOINT").await.unwrap();
    sqlx::query_scalar(FILES_WITH).bind(bytes).fetch_all(superuser).await.unwrap()
}

/// The first bytes of a key as it is stored; they alone would give it away.
async fn telling_bytes(superuser: &mut PgConnection, number: u128) -> Vec<u8> {
    let statement = sqlx::query_scalar("SELECT substr(wrapped, 1, 24) FROM person_keys WHERE subject = $1");
    statement.bind(person(number).to_string()).fetch_one(superuser).await.unwrap()
}

async fn with_many_keys(store: &Store) -> Arc<PostgresKeys> {
    let keys = instance(store).await;
    let mut makers = JoinSet::new();
    for number in 0..PERSONS {
        let keys = keys.clone();
        makers.spawn(async move { key_of(&keys, person(number)).await });
    }
    makers.join_all().await;
    keys
}

fn owner(store: &Store) -> PgConnectOptions {
    login(&store.place.url_of(Login::Owner))
}

#[tokio::test(flavor = "multi_thread")]
async fn an_erased_key_is_in_no_file_of_the_database_once_it_is_scrubbed() {
    let store = Store::fresh().await;
    let (keys, database) = (with_many_keys(&store).await, store.open().await);
    let mut superuser = superuser(&store).await;
    // Somebody who may still want to see what was there before, so that nothing tidies it up by itself.
    let mut old = PgConnection::connect(&store.place.superuser_url()).await.unwrap();
    old.execute("BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT count(*) FROM log_head").await.unwrap();
    let mut erased = Vec::new();
    for number in (0..PERSONS).step_by(60) {
        erased.push(telling_bytes(&mut superuser, number).await);
        assert!(keys.erase(tenant(1), session(1), person(number), moment(5)).await.unwrap());
    }
    for bytes in &erased {
        assert_ne!(files_with(&mut superuser, bytes).await, [""; 0], "the search finds what is there");
    }
    assert_eq!(keys_to_scrub(&database).await.unwrap(), 5);

    assert_eq!(scrub_keys(&owner(&store)).await.unwrap(), 5);
    for bytes in &erased {
        assert_eq!(files_with(&mut superuser, bytes).await, [""; 0]);
    }
    assert_eq!(keys_to_scrub(&database).await.unwrap(), 0);
    let kept = telling_bytes(&mut superuser, 1).await;
    assert_ne!(files_with(&mut superuser, &kept).await, [""; 0], "the others' keys stay");
    assert_eq!(keys.of_session(tenant(1), session(1)).await.unwrap().len() as u128, PERSONS);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_keys_can_be_used_as_before_after_they_were_scrubbed() {
    let store = Store::fresh().await;
    let keys = instance(&store).await;
    let made = key_of(&keys, person(1)).await;
    for number in 2..5 {
        key_of(&keys, person(number)).await;
        assert!(keys.erase(tenant(1), session(1), person(number), moment(5)).await.unwrap());
        assert_eq!(scrub_keys(&owner(&store)).await.unwrap(), 1);
    }
    let restarted = instance(&store).await;
    assert_eq!(key_of(&restarted, person(1)).await, made);
    let found = restarted.obtain(tenant(1), session(1), person(2)).await.unwrap();
    assert!(matches!(found, KeyState::Erased { at } if at == moment(5)));
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_written_anew_when_nothing_was_erased() {
    let store = Store::fresh().await;
    key_of(&*instance(&store).await, person(1)).await;
    let file = "SELECT pg_relation_filepath('person_keys')";
    let mut superuser = superuser(&store).await;
    let before: String = sqlx::query_scalar(file).fetch_one(&mut superuser).await.unwrap();
    assert_eq!(scrub_keys(&owner(&store)).await.unwrap(), 0);
    assert_eq!(sqlx::query_scalar::<_, String>(file).fetch_one(&mut superuser).await.unwrap(), before);
}

/// A key that stands is never taken for one that was never made, whatever statement waits for the scrubbing.
#[tokio::test(flavor = "multi_thread")]
async fn nobody_misses_a_key_while_others_are_scrubbed() {
    let store = Store::fresh().await;
    let keys = with_many_keys(&store).await;
    let mut readers = JoinSet::new();
    for reader in 0..4 {
        let store = store.open().await;
        readers.spawn(async move {
            for round in 0..20 {
                // A new instance has nothing in memory.
                let keys = crate::given::instance_on(&store).await;
                let number = 1 + 10 * ((reader + 4 * round) % 30);
                let found = keys.find(tenant(1), session(1), person(number)).await.unwrap();
                assert!(matches!(found, KeyState::Present(_)), "the key of person {number} is not found");
                let listed = keys.of_session(tenant(1), session(1)).await.unwrap();
                assert_eq!(listed.len() as u128, PERSONS);
                keys.close().await;
            }
        });
    }
    for number in 0..20 {
        assert!(keys.erase(tenant(1), session(1), person(10 * number), moment(5)).await.unwrap());
        assert_eq!(scrub_keys(&owner(&store)).await.unwrap(), 1);
    }
    readers.join_all().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn while_somebody_holds_on_to_the_keys_they_are_not_scrubbed_and_that_is_said() {
    let store = Store::fresh().await;
    let keys = instance(&store).await;
    key_of(&keys, person(1)).await;
    assert!(keys.erase(tenant(1), session(1), person(1), moment(5)).await.unwrap());
    let mut backup = superuser(&store).await;
    backup.execute("BEGIN; SELECT count(*) FROM person_keys").await.unwrap();
    let refused = scrub_keys(&owner(&store)).await;
    assert!(matches!(refused, Err(ScrubError::Busy(_))), "{refused:?}");
    backup.execute("COMMIT").await.unwrap();
    assert_eq!(scrub_keys(&owner(&store)).await.unwrap(), 1);
}

#[tokio::test]
async fn only_the_owner_scrubs() {
    let store = Store::fresh().await;
    let refused = scrub_keys(&login(&store.place.url_of(Login::Service))).await;
    assert!(matches!(refused, Err(ScrubError::Database(_))), "{refused:?}");
}
