//! What every board must do, as tests that any board runs.
//!
//! Implement [`PresenceHarness`] for the board, then `acta_application::presence_contract!(YourHarness);` in a test file.

#![expect(clippy::missing_panics_doc, reason = "a case that panics is a case that failed")]

use std::sync::Arc;
use std::time::Duration;

use acta_domain::{PersonId, SessionId, TenantId};
use async_trait::async_trait;
use tokio::task::JoinSet;
use tokio::time::Instant;
use uuid::Uuid;

use super::{Connected, Place, PresenceBoard, PresencePage, Told};
use crate::leases::HolderId;
use crate::log::Actor;
use crate::log::contract::moment;

/// A term that no case outlives.
const LONG: Duration = Duration::from_mins(10);
/// A term that a case waits for.
const SHORT: Duration = Duration::from_millis(200);
/// How long something may take to come about before a case fails.
const PATIENCE: Duration = Duration::from_secs(20);
/// How often it is looked whether it has.
const POLL: Duration = Duration::from_millis(10);
/// More than any case has people.
const ALL: u32 = 10_000;

/// An empty board of its own for one case.
#[async_trait]
pub trait PresenceHarness: Sized + Send + Sync + 'static {
    /// The board under test.
    type Board: PresenceBoard;

    /// A board that nobody has told anything.
    async fn new() -> Self;

    /// Opens the board, each time as another instance of the service does.
    async fn open(&self) -> Arc<Self::Board>;
}

/// One test for each case of the contract, against the [`PresenceHarness`](crate::presence::contract::PresenceHarness) `$harness`.
#[macro_export]
macro_rules! presence_contract {
    ($harness:ty) => {
        $crate::contract_cases!(
            $crate::presence::contract,
            $harness,
            [
                nobody_is_connected_to_begin_with,
                who_is_told_of_is_shown_on_every_instance,
                what_is_told_replaces_what_was_told_before,
                telling_the_same_again_changes_nothing,
                a_thousand_places_are_told_at_once,
                connections_are_counted_over_all_instances,
                everybody_is_on_one_page_in_the_order_of_the_texts,
                sessions_and_tenants_are_apart,
                what_is_told_before_the_first_sign_of_life_is_shown_after_it,
                an_instance_is_known_while_its_term_lasts,
                who_was_on_a_dead_instance_is_gone_after_its_term_and_the_others_stay,
                a_sign_of_life_counts_from_when_it_was_given,
                an_instance_that_comes_back_after_its_term_hears_that_it_was_given_up,
                an_instance_that_leaves_takes_its_people_with_it,
                leaving_what_one_never_came_to_changes_nothing,
                instances_that_tell_and_leave_at_once_do_not_disturb_each_other,
            ]
        );
    };
}

/// Instance number `number`.
pub fn instance(number: u128) -> HolderId {
    HolderId(Uuid::from_u128(0xacda_0000 + number))
}

/// Tenant number `number`.
pub fn tenant(number: u128) -> TenantId {
    TenantId::new(Uuid::from_u128(number))
}

/// Session number `number`.
pub fn session(number: u128) -> SessionId {
    SessionId::new(Uuid::from_u128(0x5e55_0000 + number))
}

/// Person number `number`.
pub fn person(number: u128) -> Actor {
    Actor::Person(PersonId::new(Uuid::from_u128(number)))
}

/// `actor` has so many connections to session 1 of tenant 1.
pub fn told(actor: Actor, connections: u32) -> Told {
    Told { place: Place { tenant: tenant(1), session: session(1), actor }, connections, since: moment(0) }
}

/// Two instances of the service that live, on one empty board.
async fn two<H: PresenceHarness>() -> (H, Arc<H::Board>, Arc<H::Board>) {
    let harness = H::new().await;
    let (one, other) = (harness.open().await, harness.open().await);
    lives(&*one, 1, LONG).await;
    lives(&*other, 2, LONG).await;
    (harness, one, other)
}

async fn tells(board: &impl PresenceBoard, number: u128, told: &[Told]) {
    board.tell(instance(number), told).await.expect("the board can be written");
}

async fn lives(board: &impl PresenceBoard, number: u128, term: Duration) -> bool {
    board.live(instance(number), term).await.expect("the board can be written")
}

