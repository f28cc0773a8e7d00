use std::time::Duration;

use acta_domain::{
    AssemblyId, ContentDigest, GovernanceNotice, Language, Languages, Limits, Modality, PublicId, Schedule,
    Session, SessionEvent, SessionId, TenantId, Timestamp,
};
use acta_proof::commitment::{Commitment, Salt};
use cqrs_es::{Aggregate as _, DomainEvent as _};
use proptest::prelude::*;
use tokio::time::Instant;
use uuid::Uuid;

use super::NoticePace;
use super::agenda::Agenda;
use super::fold::{SessionNotices, Step};
use crate::clock::Randomness;
use crate::log::{Position, RecordedEvent, Sequence, SessionIndex, StreamId};
use crate::views::RowKey;

const TRACE: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_micros(1_800_000_000_000_000 + seconds * 1_000_000).unwrap()
}

fn session_id() -> SessionId {
    SessionId::new(Uuid::from_u128(1))
}

fn assembly_id() -> AssemblyId {
    AssemblyId::parse("a1").unwrap()
}

fn recorded(position: u64, event: &SessionEvent) -> RecordedEvent {
    RecordedEvent {
        position: Position::new(position),
        tenant_id: TenantId::new(Uuid::from_u128(2)),
        session_id: session_id(),
        session_index: SessionIndex::new(position - 1),
        stream: StreamId::of_session("session", session_id()),
        sequence: Sequence::new(position),
        event_type: event.event_type(),
        event_version: 1,
        payload: serde_json::to_string(event).unwrap(),
        metadata: format!(r#"{{"traceparent":"{TRACE}"}}"#),
        sealed: None,
        recorded_at: at(0),
        salt: Salt([0; 32]),
        commitment: Commitment([0; 32]),
    }
}

/// A session of the assembly, or of none yet.
fn session(assembly_id: Option<AssemblyId>) -> Session {
    let mut session = Session::default();
    session.apply(SessionEvent::Created {
        session_id: session_id(),
        public_id: PublicId::new([1; 16]),
        modality: Modality::Hybrid,
        schedule: Schedule::new(at(0), None).unwrap(),
        languages: Languages::new(vec![Language::parse("en").unwrap()]).unwrap(),
        limits: Limits::default(),
        assembly_id,
        at: at(0),
    });
    session
}

fn notified(notice: GovernanceNotice) -> SessionEvent {
    SessionEvent::GovernanceNotified { assembly_id: assembly_id(), notice, at: at(9) }
}

fn data_recorded() -> SessionEvent {
    let digest = ContentDigest::new([1; 32]);
    SessionEvent::GovernanceDataRecorded { assembly_id: assembly_id(), digest, bytes: 2, at: at(9) }
}

/// What is owed after `events`, the first of which is at position 1.
fn after(session: &Session, events: &[SessionEvent]) -> SessionNotices {
    let mut notices = SessionNotices::default();
    for (position, event) in (1..).zip(events) {
        notices.apply(&recorded(position, event), event);
        if notices.is_unacquainted() {
            notices.acquaint(session);
        }
    }
    notices
}

fn next(notices: &SessionNotices) -> Option<(&'static str, u64)> {
    notices.next().map(|task| (task.step.as_str(), task.owed.cause.get()))
}

#[test]
fn the_start_is_told_before_the_end_and_then_what_governance_holds_is_read() {
    let serving = session(Some(assembly_id()));
    let mut events = vec![SessionEvent::Started { at: at(1) }, SessionEvent::Ended { at: at(2) }];
    assert_eq!(next(&after(&serving, &events)), Some(("session_started", 1)));
    events.push(notified(GovernanceNotice::SessionStarted));
    assert_eq!(next(&after(&serving, &events)), Some(("session_ended", 2)));
    events.push(notified(GovernanceNotice::SessionEnded));
    assert_eq!(next(&after(&serving, &events)), Some(("event_data", 4)));
    events.push(data_recorded());
    assert_eq!(next(&after(&serving, &events)), None);
}

#[test]
fn a_notice_says_when_it_happened_and_in_which_trace() {
    let notices = after(&session(Some(assembly_id())), &[SessionEvent::Started { at: at(7) }]);
    let task = notices.next().unwrap();
    assert_eq!((task.owed.at, task.owed.traceparent.as_deref()), (at(7), Some(TRACE)));
    assert_eq!((task.step, task.modality), (Step::Tell(GovernanceNotice::SessionStarted), Modality::Hybrid));
}

#[test]
fn after_the_seal_the_rest_is_told_but_nothing_is_read() {
    let serving = session(Some(assembly_id()));
    let started = SessionEvent::Started { at: at(1) };
    let ended = SessionEvent::Ended { at: at(2) };
    let sealed = SessionEvent::Sealed { at: at(3) };
    let notices = after(&serving, &[started, ended.clone(), sealed.clone()]);
    assert_eq!(next(&notices), Some(("session_started", 1)));
    let told = notified(GovernanceNotice::SessionEnded);
    assert_eq!(next(&after(&serving, &[ended, told, sealed])), None);
}

#[test]
fn a_session_that_serves_nothing_owes_nothing_until_it_is_said_to_serve_an_assembly() {
    let (alone, started) = (session(None), SessionEvent::Started { at: at(1) });
    assert_eq!(next(&after(&alone, std::slice::from_ref(&started))), None);
    let marked = SessionEvent::AssemblyCompleted { assembly_id: assembly_id(), at: at(2) };
    assert_eq!(next(&after(&alone, &[started, marked])), Some(("session_started", 1)));
}

#[test]
fn what_is_settled_is_no_longer_owed() {
    let serving = session(Some(assembly_id()));
    let events = [SessionEvent::Started { at: at(1) }, SessionEvent::Ended { at: at(2) }];
    let mut notices = after(&serving, &events);
    notices.settle(Position::new(1));
    assert_eq!(next(&notices), Some(("session_ended", 2)));
    notices.settle(Position::new(2));
    assert_eq!(next(&notices), None);
}

#[test]
fn what_was_kept_is_read_as_it_was() {
    let serving = session(Some(assembly_id()));
    let notices = after(&serving, &[SessionEvent::Started { at: at(1) }, SessionEvent::Ended { at: at(2) }]);
    let kept = serde_json::to_string(&notices).unwrap();
    assert_eq!(serde_json::from_str::<SessionNotices>(&kept).unwrap(), notices);
}

fn key() -> RowKey {
    RowKey { tenant: TenantId::new(Uuid::from_u128(2)), session: session_id(), id: "governance".to_owned() }
}

#[tokio::test(start_paused = true)]
async fn what_is_under_way_is_not_given_again_before_it_is_put_off_or_something_else_is_next() {
    let now = Instant::now();
    let serving = session(Some(assembly_id()));
    let events = [SessionEvent::Started { at: at(1) }, SessionEvent::Ended { at: at(2) }];
    let first = after(&serving, &events);
    let mut agenda = Agenda::default();
    agenda.enter(&key(), &first, now);
    let (_, task) = agenda.take(now).unwrap();
    agenda.enter(&key(), &first, now);
    assert_eq!((agenda.take(now), agenda.next_due(), agenda.tally().pending), (None, None, 1));
    let later = now + Duration::from_secs(1);
    assert_eq!(agenda.failed(&key(), &task, false), Some(1));
    agenda.put_off(&key(), &task, later);
    assert!(agenda.tally().failing && agenda.take(now).is_none());
    assert_eq!(agenda.take(later).unwrap().1, task);
    let [started, ended] = events;
    let then = after(&serving, &[started, ended, notified(GovernanceNotice::SessionStarted)]);
    agenda.enter(&key(), &then, now);
    assert_eq!(agenda.failed(&key(), &task, false), None);
    agenda.put_off(&key(), &task, later);
    assert_eq!(agenda.take(now).unwrap().1.owed.cause, Position::new(2));
    agenda.enter(&key(), &SessionNotices::default(), now);
    assert_eq!((agenda.tally().pending, agenda.next_due()), (0, None));
}

/// Always the same byte.
struct Always(u8);

impl Randomness for Always {
    fn fill(&self, bytes: &mut [u8]) {
        bytes.fill(self.0);
    }
}

#[test]
fn the_waits_double_from_a_second_to_a_minute() {
    let waits = [1, 2, 3, 6, 7, 8, 1_000, u32::MAX]
        .map(|failures| NoticePace::default().after(failures, &Always(255)).as_secs());
    assert_eq!(waits, [1, 2, 4, 32, 60, 60, 60, 60]);
}

proptest! {
    #[test]
    fn a_wait_lies_between_half_and_all_of_what_has_doubled(failures in 1_u32..100, byte: u8) {
        let pace = NoticePace::default();
        let wait = pace.after(failures, &Always(byte));
        prop_assert!(wait >= pace.after(failures, &Always(0)) && wait <= pace.after(failures, &Always(255)));
        prop_assert!(wait >= pace.first / 2 && wait <= pace.longest);
    }
}
