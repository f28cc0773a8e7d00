//! What every store of person keys must do, as tests that any store runs.
//!
//! Implement [`KeysHarness`] for the store, then `acta_application::keys_contract!(YourHarness);` in a test file.

#![expect(clippy::missing_panics_doc, reason = "a case that panics is a case that failed")]

use std::collections::HashSet;
use std::sync::Arc;

use acta_domain::{PersonId, SessionId, TenantId, Timestamp};
use acta_proof::sealed::PersonKey;
use async_trait::async_trait;
use sha2::{Digest, Sha256};
use tokio::task::JoinSet;
use uuid::Uuid;

use super::{KeyState, KeyWrap, PersonKeys, PersonKeysError, Subject, UnwrapError};

/// An empty store of its own for one case.
#[async_trait]
pub trait KeysHarness: Sized + Send + Sync + 'static {
    /// The store under test.
    type Keys: PersonKeys;

    /// A store without keys.
    async fn new() -> Self;

    /// Opens the store with this master key. It is open once at a time.
    async fn open(&self, wrap: Arc<dyn KeyWrap>) -> Arc<Self::Keys>;

    /// Closes what [`Self::open`] gave, as an orderly stop does.
    async fn close(&self, keys: Arc<Self::Keys>);
}

/// One test for each case of the contract, against the [`KeysHarness`](crate::persons::contract::KeysHarness) `$harness`.
#[macro_export]
macro_rules! keys_contract {
    ($harness:ty) => {
        $crate::contract_cases!(
            $crate::persons::contract,
            $harness,
            [
                a_key_is_made_once_and_found_again,
                many_who_ask_at_once_get_one_key,
                a_key_that_was_never_made_is_absent,
                every_person_session_and_tenant_has_a_key_of_its_own,
                an_erased_key_stays_erased,
                erasing_what_is_not_there_destroys_nothing,
                erasing_one_leaves_the_others,
                nobody_gets_a_key_after_it_was_erased,
                the_keys_of_a_session_are_listed,
                a_restart_keeps_keys_and_erasures,
                another_master_key_opens_nothing,
            ]
        );
    };
}

/// A master key for tests: 64 bytes that carry the key under a mask of the context, and a check of both. It hides nothing
/// from anybody who knows the number.
#[derive(Debug, Clone, Copy)]
pub struct TestWrap(pub u8);

impl TestWrap {
    fn mask(self, part: &[u8], context: &[u8]) -> [u8; 32] {
        Sha256::new_with_prefix([self.0]).chain_update(part).chain_update(context).finalize().into()
    }
}

impl KeyWrap for TestWrap {
    fn wrap(&self, key: &PersonKey, context: &[u8]) -> Vec<u8> {
        let masked = key.expose().iter().zip(self.mask(b"mask", context)).map(|(byte, mask)| byte ^ mask);
        masked.chain(self.mask(key.expose(), context)).collect()
    }

    fn unwrap(&self, wrapped: &[u8], context: &[u8]) -> Result<PersonKey, UnwrapError> {
        let (masked, check) = wrapped.split_at_checked(32).ok_or(UnwrapError)?;
        let mut key = self.mask(b"mask", context);
        key.iter_mut().zip(masked).for_each(|(byte, masked)| *byte ^= masked);
        if check != self.mask(&key, context) {
            return Err(UnwrapError);
        }
        Ok(PersonKey::new(key))
    }
}

/// Tenant number `number`.
pub fn tenant(number: u128) -> TenantId {
    TenantId::new(Uuid::from_u128(0x7e00_0000 + number))
}

/// Session number `number`.
pub fn session(number: u128) -> SessionId {
    SessionId::new(Uuid::from_u128(0x5e00_0000 + number))
}

/// Person number `number`.
pub fn person(number: u128) -> Subject {
    Subject::Person(PersonId::new(Uuid::from_u128(0xbe_0000 + number)))
}

fn moment(seconds: i64) -> Timestamp {
    Timestamp::from_micros((1_767_225_600 + seconds) * 1_000_000).expect("it is in this century")
}

async fn opened<H: KeysHarness>() -> (H, Arc<H::Keys>) {
    let harness = H::new().await;
    let keys = harness.open(Arc::new(TestWrap(1))).await;
    (harness, keys)
}

