use cqrs_es::Aggregate;
use cqrs_es::test::TestFramework;
use proptest::prelude::*;
use uuid::Uuid;

use super::{SignIn, SignInCommand, SignInError, SignInEvent};
use crate::ids::{SignInId, UserId};
use crate::testing::{at, person};
use crate::values::{EndReason, Generation, KeyThumbprint};

const EXPIRY: u32 = 1_000;

fn sign_in_id() -> SignInId {
    SignInId::new(Uuid::from_u128(11))
}

fn user_id() -> UserId {
    UserId::new(Uuid::from_u128(7))
}

fn key(number: u8) -> KeyThumbprint {
    KeyThumbprint::new([number; 32])
}

fn start() -> SignInCommand {
    let (sign_in_id, user_id, person_id) = (sign_in_id(), user_id(), person(1));
    SignInCommand::Start {
        sign_in_id,
        user_id,
        person_id,
        key: Some(key(1)),
        expires_at: at(EXPIRY),
        at: at(0),
    }
}

fn started_with(key: Option<KeyThumbprint>) -> SignInEvent {
    let (sign_in_id, user_id, person_id) = (sign_in_id(), user_id(), person(1));
    SignInEvent::Started { sign_in_id, user_id, person_id, key, expires_at: at(EXPIRY), at: at(0) }
}

fn started() -> SignInEvent {
    started_with(Some(key(1)))
}

fn renew(generation: u32) -> SignInCommand {
    SignInCommand::Renew { generation: Generation::new(generation), key: Some(key(1)), at: at(1) }
}

fn renewed(generation: u32) -> SignInEvent {
    let generation = Generation::new(generation);
    SignInEvent::Renewed { sign_in_id: sign_in_id(), person_id: person(1), generation, at: at(1) }
}

fn reused(generation: u32) -> SignInEvent {
    let generation = Generation::new(generation);
    SignInEvent::ReuseDetected { sign_in_id: sign_in_id(), person_id: person(1), generation, at: at(1) }
}

fn end(reason: EndReason) -> SignInCommand {
    SignInCommand::End { reason, at: at(2) }
}

fn ended(reason: EndReason) -> SignInEvent {
    SignInEvent::Ended { sign_in_id: sign_in_id(), person_id: person(1), reason, at: at(2) }
}

#[track_caller]
fn accepted(given: Vec<SignInEvent>, when: SignInCommand, then: SignInEvent) {
    TestFramework::<SignIn>::with(()).given(given).when(when).then_expect_events(vec![then]);
}

#[track_caller]
fn refused(given: Vec<SignInEvent>, when: SignInCommand, then: SignInError) {
    TestFramework::<SignIn>::with(()).given(given).when(when).then_expect_error(then);
}

fn folded(events: Vec<SignInEvent>) -> SignIn {
    let mut sign_in = SignIn::default();
    for event in events {
        sign_in.apply(event);
    }
    sign_in
}

#[test]
fn a_sign_in_starts_once() {
    accepted(vec![], start(), started());
    refused(vec![started()], start(), SignInError::AlreadyStarted);
    let sign_in = folded(vec![started()]);
    assert_eq!(sign_in.generation(), Generation::FIRST);
    assert_eq!((sign_in.user_id(), sign_in.person_id()), (Some(user_id()), Some(person(1))));
    assert_eq!((sign_in.key(), sign_in.started_at()), (Some(key(1)), Some(at(0))));
}

#[test]
fn each_refresh_token_is_good_once() {
    accepted(vec![started()], renew(1), renewed(2));
    accepted(vec![started(), renewed(2)], renew(2), renewed(3));
    accepted(vec![started(), renewed(2)], renew(1), reused(1));
}

#[test]
fn a_token_that_was_shown_twice_ends_the_sign_in_for_whoever_holds_the_new_one() {
    let given = vec![started(), renewed(2), reused(1)];
    assert!(!folded(given.clone()).is_open(at(1)));
    for generation in [1, 2, 3] {
        refused(given.clone(), renew(generation), SignInError::Ended);
    }
}

