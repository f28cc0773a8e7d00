//! Whatever the order and however often messages come: the session ends as if they had come once and in order.

use acta_application::inbound::GovernanceType::{
    AssemblyActivated, AssemblyCompleted, VoteClosed, VoteStarted,
};
use acta_application::inbound::{GovernanceType, InboundMessage, Inbox, Verdict};
use acta_domain::{Session, SessionId};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde_json::Value;

use super::{Post, assert_changed, of, vote};

/// A delivery of one of the messages of an assembly.
#[derive(Debug, Clone)]
struct Delivery {
    /// Which message.
    number: usize,
    /// As a CloudEvent, or as plain JSON at its place.
    event: bool,
}

const VOTES: usize = 3;

fn story(assembly: &str) -> Vec<(GovernanceType, Value)> {
    let votes = (0..VOTES).map(|number| vote(assembly, &format!("v-{number}")));
    let votes = votes.flat_map(|body| [(VoteStarted, body.clone()), (VoteClosed, body)]);
    let mut story = vec![(AssemblyActivated, of(assembly))];
    story.extend(votes);
    story.push((AssemblyCompleted, of(assembly)));
    story
}

/// Every message at least once, some more often, in any order.
fn deliveries() -> impl Strategy<Value = Vec<Delivery>> {
    let messages = 2 * VOTES + 2;
    let again = prop::collection::vec(0..messages, 0..8);
    let order = again.prop_map(move |again| (0..messages).chain(again).collect::<Vec<_>>()).prop_shuffle();
    order.prop_flat_map(|order| {
        let events = prop::collection::vec(any::<bool>(), order.len());
        events.prop_map(move |events| {
            order.iter().zip(events).map(|(number, event)| Delivery { number: *number, event }).collect()
        })
    })
}

fn message(post: &Post, assembly: &str, delivery: &Delivery) -> InboundMessage {
    let (kind, body) = &story(assembly)[delivery.number];
    if !delivery.event {
        return post.plain(*kind, body);
    }
    post.event(&format!("{assembly}/{}", delivery.number), *kind, body)
}

/// Hands `messages` in again and again as a transport does, until all are done.
async fn hand_in(post: &Post, mut messages: Vec<InboundMessage>) {
    while !messages.is_empty() {
        let before = messages.len();
        let mut waiting = Vec::new();
        for message in messages {
            match post.inbox.handle(&message).await {
                Verdict::Done { .. } => {}
                Verdict::NotYet(_) => waiting.push(message),
                verdict => panic!("{message:?}: {verdict:?}"),
            }
        }
        assert!(waiting.len() < before, "nothing came of a whole round: {waiting:?}");
        messages = waiting;
    }
}

async fn state_after(post: &Post, session: SessionId, assembly: &str, deliveries: &[Delivery]) -> Session {
    let messages: Vec<_> = deliveries.iter().map(|delivery| message(post, assembly, delivery)).collect();
    let comes_last = |message: &InboundMessage| {
        message.event_type.parse::<GovernanceType>().is_ok_and(GovernanceType::comes_last)
    };
    let (last, others): (Vec<_>, Vec<_>) = messages.into_iter().partition(comes_last);
    hand_in(post, others).await;
    hand_in(post, last.clone()).await;
    post.state(session).await
}

/// What a session remembers, but for who it is.
fn essence(session: &Session) -> Value {
    let mut state = serde_json::to_value(session).unwrap();
    state["created"]["session_id"] = Value::Null;
    state["created"]["public_id"] = Value::Null;
    state["created"]["details"]["assembly_id"] = Value::Null;
    state["activated_assembly"] = Value::Bool(!state["activated_assembly"].is_null());
    state["completed_assembly"] = Value::Bool(!state["completed_assembly"].is_null());
    state
}

#[test]
fn any_order_and_any_repetition_end_in_the_same_session() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let post = runtime.block_on(Post::open());
    let in_order: Vec<_> = (0..2 * VOTES + 2).map(|number| Delivery { number, event: false }).collect();
    let expected = runtime.block_on(async {
        let session = post.session_for("in-order").await;
        essence(&state_after(&post, session, "in-order", &in_order).await)
    });
    let assemblies = std::sync::atomic::AtomicUsize::new(0);
    let mut runner = TestRunner::new(Config { cases: 48, failure_persistence: None, ..Config::default() });
    let outcome = runner.run(&deliveries(), |deliveries| {
        let number = assemblies.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        let assembly = format!("assembly-{number}");
        let (state, events) = runtime.block_on(async {
            let session = post.session_for(&assembly).await;
            let state = state_after(&post, session, &assembly, &deliveries).await;
            let events = post.room.log.session_size(crate::room::tenant(), session).await.unwrap();
            (essence(&state), events)
        });
        prop_assert_eq!(&state, &expected);
        // Two create it; then each message has its effect once, and two of them have two events.
        prop_assert_eq!(events, 2 + 2 * VOTES as u64 + 4);
        Ok(())
    });
    outcome.unwrap();
    runtime.block_on(post.close());
}

#[tokio::test(flavor = "multi_thread")]
async fn many_at_once_have_their_effect_once_each() {
    let post = Post::open().await;
    let session = post.session_for("a-1").await;
    assert_changed(&post.told(AssemblyActivated, &of("a-1")).await);
    let message = |number: usize| {
        let vote = vote("a-1", &format!("v-{}", number % 20));
        post.event(&format!("e-{}", number % 40), VoteStarted, &vote)
    };
    let messages: Vec<_> = (0..80).map(message).collect();
    let verdicts = futures::future::join_all(messages.iter().map(|message| post.inbox.handle(message))).await;
    let changed = verdicts.iter().filter(|verdict| matches!(verdict, Verdict::Done { changed: true, .. }));
    assert_eq!(changed.count(), 20);
    assert!(verdicts.iter().all(|verdict| matches!(verdict, Verdict::Done { .. })), "{verdicts:?}");
    assert_eq!(post.state(session).await.open_votes().count(), 20);
    post.close().await;
}
