//! Every question × every fault: what it comes to, how often it is tried, and how long it takes at most.

use std::time::Duration;

use acta_application::neighbours::{Neighbour, NeighbourError};
use acta_neighbours::{Fault, House};
use futures::future::join_all;
use tokio::time::Instant;

use crate::asked::{Question, house};
use crate::given::{all, options};

/// What a question comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Came {
    Ok,
    Unreachable,
    TimedOut,
    Failed(u16),
    Busy(Option<u64>),
    Denied(u16),
    Refused(u16),
    Unusable,
    Other,
}

fn came(result: &Result<(), NeighbourError>) -> Came {
    match result {
        Ok(()) => Came::Ok,
        Err(NeighbourError::Unreachable { .. }) => Came::Unreachable,
        Err(NeighbourError::TimedOut { .. }) => Came::TimedOut,
        Err(NeighbourError::Failed { status, .. }) => Came::Failed(*status),
        Err(NeighbourError::Busy { retry_after, .. }) => Came::Busy(retry_after.map(|wait| wait.as_secs())),
        Err(NeighbourError::Denied { status, .. }) => Came::Denied(*status),
        Err(NeighbourError::Refused { status, .. }) => Came::Refused(*status),
        Err(NeighbourError::Unusable { .. }) => Came::Unusable,
        Err(NeighbourError::NotConfigured { .. } | NeighbourError::LeftAlone { .. }) => Came::Other,
    }
}

/// The contract's own bound of who is asked.
fn bound(question: Question) -> Duration {
    match question.neighbour() {
        Neighbour::Governance | Neighbour::Profiles => Duration::from_secs(3),
        _ => Duration::from_secs(5),
    }
}

/// Asks with `fault` switched on: what it came to, how often it was tried, and what the house has seen.
async fn asked(question: Question, fault: Fault) -> (Came, usize, House) {
    let house = house().await;
    question.switches(&house).set(fault).await;
    let beside = all(&house, options());
    let begun = Instant::now();
    let result = question.ask(&beside).await;
    let took = begun.elapsed();
    assert!(took < bound(question) + Duration::from_secs(1), "{question:?} × {fault:?} took {took:?}");
    if let Err(error) = &result {
        assert_eq!(error.neighbour(), question.neighbour(), "{question:?} × {fault:?}");
    }
    let fails = !matches!(came(&result), Came::Ok | Came::Refused(_));
    let state = if fails { ("fails", false) } else { ("answers", true) };
    assert_eq!(beside.state(question.neighbour()), state, "{question:?} × {fault:?}");
    (came(&result), question.switches(&house).count(), house)
}

/// Asks everything with `fault` switched on, all at the same time.
async fn asking_everything_comes_to(fault: Fault, expected: impl Fn(Question) -> (Came, usize)) {
    let all = Question::ALL.map(|question| async move { (question, asked(question, fault).await) });
    for (question, (came, tries, house)) in join_all(all).await {
        assert_eq!((came, tries), expected(question), "{question:?} × {fault:?}");
        house.assert_contracts_kept();
    }
}

/// An answer whose body is wrong, which nobody sees who needs no body.
fn wrong_body(question: Question) -> (Came, usize) {
    if question.needs_no_body() { (Came::Ok, 1) } else { (Came::Unusable, 1) }
}

#[tokio::test]
async fn without_a_fault_everything_is_answered_at_the_first_try() {
    asking_everything_comes_to(Fault::None, |_| (Came::Ok, 1)).await;
}

#[tokio::test]
async fn who_is_slow_is_waited_for_as_long_as_the_contract_says_and_not_asked_again() {
    asking_everything_comes_to(Fault::Slow(Duration::from_mins(1)), |_| (Came::TimedOut, 1)).await;
}

#[tokio::test]
async fn who_fails_once_or_three_times_is_tried_again() {
    for times in [1, 3] {
        asking_everything_comes_to(Fault::StatusTimes(500, times), |_| (Came::Ok, times + 1)).await;
    }
}

#[tokio::test]
async fn who_fails_always_is_tried_four_times() {
    for status in [500, 503] {
        asking_everything_comes_to(Fault::Status(status), |_| (Came::Failed(status), 4)).await;
    }
}

#[tokio::test]
async fn who_has_too_much_to_do_is_not_asked_again() {
    let fault = Fault::TooMany { retry_after: Some(7) };
    asking_everything_comes_to(fault, |_| (Came::Busy(Some(7)), 1)).await;
    asking_everything_comes_to(Fault::TooMany { retry_after: None }, |_| (Came::Busy(None), 1)).await;
}

#[tokio::test]
async fn a_refusal_is_final_whatever_it_is_about() {
    for status in [401, 403] {
        asking_everything_comes_to(Fault::Status(status), |_| (Came::Denied(status), 1)).await;
    }
    asking_everything_comes_to(Fault::Status(418), |_| (Came::Refused(418), 1)).await;
}

#[tokio::test]
async fn a_connection_that_is_cut_is_made_again_three_times() {
    asking_everything_comes_to(Fault::Cut, |_| (Came::Unreachable, 4)).await;
    asking_everything_comes_to(Fault::AnswerLost, |_| (Came::Unreachable, 4)).await;
    let cut = |question: Question| {
        if question.needs_no_body() { (Came::Ok, 1) } else { (Came::Unreachable, 4) }
    };
    asking_everything_comes_to(Fault::CutMidBody, cut).await;
}

#[tokio::test]
async fn where_nobody_listens_nobody_is_reached() {
    asking_everything_comes_to(Fault::Refuse, |_| (Came::Unreachable, 0)).await;
}

#[tokio::test]
async fn an_answer_that_is_not_the_contracts_is_not_used() {
    asking_everything_comes_to(Fault::WrongJson, wrong_body).await;
    asking_everything_comes_to(Fault::WrongForm, wrong_body).await;
}

#[tokio::test]
async fn an_answer_that_is_too_large_is_not_read_to_its_end() {
    asking_everything_comes_to(Fault::Huge(1 << 40), wrong_body).await;
}

#[tokio::test]
async fn nobody_is_sent_elsewhere() {
    asking_everything_comes_to(Fault::Redirect, |_| (Came::Unusable, 1)).await;
}

#[tokio::test]
async fn all_tries_of_one_call_have_one_key_and_two_calls_have_two() {
    for question in [Question::Token, Question::Sample, Question::Code] {
        let house = house().await;
        let beside = all(&house, options());
        house.identity.set(Fault::StatusTimes(500, 2)).await;
        question.ask(&beside).await.unwrap();
        question.ask(&beside).await.unwrap();
        let received = house.identity.received();
        let keys: Vec<_> =
            received.iter().map(|request| request.header("idempotency-key").unwrap()).collect();
        assert_eq!(keys.len(), 4);
        assert!(keys[0] == keys[1] && keys[1] == keys[2] && keys[2] != keys[3], "{keys:?}");
    }
}