#[test]
fn a_token_that_was_never_given_is_unknown_and_ends_nothing() {
    refused(vec![started()], renew(2), SignInError::Unknown);
    refused(vec![], renew(1), SignInError::Unknown);
    refused(vec![], end(EndReason::SignedOut), SignInError::Unknown);
}

#[test]
fn only_the_key_that_the_sign_in_was_started_with_renews_it() {
    let renew_with = |key, generation| {
        let generation = Generation::new(generation);
        SignInCommand::Renew { generation, key, at: at(1) }
    };
    for other in [Some(key(2)), None] {
        refused(vec![started()], renew_with(other, 1), SignInError::OtherKey);
        refused(vec![started(), renewed(2)], renew_with(other, 1), SignInError::OtherKey);
    }
    refused(vec![started_with(None)], renew_with(Some(key(1)), 1), SignInError::OtherKey);
    accepted(vec![started_with(None)], renew_with(None, 1), renewed(2));
}

#[test]
fn a_sign_in_ends_by_itself_when_its_time_is_up() {
    let renew_at =
        |second| SignInCommand::Renew { generation: Generation::FIRST, key: Some(key(1)), at: at(second) };
    TestFramework::<SignIn>::with(())
        .given(vec![started()])
        .when(renew_at(EXPIRY - 1))
        .inspect_result()
        .unwrap();
    refused(vec![started()], renew_at(EXPIRY), SignInError::Expired);
    let sign_in = folded(vec![started()]);
    assert!(sign_in.is_open(at(EXPIRY - 1)) && !sign_in.is_open(at(EXPIRY)));
}

#[test]
fn a_sign_in_that_has_ended_is_over() {
    for reason in EndReason::ALL {
        accepted(vec![started()], end(*reason), ended(*reason));
        refused(vec![started(), ended(*reason)], renew(1), SignInError::Ended);
        refused(vec![started(), ended(*reason)], end(*reason), SignInError::Ended);
        refused(vec![started(), ended(*reason)], start(), SignInError::AlreadyStarted);
    }
}

#[test]
fn the_last_generation_that_can_be_said_is_not_renewed() {
    refused(vec![started(), renewed(u32::MAX)], renew(u32::MAX), SignInError::Expired);
}

#[test]
fn a_snapshot_holds_the_whole_sign_in() {
    let sign_in = folded(vec![started(), renewed(2), ended(EndReason::SignedOut)]);
    let snapshot = serde_json::to_string(&sign_in).expect("the state is plain JSON");
    assert_eq!(serde_json::from_str::<SignIn>(&snapshot).expect("the state is plain JSON"), sign_in);
}

proptest! {
    #[test]
    fn no_generation_is_given_twice_and_after_a_reuse_none(
        shown in prop::collection::vec(0..12_u32, 0..60)
    ) {
        let mut sign_in = folded(vec![started()]);
        let mut over = false;
        let mut last = Generation::FIRST;
        for generation in shown {
            for event in sign_in.decide(renew(generation)).unwrap_or_default() {
                prop_assert!(!over);
                match event {
                    SignInEvent::Renewed { generation, .. } => {
                        prop_assert!(generation > last);
                        last = generation;
                    }
                    _ => over = true,
                }
                sign_in.apply(event);
            }
        }
    }

    #[test]
    fn any_events_fold(
        events in prop::collection::vec(
            prop_oneof![
                Just(started()),
                any::<u32>().prop_map(renewed),
                any::<u32>().prop_map(reused),
                Just(ended(EndReason::SignedOut)),
            ],
            0..40,
        ),
        generation in any::<u32>(),
    ) {
        let sign_in = folded(events);
        let decided = sign_in.decide(renew(generation));
        prop_assert!(sign_in.is_open(at(1)) || decided.is_err());
    }
}