/// The key in `state`, which has one.
#[track_caller]
fn key(state: Result<KeyState, PersonKeysError>) -> [u8; 32] {
    match state.expect("the keys can be read") {
        KeyState::Present(key) => *key.expose(),
        KeyState::Absent => panic!("there is no key"),
        KeyState::Erased { at } => panic!("the key was erased at {at}"),
    }
}

/// When the key in `state` was erased, if it was.
fn erased(state: Result<KeyState, PersonKeysError>) -> Option<Timestamp> {
    match state.expect("the keys can be read") {
        KeyState::Erased { at } => Some(at),
        KeyState::Absent | KeyState::Present(_) => None,
    }
}

/// Given a person without a key, the first obtain makes one, and everybody finds the same one from then on.
pub async fn a_key_is_made_once_and_found_again<H: KeysHarness>() {
    let (_harness, keys) = opened::<H>().await;
    let made = key(keys.obtain(tenant(1), session(1), person(1)).await);
    assert_eq!(key(keys.obtain(tenant(1), session(1), person(1)).await), made);
    assert_eq!(key(keys.find(tenant(1), session(1), person(1)).await), made);
}

/// Given 64 who ask for eight keys at the same time, there are eight keys.
pub async fn many_who_ask_at_once_get_one_key<H: KeysHarness>() {
    let (_harness, keys) = opened::<H>().await;
    let mut asking = JoinSet::new();
    for number in 0..64 {
        let keys = keys.clone();
        asking.spawn(async move {
            (number % 8, key(keys.obtain(tenant(1), session(1), person(number % 8)).await))
        });
    }
    let told: HashSet<(u128, [u8; 32])> = asking.join_all().await.into_iter().collect();
    assert_eq!(told.len(), 8);
    for (number, told) in told {
        assert_eq!(key(keys.find(tenant(1), session(1), person(number)).await), told);
    }
}

/// Given a person that nobody made a key for, finding makes none.
pub async fn a_key_that_was_never_made_is_absent<H: KeysHarness>() {
    let (_harness, keys) = opened::<H>().await;
    for _ in 0..2 {
        let found = keys.find(tenant(1), session(1), person(1)).await.expect("the keys can be read");
        assert!(matches!(found, KeyState::Absent));
    }
}

/// Given one person in two sessions and one session of two tenants, no key is the same as another.
pub async fn every_person_session_and_tenant_has_a_key_of_its_own<H: KeysHarness>() {
    let (_harness, keys) = opened::<H>().await;
    let mut seen = HashSet::new();
    for (of, at, who) in
        [(1, 1, person(1)), (1, 1, person(2)), (1, 1, Subject::Session), (1, 2, person(1)), (2, 1, person(1))]
    {
        assert!(seen.insert(key(keys.obtain(tenant(of), session(at), who).await)));
    }
}

/// Given a key that was erased, nobody finds it and nobody makes another.
pub async fn an_erased_key_stays_erased<H: KeysHarness>() {
    let (_harness, keys) = opened::<H>().await;
    keys.obtain(tenant(1), session(1), person(1)).await.expect("the keys can be written");
    assert!(keys.erase(tenant(1), session(1), person(1), moment(5)).await.expect("the keys can be written"));
    assert_eq!(erased(keys.find(tenant(1), session(1), person(1)).await), Some(moment(5)));
    assert_eq!(erased(keys.obtain(tenant(1), session(1), person(1)).await), Some(moment(5)));
}

/// Given no key, or one that is erased already, erasing says that there was none, and when it was erased stays as it is.
pub async fn erasing_what_is_not_there_destroys_nothing<H: KeysHarness>() {
    let (_harness, keys) = opened::<H>().await;
    assert!(!keys.erase(tenant(1), session(1), person(1), moment(5)).await.expect("the keys can be written"));
    keys.obtain(tenant(1), session(1), person(1)).await.expect("the keys can be written");
    assert!(keys.erase(tenant(1), session(1), person(1), moment(6)).await.expect("the keys can be written"));
    assert!(!keys.erase(tenant(1), session(1), person(1), moment(7)).await.expect("the keys can be written"));
    assert_eq!(erased(keys.find(tenant(1), session(1), person(1)).await), Some(moment(6)));
}

