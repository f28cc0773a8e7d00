//! Who fails too often is left alone for a while.

use std::time::Duration;

use acta_application::neighbours::{Neighbour, NeighbourError};
use acta_neighbours::{Fault, House};
use futures::future::join_all;

use crate::asked::{Question, house};
use crate::given::{Beside, all, options, until};

const REST: Duration = Duration::from_secs(1);
/// Short enough to be waited for ten times.
const QUICK: Duration = Duration::from_millis(200);

/// An identity service that has failed ten times.
async fn opened() -> (House, Beside) {
    let house = house().await;
    let beside = all(&house, options().with_rest(REST));
    house.identity.set(Fault::TooMany { retry_after: None }).await;
    for _ in 0..10 {
        assert!(matches!(Question::Token.ask(&beside).await, Err(NeighbourError::Busy { .. })));
    }
    assert_eq!(house.identity.count(), 10);
    (house, beside)
}

async fn rested(beside: &Beside) {
    until(|| beside.state(Neighbour::Identity).0 != "left_alone").await;
}

#[tokio::test]
async fn after_ten_failures_it_is_not_asked_and_whoever_asks_hears_how_long() {
    let (house, beside) = opened().await;
    let Err(NeighbourError::LeftAlone { neighbour, retry_after }) = Question::Code.ask(&beside).await else {
        panic!("it is left alone");
    };
    assert_eq!(neighbour, Neighbour::Identity);
    assert!(retry_after <= REST && !retry_after.is_zero(), "{retry_after:?}");
    assert_eq!(house.identity.count(), 10, "nobody asked it");
    assert_eq!(beside.state(Neighbour::Identity), ("left_alone", false));
    Question::Retention.ask(&beside).await.expect("the others are asked as before");
}

#[tokio::test]
async fn after_the_rest_one_call_tries_and_its_success_is_everybodys() {
    let (house, beside) = opened().await;
    house.identity.set(Fault::None).await;
    rested(&beside).await;
    assert_eq!(beside.state(Neighbour::Identity), ("fails", false));
    Question::Token.ask(&beside).await.expect("it answers again");
    assert_eq!(beside.state(Neighbour::Identity), ("answers", true));
    for result in join_all((0..20).map(|_| Question::Token.ask(&beside))).await {
        result.expect("it answers again");
    }
    assert_eq!(house.identity.count(), 31);
}

#[tokio::test]
async fn a_crowd_that_comes_after_the_rest_sends_one_ahead() {
    let (house, beside) = opened().await;
    rested(&beside).await;
    let results = join_all((0..50).map(|_| Question::Token.ask(&beside))).await;
    let alone =
        results.iter().filter(|result| matches!(result, Err(NeighbourError::LeftAlone { .. }))).count();
    assert_eq!((alone, house.identity.count()), (49, 11));
    assert_eq!(beside.state(Neighbour::Identity), ("left_alone", false));
}

#[tokio::test]
async fn time_outs_and_cut_connections_count_and_refusals_do_not() {
    let house = house().await;
    let beside = all(&house, options().with_bound(QUICK));
    house.governance.set(Fault::Slow(Duration::from_mins(1))).await;
    house.profiles.set(Fault::Refuse).await;
    house.compliance.set(Fault::Status(418)).await;
    for question in [Question::EventData, Question::Eligible, Question::Retention] {
        // One after the other: those that ask for the same together have it asked once.
        for _ in 0..10 {
            question.ask(&beside).await.expect_err("the fault is on");
        }
    }
    assert_eq!(beside.state(Neighbour::Governance).0, "left_alone");
    assert_eq!(beside.state(Neighbour::Profiles).0, "left_alone");
    assert_eq!(beside.state(Neighbour::Compliance), ("answers", true));
}

#[tokio::test]
async fn nobody_is_asked_before_somebody_needs_it() {
    let house = house().await;
    let beside = all(&house, options());
    for neighbour in Neighbour::ALL {
        assert_eq!(beside.state(neighbour), ("unasked", true));
    }
    for (name, switches) in house.switches() {
        assert_eq!(switches.count(), 0, "{name}");
    }
}