async fn leaves(board: &impl PresenceBoard, number: u128) {
    board.leave(instance(number)).await.expect("the board can be written");
}

/// Everybody who is connected to session 1 of tenant 1.
async fn all(board: &impl PresenceBoard) -> PresencePage {
    page(board, None, ALL).await
}

async fn page(board: &impl PresenceBoard, after: Option<&Actor>, limit: u32) -> PresencePage {
    board.connected(tenant(1), session(1), after, limit).await.expect("the board can be read")
}

/// Who is connected to session 1 of tenant 1, and how often.
async fn counts(board: &impl PresenceBoard) -> Vec<(Actor, u32)> {
    all(board).await.connected.into_iter().map(|one| (one.actor, one.connections)).collect()
}

/// Waits until those, and no others, are connected.
async fn counts_become(board: &impl PresenceBoard, expected: &[(Actor, u32)]) {
    let waiting = async {
        while counts(board).await != expected {
            tokio::time::sleep(POLL).await;
        }
    };
    let waited = tokio::time::timeout(PATIENCE, waiting).await;
    assert!(waited.is_ok(), "it stays {:?}, not {expected:?}", counts(board).await);
}

/// Given an empty board, nobody is connected anywhere.
pub async fn nobody_is_connected_to_begin_with<H: PresenceHarness>() {
    let (_harness, one, _) = two::<H>().await;
    assert_eq!(all(&*one).await, PresencePage { connected: Vec::new(), people: 0, more: false });
}

/// Given somebody whom an instance tells of, every instance shows them.
pub async fn who_is_told_of_is_shown_on_every_instance<H: PresenceHarness>() {
    let (_harness, one, other) = two::<H>().await;
    tells(&*one, 1, &[told(person(7), 2)]).await;
    let connected = vec![Connected { actor: person(7), connections: 2, since: moment(0) }];
    let shown = PresencePage { connected, people: 1, more: false };
    assert_eq!(all(&*one).await, shown);
    assert_eq!(all(&*other).await, shown);
}

/// Given a place that is told of again, the last word counts; 0 connections are nobody.
pub async fn what_is_told_replaces_what_was_told_before<H: PresenceHarness>() {
    let (_harness, one, _) = two::<H>().await;
    tells(&*one, 1, &[told(person(7), 2), told(person(8), 1)]).await;
    let later = Told { since: moment(60), ..told(person(7), 5) };
    tells(&*one, 1, &[later, told(person(8), 0)]).await;
    let connected = vec![Connected { actor: person(7), connections: 5, since: moment(60) }];
    assert_eq!(all(&*one).await, PresencePage { connected, people: 1, more: false });
    tells(&*one, 1, &[told(person(7), 0), told(person(9), 0)]).await;
    assert_eq!(all(&*one).await.people, 0);
}

/// Given the same words twice, and none at all, it is as if they had been said once.
pub async fn telling_the_same_again_changes_nothing<H: PresenceHarness>() {
    let (_harness, one, _) = two::<H>().await;
    for _ in 0..2 {
        tells(&*one, 1, &[told(person(7), 2), told(person(8), 0)]).await;
        tells(&*one, 1, &[]).await;
        assert_eq!(counts(&*one).await, [(person(7), 2)]);
    }
}

/// Given a thousand people who connect at once, all of them are shown.
pub async fn a_thousand_places_are_told_at_once<H: PresenceHarness>() {
    let (_harness, one, other) = two::<H>().await;
    let everybody: Vec<_> = (0..1_000).map(|number| told(person(number), 1)).collect();
    tells(&*one, 1, &everybody).await;
    let shown = all(&*other).await;
    assert_eq!((shown.people, shown.connected.len(), shown.more), (1_000, 1_000, false));
    let gone: Vec<_> = (0..1_000).map(|number| told(person(number), u32::from(number == 500))).collect();
    tells(&*one, 1, &gone).await;
    assert_eq!(counts(&*other).await, [(person(500), 1)]);
}

