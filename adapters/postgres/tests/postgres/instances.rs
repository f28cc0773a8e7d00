//! Several instances append to one log.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use acta_application::log::{
    AppendError, EventLog, ExpectedVersion, Guard, Position, Sequence, SessionIndex,
};
use tokio::task::JoinSet;

use crate::given::{everything, instance, say, session, stream, tenant};
use crate::store::Store;

#[tokio::test(flavor = "multi_thread")]
async fn three_instances_leave_no_gap_and_take_no_place_twice() {
    const WRITERS: u128 = 12;
    const APPENDS: u128 = 25;
    let store = Store::fresh().await;
    let instances = [instance(&store).await, instance(&store).await, instance(&store).await];
    let mut writers = JoinSet::new();
    for writer in 0..WRITERS {
        let log = instances[usize::try_from(writer % 3).unwrap()].clone();
        writers.spawn(async move {
            let mut places = Vec::new();
            for number in 0..APPENDS {
                // Two sessions, so that the instances meet each other all the time.
                places.push(log.append(say("word", number % 2)).await.unwrap());
            }
            places
        });
    }
    let acknowledged: Vec<_> = writers.join_all().await.into_iter().flatten().collect();
    let head = Position::new(u64::try_from(WRITERS * APPENDS).unwrap());
    let events = everything(&instances[0], head).await;

    let mut indexes: HashMap<_, SessionIndex> = HashMap::new();
    for (event, position) in events.iter().zip(1..) {
        assert_eq!(event.position, Position::new(position));
        let index = indexes.entry(event.session_id).or_default();
        assert_eq!(event.session_index, *index);
        *index = index.next();
    }
    let told: HashSet<Position> = acknowledged.iter().map(|place| place.first).collect();
    assert_eq!(told.len(), events.len(), "every acknowledged event has a place of its own");
    assert!(acknowledged.iter().all(|place| {
        let event = &events[usize::try_from(place.first.get()).unwrap() - 1];
        event.sequence == place.sequence && event.session_index == place.session_index
    }));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_that_another_instance_moved_is_a_conflict_with_its_true_version() {
    let store = Store::fresh().await;
    let (one, other) = (instance(&store).await, instance(&store).await);
    let expecting = |version| ExpectedVersion::Exactly(Sequence::new(version));
    one.append(say("first", 1)).await.unwrap();
    other.append(say("second", 1)).await.unwrap();

    let mut late = say("late", 1);
    late.expected = expecting(1);
    match one.append(late).await {
        Err(AppendError::Conflict { actual, .. }) => assert_eq!(actual, Sequence::new(2)),
        answer => panic!("{answer:?}"),
    }
    let mut informed = say("informed", 1);
    informed.expected = expecting(2);
    assert_eq!(one.append(informed).await.unwrap().first, Position::new(3));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_guarded_stream_that_another_instance_moved_is_a_conflict() {
    let store = Store::fresh().await;
    let (one, other) = (instance(&store).await, instance(&store).await);
    one.append(say("first", 1)).await.unwrap();
    other.append(say("second", 1)).await.unwrap();

    let mut resting = say("resting", 2);
    resting.guards = vec![Guard { stream: stream(1), version: Sequence::new(1) }];
    assert!(matches!(one.append(resting.clone()).await, Err(AppendError::Conflict { .. })));
    resting.guards[0].version = Sequence::new(2);
    one.append(resting).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_command_sent_to_two_instances_at_the_same_time_is_done_once() {
    let store = Store::fresh().await;
    let (one, other) = (instance(&store).await, instance(&store).await);
    for number in 0..20 {
        let append = say("word", number);
        let (first, second) = tokio::join!(one.append(append.clone()), other.append(append));
        let done = match (first, second) {
            (Ok(done), Err(AppendError::AlreadyAppended { outcome, same_command }))
            | (Err(AppendError::AlreadyAppended { outcome, same_command }), Ok(done)) => {
                assert!(same_command);
                assert_eq!(outcome, done);
                done
            }
            answers => panic!("{answers:?}"),
        };
        assert_eq!(one.session_size(tenant(1), session(number)).await.unwrap(), 1, "at {}", done.first);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_one_instance_appends_wakes_the_other() {
    let store = Store::fresh().await;
    let (one, other) = (instance(&store).await, instance(&store).await);
    let mut head = other.head();
    for number in 1..=3 {
        one.append(say("word", 1)).await.unwrap();
        let woken = head.wait_for(|head| *head >= Position::new(number));
        tokio::time::timeout(Duration::from_secs(10), woken).await.expect("it is told").unwrap();
    }
    assert_eq!(everything(&other, Position::new(3)).await.len(), 3);
}
