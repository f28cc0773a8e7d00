use std::future::ready;

use tokio::sync::oneshot;

use super::*;

const REST: Duration = Duration::from_millis(50);

/// What a call came to: it went well, failed, was answered with a refusal, or was not made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    Well,
    Failure,
    Refusal,
    NotMade,
}
use Outcome::{Failure, NotMade, Refusal, Well};

async fn call(breaker: &Breaker, outcome: Outcome) -> Outcome {
    let result = match outcome {
        Well => Ok(()),
        other => Err(other),
    };
    match breaker.call(|error| *error == Failure, ready(result)).await {
        Ok(()) => Well,
        Err(Stopped::Failed(error)) => error,
        Err(Stopped::LeftAlone(_)) => NotMade,
    }
}

async fn calls(breaker: &Breaker, outcome: Outcome, times: usize) {
    for _ in 0..times {
        assert_eq!(call(breaker, outcome).await, outcome);
    }
}

async fn opened() -> Breaker {
    let breaker = Breaker::new("identity", REST);
    calls(&breaker, Failure, 10).await;
    assert!(breaker.is_open() && breaker.leaves_alone());
    breaker
}

/// Waits until the rest is over.
async fn rested(breaker: &Breaker) {
    while breaker.leaves_alone() {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn ten_failures_open_the_circuit_and_nine_do_not() {
    let breaker = Breaker::new("identity", REST);
    calls(&breaker, Failure, 9).await;
    assert!(!breaker.is_open());
    calls(&breaker, Failure, 1).await;
    assert!(breaker.is_open());
    assert_eq!(call(&breaker, Well).await, NotMade);
}

#[tokio::test]
async fn half_of_the_last_twenty_open_the_circuit_however_many_went_well_before() {
    let breaker = Breaker::new("identity", REST);
    calls(&breaker, Well, 1_000).await;
    for _ in 0..9 {
        calls(&breaker, Failure, 1).await;
        calls(&breaker, Well, 1).await;
    }
    assert!(!breaker.is_open());
    calls(&breaker, Failure, 1).await;
    assert!(breaker.is_open());
}

#[tokio::test]
async fn refusals_are_no_failures() {
    let breaker = Breaker::new("identity", REST);
    calls(&breaker, Refusal, 100).await;
    assert!(!breaker.is_open());
}

#[tokio::test]
async fn it_is_left_alone_for_the_rest_and_no_longer() {
    let breaker = opened().await;
    let Err(Stopped::LeftAlone(left)) = breaker.call(|(): &()| true, ready(Ok::<_, ()>(()))).await else {
        panic!("the circuit is open");
    };
    assert!(left <= REST, "{left:?}");
    rested(&breaker).await;
    assert_eq!(call(&breaker, Well).await, Well);
}

#[tokio::test]
async fn one_trial_that_goes_well_closes_the_circuit() {
    let breaker = opened().await;
    rested(&breaker).await;
    assert!(breaker.is_open());
    calls(&breaker, Well, 1).await;
    assert!(!breaker.is_open());
    calls(&breaker, Failure, 9).await;
    assert!(!breaker.is_open());
    calls(&breaker, Failure, 1).await;
    assert!(breaker.is_open());
}

#[tokio::test]
async fn one_trial_that_fails_opens_it_for_another_rest() {
    let breaker = opened().await;
    rested(&breaker).await;
    calls(&breaker, Failure, 1).await;
    assert!(breaker.leaves_alone());
    assert_eq!(call(&breaker, Well).await, NotMade);
    rested(&breaker).await;
    calls(&breaker, Refusal, 1).await;
    assert!(!breaker.is_open(), "a refusal is an answer");
}

#[tokio::test]
async fn while_one_tries_nobody_else_does_and_a_trial_that_is_dropped_makes_room() {
    let breaker = opened().await;
    rested(&breaker).await;
    let (answer, answered) = oneshot::channel::<()>();
    let mut trial = Box::pin(breaker.call(|_| true, answered));
    assert!((&mut trial).now_or_never().is_none(), "the trial waits for its answer");
    assert_eq!(call(&breaker, Well).await, NotMade);
    drop(trial);
    drop(answer);
    assert_eq!(call(&breaker, Well).await, Well);
    assert!(!breaker.is_open());
}
