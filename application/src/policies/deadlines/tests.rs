use std::time::Duration;

use acta_domain::{
    FinishedBy, FloorEvent, PersonId, QueuePolicy, SessionEvent, SessionId, SpeechRequestId, TenantId,
    TimeLimit, Timestamp, WarningTime,
};
use acta_proof::commitment::{Commitment, Salt};
use cqrs_es::DomainEvent;
use uuid::Uuid;

use super::SealAfter;
use super::agenda::{Agenda, Entry};
use super::fold::{SessionDeadlines, What};
use crate::log::{Position, RecordedEvent, Sequence, SessionIndex, StreamId};
use crate::views::RowKey;

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
    let cause = Position::new(1);
    assert_eq!(open, [(What::Warn(request()), at(58), cause), (What::EndTurn(request()), at(70), cause)]);
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

fn person_id() -> PersonId {
    PersonId::new(Uuid::from_u128(4))
}

fn warned(seconds: i64) -> FloorEvent {
    let remaining_seconds = WarningTime::new(12).unwrap();
    FloorEvent::Warned { request_id: request(), person_id: person_id(), remaining_seconds, at: at(seconds) }
}

fn paused(seconds: i64) -> FloorEvent {
    FloorEvent::Paused { request_id: request(), person_id: person_id(), at: at(seconds) }
}

fn resumed(seconds: i64) -> FloorEvent {
    FloorEvent::Resumed { request_id: request(), person_id: person_id(), at: at(seconds) }
}

fn warning_of(seconds: u64) -> FloorEvent {
    let warning_seconds = WarningTime::new(seconds).ok();
    FloorEvent::RulesSet { queue_policy: QueuePolicy::PriorityV1, warning_seconds, at: at(1) }
}

/// The deadlines after these events, the first of which is at position 1.
fn after(events: &[FloorEvent]) -> SessionDeadlines {
    let mut deadlines = SessionDeadlines::default();
    for (position, event) in (1..).zip(events) {
        deadlines.apply(&recorded(position, event), AN_HOUR).unwrap();
    }
    deadlines
}

fn open(deadlines: &SessionDeadlines) -> Vec<(What, Timestamp)> {
    deadlines.open().map(|(what, due)| (what, due.at)).collect()
}

#[test]
fn a_turn_that_was_warned_only_ends() {
    let deadlines = after(&[approved(Some(60)), warned(58)]);
    assert_eq!(open(&deadlines), [(What::EndTurn(request()), at(70))]);
}

#[test]
fn nothing_falls_due_while_a_turn_is_paused_and_then_the_rest_of_its_time_goes_on() {
    let mut deadlines = after(&[approved(Some(60)), paused(30)]);
    assert_eq!(open(&deadlines), []);
    deadlines.apply(&recorded(3, &resumed(100)), AN_HOUR).unwrap();
    let due: Vec<_> = deadlines.open().map(|(what, due)| (what, due.at, due.cause)).collect();
    let cause = Position::new(3);
    assert_eq!(due, [(What::Warn(request()), at(128), cause), (What::EndTurn(request()), at(140), cause)]);
    let warned = after(&[approved(Some(60)), warned(58), paused(60), resumed(100)]);
    assert_eq!(open(&warned), [(What::EndTurn(request()), at(110))]);
}

#[test]
fn the_rules_in_force_say_when_a_turn_is_warned() {
    for events in [[warning_of(20), approved(Some(60))], [approved(Some(60)), warning_of(20)]] {
        let due = [(What::Warn(request()), at(50)), (What::EndTurn(request()), at(70))];
        assert_eq!(open(&after(&events)), due);
    }
    assert_eq!(open(&after(&[warning_of(60), approved(Some(60))])), [(What::EndTurn(request()), at(70))]);
}

#[test]
fn deadlines_that_were_kept_are_read_as_they_were() {
    let kept = after(&[warning_of(20), approved(Some(60)), paused(30)]);
    let text = serde_json::to_string(&kept).unwrap();
    assert_eq!(serde_json::from_str::<SessionDeadlines>(&text).unwrap(), kept);
}

#[test]
fn a_row_from_before_turns_could_be_paused_is_read_and_its_turn_can_be() {
    let row = format!(r#"{{"turns":{{"{}":{{"at":"{}","cause":7}}}},"seal":null}}"#, request(), at(70));
    let mut deadlines: SessionDeadlines = serde_json::from_str(&row).unwrap();
    let due = deadlines.open().find(|(what, _)| *what == What::EndTurn(request())).unwrap().1;
    assert_eq!((due.at, due.cause), (at(70), Position::new(7)));
    deadlines.apply(&recorded(8, &paused(30)), AN_HOUR).unwrap();
    deadlines.apply(&recorded(9, &resumed(100)), AN_HOUR).unwrap();
    assert!(open(&deadlines).contains(&(What::EndTurn(request()), at(140))));
}

#[test]
fn what_was_put_off_is_replaced_when_the_turn_changes_and_not_put_back_afterwards() {
    let key = RowKey {
        tenant: TenantId::new(Uuid::from_u128(2)),
        session: SessionId::new(Uuid::from_u128(1)),
        id: "deadlines".to_owned(),
    };
    let (before, then) =
        (after(&[approved(Some(60)), warned(58)]), after(&[approved(Some(60)), warned(58), paused(60)]));
    let mut agenda = Agenda::default();
    agenda.enter(&key, &SessionDeadlines::default(), &before);
    let (entry, cause) = agenda.next().unwrap();
    agenda.put_off(&entry, cause, at(71));
    let (later, _): (Entry, _) = agenda.next().unwrap();
    assert_eq!(later.0, at(71));
    agenda.enter(&key, &before, &then);
    assert_eq!(agenda.next(), None);
    agenda.put_off(&later, cause, at(72));
    agenda.remove(&later, cause);
    assert_eq!(agenda.next(), None);
}
