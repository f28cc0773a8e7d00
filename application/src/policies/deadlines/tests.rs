use std::time::Duration;

use acta_domain::{
    FinishedBy, FloorEvent, PersonId, SessionEvent, SessionId, SpeechRequestId, TenantId, TimeLimit,
    Timestamp,
};
use acta_proof::commitment::{Commitment, Salt};
use cqrs_es::DomainEvent;
use uuid::Uuid;

use super::SealAfter;
use super::fold::{SessionDeadlines, What};
use crate::log::{Position, RecordedEvent, Sequence, SessionIndex, StreamId};

const AN_HOUR: SealAfter = SealAfter(Some(Duration::from_hours(1)));

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_micros(1_800_000_000_000_000 + seconds * 1_000_000).unwrap()
}

fn recorded(position: u64, event: &impl DomainEvent) -> RecordedEvent {
    let session_id = SessionId::new(Uuid::from_u128(1));
    RecordedEvent {
        position: Position::new(position),
        tenant_id: TenantId::new(Uuid::from_u128(2)),
        session_id,
        session_index: SessionIndex::new(position - 1),
        stream: StreamId::of_session("any", session_id),
        sequence: Sequence::new(position),
        event_type: event.event_type(),
        event_version: 1,
        payload: serde_json::to_string(event).unwrap(),
        metadata: "{}".to_owned(),
        sealed: None,
        recorded_at: at(0),
        salt: Salt([0; 32]),
        commitment: Commitment([0; 32]),
    }
}

fn request() -> SpeechRequestId {
    SpeechRequestId::new(Uuid::from_u128(3))
}

fn approved(limit: Option<u64>) -> FloorEvent {
    FloorEvent::Approved {
        request_id: request(),
        person_id: PersonId::new(Uuid::from_u128(4)),
        time_limit_seconds: limit.map(|seconds| TimeLimit::new(seconds).unwrap()),
        at: at(10),
    }
}

#[test]
fn a_turn_with_a_limit_falls_due_when_the_limit_has_passed() {
    let mut deadlines = SessionDeadlines::default();
    deadlines.apply(&recorded(1, &approved(Some(60))), AN_HOUR).unwrap();
    let open: Vec<_> = deadlines.open().map(|(what, due)| (what, due.at, due.cause)).collect();
    assert_eq!(open, [(What::EndTurn(request()), at(70), Position::new(1))]);
}

#[test]
fn a_turn_without_a_limit_never_falls_due() {
    let mut deadlines = SessionDeadlines::default();
    deadlines.apply(&recorded(1, &approved(None)), AN_HOUR).unwrap();
    assert_eq!(deadlines.open().count(), 0);
}

#[test]
fn a_finished_turn_is_off_the_agenda() {
    let mut deadlines = SessionDeadlines::default();
    deadlines.apply(&recorded(1, &approved(Some(60))), AN_HOUR).unwrap();
    let finished = FloorEvent::Finished {
        request_id: request(),
        person_id: PersonId::new(Uuid::from_u128(4)),
        by: FinishedBy::Speaker,
        at: at(20),
    };
    deadlines.apply(&recorded(2, &finished), AN_HOUR).unwrap();
    assert_eq!(deadlines.open().count(), 0);
}

#[test]
fn the_end_of_a_session_closes_its_turns_and_opens_the_deadline_of_its_seal() {
    let mut deadlines = SessionDeadlines::default();
    deadlines.apply(&recorded(1, &approved(Some(60))), AN_HOUR).unwrap();
    deadlines.apply(&recorded(2, &SessionEvent::Ended { at: at(30) }), AN_HOUR).unwrap();
    let open: Vec<_> = deadlines.open().map(|(what, due)| (what, due.at)).collect();
    assert_eq!(open, [(What::Seal, at(3_630))]);
}

#[test]
fn a_service_that_does_not_seal_by_itself_has_no_such_deadline() {
    let mut deadlines = SessionDeadlines::default();
    deadlines.apply(&recorded(1, &SessionEvent::Ended { at: at(30) }), SealAfter(None)).unwrap();
    assert_eq!(deadlines.open().count(), 0);
}

#[test]
fn a_sealed_session_has_no_deadlines_left() {
    let mut deadlines = SessionDeadlines::default();
    deadlines.apply(&recorded(1, &SessionEvent::Ended { at: at(30) }), AN_HOUR).unwrap();
    deadlines.apply(&recorded(2, &SessionEvent::Sealed { at: at(40) }), AN_HOUR).unwrap();
    assert_eq!(deadlines.open().count(), 0);
}