/// Given several keys, erasing one leaves the person's key of another session, and other persons', usable.
pub async fn erasing_one_leaves_the_others<H: KeysHarness>() {
    let (_harness, keys) = opened::<H>().await;
    let others = [(1, 1, person(2)), (1, 1, Subject::Session), (1, 2, person(1)), (2, 1, person(1))];
    let mut before = Vec::new();
    for (of, at, who) in others {
        before.push(key(keys.obtain(tenant(of), session(at), who).await));
    }
    keys.obtain(tenant(1), session(1), person(1)).await.expect("the keys can be written");
    keys.erase(tenant(1), session(1), person(1), moment(5)).await.expect("the keys can be written");
    for ((of, at, who), before) in others.into_iter().zip(before) {
        assert_eq!(key(keys.find(tenant(of), session(at), who).await), before);
    }
}

/// Given readers that are busy while a key is erased, none of them leaves it behind for those who ask afterwards.
pub async fn nobody_gets_a_key_after_it_was_erased<H: KeysHarness>() {
    let (_harness, keys) = opened::<H>().await;
    for round in 0..20 {
        keys.obtain(tenant(1), session(1), person(round)).await.expect("the keys can be written");
        let mut readers = JoinSet::new();
        for _ in 0..8 {
            let keys = keys.clone();
            readers.spawn(async move { keys.find(tenant(1), session(1), person(round)).await.map(|_| ()) });
        }
        keys.erase(tenant(1), session(1), person(round), moment(5)).await.expect("the keys can be written");
        let found = keys.find(tenant(1), session(1), person(round)).await;
        readers.join_all().await;
        assert!(erased(found).is_some());
        assert!(erased(keys.find(tenant(1), session(1), person(round)).await).is_some());
    }
}

/// Given keys of a session, some erased, all of its subjects are listed and no others.
pub async fn the_keys_of_a_session_are_listed<H: KeysHarness>() {
    let (_harness, keys) = opened::<H>().await;
    let made = key(keys.obtain(tenant(1), session(1), person(1)).await);
    for (of, at, who) in [(1, 1, person(2)), (1, 2, person(3)), (2, 1, person(4))] {
        keys.obtain(tenant(of), session(at), who).await.expect("the keys can be written");
    }
    keys.erase(tenant(1), session(1), person(2), moment(5)).await.expect("the keys can be written");
    let mut listed = keys.of_session(tenant(1), session(1)).await.expect("the keys can be read");
    listed.sort_by_key(|(subject, _)| *subject);
    let [(one, first), (two, second)] =
        <[_; 2]>::try_from(listed).unwrap_or_else(|listed| panic!("{} keys", listed.len()));
    assert_eq!((one, two), (person(1), person(2)));
    assert_eq!(key(Ok(first)), made);
    assert_eq!(erased(Ok(second)), Some(moment(5)));
}

/// Given a key and an erasure, both are the same after a restart.
pub async fn a_restart_keeps_keys_and_erasures<H: KeysHarness>() {
    let (harness, keys) = opened::<H>().await;
    let made = key(keys.obtain(tenant(1), session(1), person(1)).await);
    keys.obtain(tenant(1), session(1), person(2)).await.expect("the keys can be written");
    keys.erase(tenant(1), session(1), person(2), moment(5)).await.expect("the keys can be written");
    harness.close(keys).await;
    let keys = harness.open(Arc::new(TestWrap(1))).await;
    assert_eq!(key(keys.obtain(tenant(1), session(1), person(1)).await), made);
    assert_eq!(erased(keys.obtain(tenant(1), session(1), person(2)).await), Some(moment(5)));
}

/// Given keys that were wrapped under another master key, that is said, and none of them is replaced.
pub async fn another_master_key_opens_nothing<H: KeysHarness>() {
    let (harness, keys) = opened::<H>().await;
    let made = key(keys.obtain(tenant(1), session(1), person(1)).await);
    harness.close(keys).await;
    let other = harness.open(Arc::new(TestWrap(2))).await;
    for outcome in [
        other.find(tenant(1), session(1), person(1)).await,
        other.obtain(tenant(1), session(1), person(1)).await,
    ] {
        assert!(matches!(outcome, Err(PersonKeysError::Unwrappable { subject }) if subject == person(1)));
    }
    harness.close(other).await;
    let keys = harness.open(Arc::new(TestWrap(1))).await;
    assert_eq!(key(keys.find(tenant(1), session(1), person(1)).await), made);
}
