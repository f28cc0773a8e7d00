//! Several instances have one set of keys.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use acta_application::log::contract::moment;
use acta_application::persons::contract::{person, session, tenant};
use acta_application::persons::{KeyState, PersonKeys};
use acta_postgres::{Database, DatabaseOptions};
use acta_throwaway::{FaultProxy, Login};
use sqlx::Executor;
use tokio::task::JoinSet;

use crate::given::{
    end_connections_of_the_service, instance, instance_on, key_of, superuser, until_erased, until_gone,
};
use crate::store::{Store, login};

/// What the documentation promises of an instance that hears nothing.
const BOUND: Duration = Duration::from_secs(5);

#[tokio::test(flavor = "multi_thread")]
async fn instances_that_make_the_same_keys_at_once_end_with_one_of_each() {
    const PERSONS: u128 = 100;
    let store = Store::fresh().await;
    let instances = [instance(&store).await, instance(&store).await, instance(&store).await];
    let mut makers = JoinSet::new();
    for number in 0..PERSONS {
        for (at, keys) in instances.iter().enumerate() {
            // In different orders, so that they meet in the middle.
            let number = if at == 1 { PERSONS - 1 - number } else { number };
            let keys = keys.clone();
            makers.spawn(async move { (number, key_of(&keys, person(number)).await) });
        }
    }
    let mut told: HashMap<u128, HashSet<[u8; 32]>> = HashMap::new();
    for (number, key) in makers.join_all().await {
        told.entry(number).or_default().insert(key);
    }
    assert_eq!(told.len() as u128, PERSONS);
    assert!(told.values().all(|keys| keys.len() == 1), "somebody was given a key that does not stand");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_another_instance_erased_is_dropped_long_before_the_bound() {
    let store = Store::fresh().await;
    let (one, other) = (instance(&store).await, instance(&store).await);
    assert_eq!(key_of(&one, person(1)).await, key_of(&other, person(1)).await);
    assert!(one.erase(tenant(1), session(1), person(1), moment(5)).await.unwrap());
    assert!(until_erased(&other, person(1)).await < BOUND / 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_erasure_while_the_connections_are_gone_is_not_missed() {
    let store = Store::fresh().await;
    let keys = instance(&store).await;
    key_of(&keys, person(1)).await;
    let mut superuser = superuser(&store).await;
    end_connections_of_the_service(&mut superuser).await;
    superuser.execute("UPDATE person_keys SET wrapped = NULL, erased_at = now()").await.unwrap();
    assert!(until_erased(&keys, person(1)).await < BOUND);
}

#[tokio::test(flavor = "multi_thread")]
async fn connections_that_died_cost_nobody_an_error() {
    let store = Store::fresh().await;
    let keys = instance(&store).await;
    let made = key_of(&keys, person(1)).await;
    end_connections_of_the_service(&mut superuser(&store).await).await;
    key_of(&keys, person(2)).await;
    assert_eq!(key_of(&keys, person(1)).await, made);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_instance_that_is_cut_off_has_no_keys_after_the_bound() {
    let store = Store::fresh().await;
    let proxy = FaultProxy::start(store.place.server().address().unwrap()).await.unwrap();
    let through = DatabaseOptions::of_login(login(&store.place.url_through(&proxy, Login::Service)));
    let cut_off = instance_on(&Database::open(through).await.unwrap()).await;
    let other = instance(&store).await;
    key_of(&cut_off, person(1)).await;

    proxy.cut().await;
    assert!(other.erase(tenant(1), session(1), person(1), moment(5)).await.unwrap());
    let used_for = until_gone(&cut_off, person(1)).await;
    assert!(used_for < BOUND + Duration::from_secs(1), "an erased key was used for {used_for:?}");

    proxy.mend().await;
    until_erased(&cut_off, person(1)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_instances_that_erase_the_same_key_at_once_one_destroys_it() {
    let store = Store::fresh().await;
    let (one, other) = (instance(&store).await, instance(&store).await);
    for number in 0..20 {
        key_of(&one, person(number)).await;
        let (first, second) = tokio::join!(
            one.erase(tenant(1), session(1), person(number), moment(5)),
            other.erase(tenant(1), session(1), person(number), moment(6)),
        );
        assert_ne!(first.unwrap(), second.unwrap());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_one_instance_makes_while_another_erases_it_is_gone_in_the_end() {
    let store = Store::fresh().await;
    let (one, other) = (instance(&store).await, instance(&store).await);
    for number in 0..20 {
        key_of(&one, person(number)).await;
        let (erased, _whichever) = tokio::join!(
            one.erase(tenant(1), session(1), person(number), moment(5)),
            other.obtain(tenant(1), session(1), person(number)),
        );
        assert!(erased.unwrap());
        let found = one.obtain(tenant(1), session(1), person(number)).await.unwrap();
        assert!(matches!(found, KeyState::Erased { .. }), "the instance that erased it knows at once");
        assert!(until_erased(&other, person(number)).await < BOUND);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_closed_store_answers_with_an_error() {
    let store = Store::fresh().await;
    let keys = instance(&store).await;
    keys.close().await;
    assert!(keys.obtain(tenant(1), session(1), person(1)).await.is_err());
}
