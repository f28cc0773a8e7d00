use crate::log::{Position, RecordedEvent, Sequence, SessionIndex, StreamId};
use acta_domain::{SessionId, TenantId, Timestamp};
use acta_proof::commitment::{Commitment, Salt};
use uuid::Uuid;

use super::*;

fn tenant(number: u64) -> TenantId {
    TenantId::new(Uuid::from_u128(number.into()))
}

/// The events of odd positions are tenant 1's, the others tenant 0's.
fn event(position: u64, payload: &str) -> RecordedEvent {
    let session = SessionId::new(Uuid::from_u128(7));
    RecordedEvent {
        position: Position::new(position),
        tenant_id: tenant(position % 2),
        session_id: session,
        session_index: SessionIndex::new(position),
        stream: StreamId::of_session("transcript", session),
        sequence: Sequence::new(position),
        event_type: "transcript.chunk.v1".to_owned(),
        event_version: 1,
        payload: payload.to_owned(),
        metadata: "{}".to_owned(),
        sealed: None,
        recorded_at: Timestamp::from_micros(0).unwrap(),
        salt: Salt([0; 32]),
        commitment: Commitment([0; 32]),
    }
}

fn tail(positions: impl Iterator<Item = u64>) -> Tail {
    let tail = Tail::default();
    tail.extend(positions.map(|position| event(position, "{}")));
    tail
}

fn feed(tail: &Tail, scope: FeedScope, after: u64, head: u64, limit: usize) -> Option<(Vec<u64>, u64)> {
    let page = tail.feed(scope, Position::new(after), Position::new(head), limit)?;
    Some((page.events.iter().map(|event| event.position.get()).collect(), page.reached.get()))
}

#[test]
fn a_follower_gets_what_is_behind_its_place_up_to_the_head() {
    let tail = tail(5..=9);
    assert_eq!(feed(&tail, FeedScope::All, 4, 8, 100), Some((vec![5, 6, 7, 8], 8)));
    assert_eq!(feed(&tail, FeedScope::All, 6, 8, 1), Some((vec![7], 7)));
}

#[test]
fn a_tenant_gets_its_own_and_reaches_the_head() {
    let tail = tail(5..=9);
    assert_eq!(feed(&tail, FeedScope::Tenant(tenant(1)), 4, 8, 100), Some((vec![5, 7], 8)));
    assert_eq!(feed(&tail, FeedScope::Tenant(tenant(1)), 4, 9, 2), Some((vec![5, 7], 7)));
}

#[test]
fn whoever_is_further_behind_is_sent_to_the_file() {
    let tail = tail(5..=9);
    assert_eq!(feed(&tail, FeedScope::All, 3, 9, 100), None);
    assert_eq!(feed(&tail, FeedScope::All, 4, 10, 100), None);
    assert_eq!(feed(&Tail::default(), FeedScope::All, 3, 9, 100), None);
}

#[test]
fn nobody_is_sent_to_the_file_for_nothing() {
    assert_eq!(feed(&Tail::default(), FeedScope::All, 9, 9, 100), Some((vec![], 9)));
}

#[test]
fn a_gap_or_a_doubt_makes_it_begin_anew() {
    let doubted = tail(1..=4);
    doubted.extend([event(6, "{}")].into_iter());
    assert_eq!(feed(&doubted, FeedScope::All, 3, 6, 100), None);
    assert_eq!(feed(&doubted, FeedScope::All, 5, 6, 100), Some((vec![6], 6)));
    doubted.clear();
    assert_eq!(feed(&doubted, FeedScope::All, 5, 6, 100), None);
}

#[test]
fn it_is_bounded_in_events_and_in_bytes() {
    let many = tail(1..=10_000);
    assert_eq!(many.run().events.len(), MOST_EVENTS);
    let large = Tail::default();
    large.extend((1..=64).map(|position| event(position, &"x".repeat(256 * 1024))));
    assert!(large.run().bytes <= MOST_BYTES && large.run().events.len() == 15);
}
