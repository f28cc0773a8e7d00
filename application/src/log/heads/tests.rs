use std::collections::HashMap;

use acta_domain::PersonId;
use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use crate::log::{Actor, Guard, Metadata, NewEvent};

fn tenant(number: u8) -> TenantId {
    TenantId::new(Uuid::from_u128(1_000 + u128::from(number)))
}

fn session(number: u8) -> SessionId {
    SessionId::new(Uuid::from_u128(2_000 + u128::from(number)))
}

fn stream(number: u8) -> StreamId {
    StreamId::of_session("floor", session(number))
}

fn moment(micros: i64) -> Timestamp {
    Timestamp::from_micros(micros).expect("it is after 1970")
}

/// Command `id` of tenant 0, with `events` events for the stream and session `of`.
fn append(id: u128, of: u8, events: usize) -> Append {
    let event = NewEvent {
        event_type: "floor.word-said.v1".to_owned(),
        event_version: 1,
        payload: "{}".to_owned(),
        sealed: None,
    };
    Append {
        tenant_id: tenant(0),
        session_id: session(of),
        stream: stream(of),
        expected: ExpectedVersion::Any,
        guards: Vec::new(),
        rests_on: Vec::new(),
        metadata: Metadata {
            actor: Actor::Person(PersonId::new(Uuid::nil())),
            command_id: CommandId(Uuid::from_u128(id)),
            correlation_id: Uuid::nil(),
            causation: None,
            traceparent: None,
        },
        command_digest: CommandDigest([0; 32]),
        events: vec![event; events],
    }
}

fn heads() -> LogHeads {
    LogHeads::new(Position::new(10), moment(500))
}

#[test]
fn places_go_on_where_the_log_ends() {
    let mut heads = heads();
    heads.know_session(session(1), tenant(0), 4, moment(0));
    heads.know_stream(stream(1), tenant(0), Sequence::new(3));
    let (places, outcome) = heads.admit(&append(1, 1, 2), moment(900)).expect("nothing stands in its way");
    assert_eq!(places[0].position, Position::new(11));
    assert_eq!((places[0].session_index, places[0].sequence), (SessionIndex::new(4), Sequence::new(4)));
    assert_eq!((outcome.first, outcome.last), (Position::new(11), Position::new(12)));
    assert_eq!((outcome.session_index, outcome.sequence), (SessionIndex::new(5), Sequence::new(5)));
    assert_eq!(outcome.recorded_at, moment(900));
}

#[test]
fn a_clock_that_was_set_back_does_not_make_events_older() {
    let (_, outcome) = heads().admit(&append(1, 1, 1), moment(3)).expect("nothing stands in its way");
    assert_eq!(outcome.recorded_at, moment(500));
}

#[test]
fn a_command_of_the_same_batch_is_known() {
    let mut heads = heads();
    let (_, first) = heads.admit(&append(1, 1, 1), moment(900)).expect("nothing stands in its way");
    match heads.admit(&append(1, 1, 1), moment(900)) {
        Err(AppendError::AlreadyAppended { outcome, same_command: true }) => assert_eq!(outcome, first),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_known_command_is_told_before_any_conflict() {
    let mut heads = heads();
    heads.admit(&append(1, 1, 1), moment(900)).expect("nothing stands in its way");
    let again = Append { expected: ExpectedVersion::Exactly(Sequence::default()), ..append(1, 1, 1) };
    assert!(matches!(heads.admit(&again, moment(900)), Err(AppendError::AlreadyAppended { .. })));
}

#[test]
fn a_refusal_leaves_the_heads_alone() {
    let mut heads = heads();
    let guard = Guard { stream: stream(2), version: Sequence::new(1) };
    let guarded = Append { guards: vec![guard], ..append(1, 1, 1) };
    assert!(matches!(heads.admit(&guarded, moment(900)), Err(AppendError::Conflict { .. })));
    assert!(matches!(heads.admit(&append(2, 1, 0), moment(900)), Err(AppendError::TooLarge { .. })));
    let (places, _) = heads.admit(&append(1, 1, 1), moment(900)).expect("the command was never appended");
    assert_eq!((places[0].position, places[0].sequence), (Position::new(11), Sequence::new(1)));
}

#[test]
fn a_session_belongs_to_the_tenant_that_came_first() {
    let mut heads = heads();
    heads.admit(&append(1, 1, 1), moment(900)).expect("nothing stands in its way");
    let foreign = Append { tenant_id: tenant(1), ..append(2, 1, 1) };
    assert!(matches!(heads.admit(&foreign, moment(900)), Err(AppendError::Foreign { .. })));
}

/// What a writer tries: command id, session, tenant, events, expected version if any, time.
fn attempts() -> impl Strategy<Value = Vec<(u8, u8, u8, usize, Option<u64>, i64)>> {
    let attempt = (0..60_u8, 0..4_u8, 0..2_u8, 0..4_usize, prop::option::of(0..6_u64), 0..2_000_i64);
    prop::collection::vec(attempt, 0..80)
}

proptest! {
    #[test]
    fn any_interleaving_of_appends_leaves_no_gap(attempts in attempts()) {
        let mut heads = heads();
        let mut last = (heads.position(), moment(500));
        let mut sessions: HashMap<SessionId, (TenantId, u64)> = HashMap::new();
        let mut streams: HashMap<StreamId, u64> = HashMap::new();
        for (id, of, whose, events, expected, now) in attempts {
            let expected = expected.map_or(ExpectedVersion::Any, |version| ExpectedVersion::Exactly(Sequence::new(version)));
            let append = Append { tenant_id: tenant(whose), expected, ..append(u128::from(id), of, events) };
            let Ok((places, outcome)) = heads.admit(&append, moment(now)) else { continue };
            prop_assert_eq!(places.len(), append.events.len());
            let (owner, size) = sessions.entry(append.session_id).or_insert((append.tenant_id, 0));
            prop_assert_eq!(*owner, append.tenant_id);
            let version = streams.entry(append.stream.clone()).or_default();
            if let ExpectedVersion::Exactly(expected) = append.expected {
                prop_assert_eq!(expected.get(), *version);
            }
            for place in &places {
                prop_assert_eq!(place.position, last.0.next());
                prop_assert!(place.recorded_at >= last.1);
                prop_assert_eq!(place.session_index, SessionIndex::new(*size));
                prop_assert_eq!(place.sequence, Sequence::new(*version + 1));
                last = (place.position, place.recorded_at);
                *size += 1;
                *version += 1;
            }
            prop_assert_eq!(outcome.last, last.0);
            prop_assert_eq!(heads.position(), last.0);
        }
    }
}