/// Given somebody who is connected to two instances, they are one with all their connections, since the first.
pub async fn connections_are_counted_over_all_instances<H: PresenceHarness>() {
    let (_harness, one, other) = two::<H>().await;
    tells(&*one, 1, &[Told { since: moment(90), ..told(person(7), 2) }]).await;
    tells(&*other, 2, &[Told { since: moment(30), ..told(person(7), 3) }]).await;
    let connected = vec![Connected { actor: person(7), connections: 5, since: moment(30) }];
    assert_eq!(all(&*one).await, PresencePage { connected, people: 1, more: false });
    tells(&*other, 2, &[told(person(7), 0)]).await;
    let connected = vec![Connected { actor: person(7), connections: 2, since: moment(90) }];
    assert_eq!(all(&*one).await, PresencePage { connected, people: 1, more: false });
}

/// Given pages of any size, everybody is on one of them, in the order of their texts, and each page says how many there are.
pub async fn everybody_is_on_one_page_in_the_order_of_the_texts<H: PresenceHarness>() {
    let (_harness, one, other) = two::<H>().await;
    let service = |name: &str| Actor::Service(name.to_owned());
    let everybody = [person(1), person(2), person(0xffff_0000), service("a"), service("a-b"), service("b")];
    let mut mixed = everybody.clone().map(|actor| told(actor, 1));
    mixed.rotate_left(4);
    tells(&*one, 1, &mixed[..4]).await;
    tells(&*other, 2, &mixed[2..]).await;
    for limit in [1, 2, 5, 6, 7] {
        let (mut seen, mut after) = (Vec::new(), None);
        loop {
            let page = page(&*one, after.as_ref(), limit).await;
            assert_eq!(page.people, 6);
            assert!(page.connected.len() <= limit as usize);
            seen.extend(page.connected.into_iter().map(|connected| connected.actor));
            after = seen.last().cloned();
            if !page.more {
                break;
            }
        }
        assert_eq!(seen, everybody, "{limit} a page");
    }
    let behind = page(&*one, Some(&service("b")), 5).await;
    assert_eq!(behind, PresencePage { connected: Vec::new(), people: 6, more: false });
    let absent = page(&*one, Some(&service("a-a")), 1).await;
    assert_eq!(absent.connected[0].actor, service("a-b"), "who is asked behind need not be there");
}

/// Given one actor in two sessions and in two tenants, each is apart.
pub async fn sessions_and_tenants_are_apart<H: PresenceHarness>() {
    let (_harness, one, _) = two::<H>().await;
    let at = |tenant, session, connections| Told {
        place: Place { tenant, session, actor: person(7) },
        connections,
        since: moment(0),
    };
    let places = [(tenant(1), session(1), 1), (tenant(1), session(2), 2), (tenant(2), session(1), 3)];
    let all = places.map(|(tenant, session, connections)| at(tenant, session, connections));
    tells(&*one, 1, &all).await;
    for (tenant, session, connections) in places {
        let shown = one.connected(tenant, session, None, ALL).await.expect("the board can be read");
        assert_eq!((shown.people, shown.connected[0].connections), (1, connections));
    }
    tells(&*one, 1, &[at(tenant(2), session(1), 0)]).await;
    let shown = one.connected(tenant(2), session(1), None, ALL).await.expect("the board can be read");
    assert_eq!(shown.people, 0);
    assert_eq!(counts(&*one).await, [(person(7), 1)]);
}

/// Given an instance that told of people and then gives its first sign of life, they are shown from then on.
pub async fn what_is_told_before_the_first_sign_of_life_is_shown_after_it<H: PresenceHarness>() {
    let (_harness, one, other) = two::<H>().await;
    tells(&*one, 3, &[told(person(7), 1)]).await;
    assert_eq!(all(&*other).await.people, 0);
    assert!(!lives(&*one, 3, LONG).await);
    tells(&*one, 3, &[told(person(7), 1)]).await;
    assert_eq!(counts(&*other).await, [(person(7), 1)]);
}

/// Given an instance that gives signs of life in time, it hears each time but the first that it is known.
pub async fn an_instance_is_known_while_its_term_lasts<H: PresenceHarness>() {
    let harness = H::new().await;
    let one = harness.open().await;
    assert!(!lives(&*one, 1, LONG).await, "nobody knew it yet");
    tells(&*one, 1, &[told(person(7), 1)]).await;
    for _ in 0..3 {
        assert!(lives(&*one, 1, LONG).await);
        assert_eq!(counts(&*one).await, [(person(7), 1)]);
    }
}

