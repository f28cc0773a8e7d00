//! Keys are wrapped anew under another master key, while the service runs.

use std::sync::Arc;

use acta_application::log::contract::{TestRandomness, moment};
use acta_application::persons::contract::{TestWrap, person, session, tenant};
use acta_application::persons::{KeyState, KeyWrap, PersonKeys, UnwrapError};
use acta_postgres::{PostgresKeys, RewrapError, Rewrapped, count_keys, rewrap_keys, rewrite_keys};
use acta_proof::sealed::PersonKey;
use acta_throwaway::Login;
use sqlx::Row as _;
use sqlx::postgres::PgConnectOptions;
use tokio::task::JoinSet;

use crate::given::superuser;
use crate::store::{Store, login};

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

fn owner(store: &Store) -> PgConnectOptions {
    login(&store.place.url_of(Login::Owner))
}

async fn instance(store: &Store, wrap: Arc<dyn KeyWrap>) -> Arc<PostgresKeys> {
    let keys = PostgresKeys::open(&store.open().await, wrap, Arc::new(TestRandomness::default())).await;
    Arc::new(keys.unwrap())
}

/// The keys of all persons, in their order, as another instance finds them; an erased one has none.
async fn all(store: &Store, wrap: Arc<dyn KeyWrap>) -> Vec<Option<[u8; 32]>> {
    let keys = instance(store, wrap).await;
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
    found
}

/// Keys of persons of three tenants, wrapped under the old master key.
async fn with_keys(store: &Store) -> Arc<PostgresKeys> {
    let keys = instance(store, Arc::new(OLD)).await;
    let mut makers = JoinSet::new();
    for number in 0..PERSONS {
        let keys = Arc::clone(&keys);
        makers.spawn(async move {
            keys.obtain(tenant(number % 3), session(1), person(number)).await.map(drop).unwrap();
        });
    }
    makers.join_all().await;
    keys
}

#[tokio::test(flavor = "multi_thread")]
async fn every_key_that_stands_is_wrapped_anew_and_opens_as_before() {
    let store = Store::fresh().await;
    let keys = with_keys(&store).await;
    assert!(keys.erase(tenant(1), session(1), person(7), moment(5)).await.unwrap());
    let before = all(&store, Arc::new(OLD)).await;
    assert_eq!(count_keys(&owner(&store), &outdated).await.unwrap(), 999);

    let mut told = Vec::new();
    let done =
        rewrap_keys(&owner(&store), &Both, &outdated, &mut |so_far| told.push(so_far.seen)).await.unwrap();
    assert_eq!(done, Rewrapped { seen: 999, rewrapped: 999, unreadable: 0 });
    assert_eq!(told, [200, 400, 600, 800, 999]);
    assert_eq!(all(&store, Arc::new(OnlyNew)).await, before);
    assert_eq!(count_keys(&owner(&store), &outdated).await.unwrap(), 0);
    let again = rewrap_keys(&owner(&store), &Both, &outdated, &mut |_| {}).await.unwrap();
    assert_eq!(again, Rewrapped { seen: 999, rewrapped: 0, unreadable: 0 });
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_cut_short_goes_on_where_it_was() {
    let store = Store::fresh().await;
    let _keys = with_keys(&store).await;
    let before = all(&store, Arc::new(OLD)).await;
    let login = owner(&store);
    let cut_short = tokio::spawn(async move {
        rewrap_keys(&login, &Both, &outdated, &mut |so_far| assert!(so_far.seen < 500, "the light goes out"))
            .await
    });
    assert!(cut_short.await.unwrap_err().is_panic());
    assert_eq!(count_keys(&owner(&store), &outdated).await.unwrap(), 400);
    assert_eq!(all(&store, Arc::new(Both)).await, before, "all open in the middle of it");

    let done = rewrap_keys(&owner(&store), &Both, &outdated, &mut |_| {}).await.unwrap();
    assert_eq!(done, Rewrapped { seen: 1_000, rewrapped: 400, unreadable: 0 });
    assert_eq!(all(&store, Arc::new(OnlyNew)).await, before);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_erased_meanwhile_stays_erased() {
    let store = Store::fresh().await;
    let keys = with_keys(&store).await;
    let erasing = tokio::spawn(async move {
        for number in (0..PERSONS).step_by(10) {
            assert!(keys.erase(tenant(number % 3), session(1), person(number), moment(5)).await.unwrap());
        }
    });
    while !erasing.is_finished() {
        rewrap_keys(&owner(&store), &Both, &outdated, &mut |_| {}).await.unwrap();
    }
    erasing.await.unwrap();
    rewrap_keys(&owner(&store), &Both, &outdated, &mut |_| {}).await.unwrap();
    let found = all(&store, Arc::new(OnlyNew)).await;
    let erased: Vec<_> =
        (0..PERSONS).zip(&found).filter(|(_, key)| key.is_none()).map(|(at, _)| at).collect();
    assert_eq!(erased, (0..PERSONS).step_by(10).collect::<Vec<_>>());
}

#[tokio::test(flavor = "multi_thread")]
async fn older_forms_are_in_no_file_once_the_table_is_written_anew() {
    let store = Store::fresh().await;
    let _keys = with_keys(&store).await;
    let mut superuser = superuser(&store).await;
    let file = "SELECT pg_relation_filepath('person_keys')";
    let before: String = sqlx::query_scalar(file).fetch_one(&mut superuser).await.unwrap();
    rewrap_keys(&owner(&store), &Both, &outdated, &mut |_| {}).await.unwrap();
    assert_eq!(rewrite_keys(&owner(&store)).await.unwrap(), 0, "nobody was erased");
    let after: String = sqlx::query_scalar(file).fetch_one(&mut superuser).await.unwrap();
    assert_ne!(before, after);
    assert_eq!(count_keys(&owner(&store), &outdated).await.unwrap(), 0);
}

#[tokio::test]
async fn only_the_owner_sees_keys_to_wrap_anew_and_only_while_it_does_so() {
    let store = Store::fresh().await;
    let _keys = with_keys(&store).await;
    let service = login(&store.place.url_of(Login::Service));
    let refused = count_keys(&service, &outdated).await;
    assert!(matches!(refused, Err(RewrapError::NotTheOwner)), "{refused:?}");

    let mut owner = sqlx::ConnectOptions::connect(&owner(&store)).await.unwrap();
    let seen = sqlx::query("SELECT count(*) FROM person_keys").fetch_one(&mut owner).await.unwrap();
    assert_eq!(seen.get::<i64, _>(0), 0, "without the setting it sees none");
}