/// Given an instance that died, its people are gone after its term and not before, and those on other instances stay.
pub async fn who_was_on_a_dead_instance_is_gone_after_its_term_and_the_others_stay<H: PresenceHarness>() {
    let (_harness, one, other) = two::<H>().await;
    tells(&*other, 2, &[told(person(7), 1), told(person(8), 1)]).await;
    tells(&*one, 3, &[told(person(8), 2), told(person(9), 4)]).await;
    let given = Instant::now();
    lives(&*one, 3, SHORT).await;
    counts_become(&*other, &[(person(7), 1), (person(8), 1)]).await;
    assert!(given.elapsed() >= SHORT, "the term was cut short: {:?}", given.elapsed());
    assert!(lives(&*other, 2, LONG).await, "who lives is known");
    assert_eq!(all(&*other).await.people, 2);
}

/// Given a long term and a sign of life for a short one, the instance is given up with the short one.
pub async fn a_sign_of_life_counts_from_when_it_was_given<H: PresenceHarness>() {
    let (_harness, one, other) = two::<H>().await;
    tells(&*one, 1, &[told(person(7), 1)]).await;
    assert!(lives(&*one, 1, SHORT).await);
    counts_become(&*other, &[]).await;
}

/// Given an instance that stood still for longer than its term, it hears so, and what it tells anew is shown.
pub async fn an_instance_that_comes_back_after_its_term_hears_that_it_was_given_up<H: PresenceHarness>() {
    let (_harness, one, other) = two::<H>().await;
    tells(&*one, 1, &[told(person(7), 1)]).await;
    assert!(lives(&*one, 1, SHORT).await);
    counts_become(&*other, &[]).await;
    assert!(!lives(&*one, 1, LONG).await);
    tells(&*one, 1, &[told(person(7), 2)]).await;
    assert_eq!(counts(&*other).await, [(person(7), 2)]);
    assert!(lives(&*one, 1, LONG).await);
}

/// Given an instance that leaves, its people are gone at once and the others stay; when it comes back, nobody knows it.
pub async fn an_instance_that_leaves_takes_its_people_with_it<H: PresenceHarness>() {
    let (_harness, one, other) = two::<H>().await;
    tells(&*one, 1, &[told(person(7), 1), told(person(8), 1)]).await;
    tells(&*other, 2, &[told(person(8), 1)]).await;
    leaves(&*one, 1).await;
    assert_eq!(counts(&*other).await, [(person(8), 1)]);
    assert!(!lives(&*one, 1, LONG).await);
    assert_eq!(counts(&*other).await, [(person(8), 1)]);
}

/// Given an instance that nobody knows, its leaving, also twice, is no error and changes nothing.
pub async fn leaving_what_one_never_came_to_changes_nothing<H: PresenceHarness>() {
    let (_harness, one, other) = two::<H>().await;
    tells(&*one, 1, &[told(person(7), 1)]).await;
    leaves(&*other, 3).await;
    leaves(&*other, 3).await;
    assert_eq!(counts(&*one).await, [(person(7), 1)]);
}

/// Given eight instances that come, tell and leave at the same time, each one's last word is what is shown in the end.
pub async fn instances_that_tell_and_leave_at_once_do_not_disturb_each_other<H: PresenceHarness>() {
    let (_harness, one, other) = two::<H>().await;
    let mut working = JoinSet::new();
    for number in 10..18 {
        let board = Arc::clone(if number % 2 == 0 { &one } else { &other });
        working.spawn(async move { comes_and_goes(&*board, number).await });
    }
    working.join_all().await;
    let expected: Vec<_> = (0..50).map(|number| (person(number), 8)).collect();
    assert_eq!(counts(&*one).await, expected);
}

/// Tells of fifty people in many words, with a leave in between; in the end each of them has one connection.
async fn comes_and_goes(board: &impl PresenceBoard, number: u128) {
    let fifty = |connections| (0..50).map(|number| told(person(number), connections)).collect::<Vec<_>>();
    for round in 0..5 {
        lives(board, number, LONG).await;
        tells(board, number, &fifty(round)).await;
        leaves(board, number).await;
        lives(board, number, LONG).await;
        tells(board, number, &fifty(1)).await;
    }
}
