//! Given these events, the row of the session is …

use acta_application::log::{Position, Sequence};
use acta_domain::values::{
    ContentDigest, GovernanceNotice, Language, Languages, Limits, Modality, Schedule, SessionStatus,
};
use acta_domain::{AssemblyId, AttendanceEvent, PublicId, SessionEvent, VoteId};

use super::{GovernanceDataView, GovernanceNotifiedView, ROW, SessionView, Sessions};
use crate::Projection as _;
use crate::given::{Story, person, second, session};

fn languages() -> Languages {
    Languages::new(vec![Language::parse("el").unwrap()]).unwrap()
}

fn created() -> Story {
    let created = SessionEvent::Created {
        session_id: session(),
        public_id: PublicId::new([7; 16]),
        modality: Modality::Hybrid,
        schedule: Schedule::new(second(60), None).unwrap(),
        languages: languages(),
        limits: Limits::default(),
        assembly_id: None,
        at: second(0),
    };
    Story::default().then(created).then_sealed(described(0), 1)
}

fn described(at: i64) -> SessionEvent {
    SessionEvent::Described { at: second(at) }
}

fn row(story: &Story) -> SessionView {
    story.row::<Sessions>(ROW)
}

fn title(view: &SessionView) -> &[u8] {
    &view.title.as_ref().unwrap().0.ciphertext
}

fn vote(id: &str) -> VoteId {
    VoteId::parse(id).unwrap()
}

#[test]
fn a_created_session_is_scheduled_and_found_by_its_planned_start() {
    let view = row(&created());
    assert_eq!(view.status, SessionStatus::Scheduled);
    assert_eq!(title(&view), [1; 3]);
    let columns = Sessions::columns(&view);
    assert_eq!(columns.status.as_deref(), Some("scheduled"));
    assert_eq!(columns.kind.as_deref(), Some("hybrid"));
    assert_eq!(columns.rank, second(60).as_micros());
}

#[test]
fn a_session_is_started_ended_and_sealed() {
    let story = created()
        .then(SessionEvent::Started { at: second(1) })
        .then(SessionEvent::Ended { at: second(2) })
        .then(SessionEvent::Sealed { at: second(3) });
    let view = row(&story);
    assert_eq!((view.status, view.sealed), (SessionStatus::Completed, true));
    assert_eq!(view.started_at, Some(second(1)));
    assert_eq!(view.over_at(), Some(second(2)));
    assert_eq!(view.sealed_at, Some(second(3)));
}

#[test]
fn a_cancelled_session_keeps_its_title_and_the_sealed_reason() {
    let story = created().then(SessionEvent::Cancelled { at: second(5) });
    let view = row(&story.then_sealed(SessionEvent::Described { at: second(5) }, 9));
    assert_eq!(view.status, SessionStatus::Cancelled);
    assert_eq!(view.over_at(), Some(second(5)));
    assert_eq!(title(&view), [1; 3]);
    assert_eq!(view.cancellation.unwrap().0.ciphertext, [9; 3]);
}

#[test]
fn an_update_replaces_the_details_and_keeps_the_title() {
    let update = SessionEvent::Updated {
        modality: Modality::Virtual,
        schedule: Schedule::new(second(120), Some(second(240))).unwrap(),
        languages: languages(),
        limits: Limits::default(),
        assembly_id: Some(AssemblyId::parse("assembly-1").unwrap()),
        at: second(1),
    };
    let view = row(&created().then(update));
    assert_eq!(view.modality, Modality::Virtual);
    assert_eq!(view.schedule.ends_at(), Some(second(240)));
    assert_eq!(view.assembly_id, Some(AssemblyId::parse("assembly-1").unwrap()));
    assert_eq!(title(&view), [1; 3]);
}

#[test]
fn the_last_title_counts() {
    assert_eq!(title(&row(&created().then_sealed(described(1), 2))), [2; 3]);
}

#[test]
fn votes_and_assembly_marks_are_kept_with_their_times() {
    let assembly_id = AssemblyId::parse("assembly-1").unwrap();
    let story = created()
        .then(SessionEvent::AssemblyActivated { assembly_id: assembly_id.clone(), at: second(1) })
        .then(SessionEvent::VoteOpened { vote_id: vote("v1"), at: second(2) })
        .then(SessionEvent::VoteOpened { vote_id: vote("v2"), at: second(3) })
        .then(SessionEvent::VoteClosed { vote_id: vote("v1"), at: second(4) })
        .then(SessionEvent::AssemblyCompleted { assembly_id, at: second(5) });
    let view = row(&story);
    let votes: Vec<_> = view.votes.iter().map(|vote| (vote.vote_id.as_str(), vote.closed_at)).collect();
    assert_eq!(votes, [("v1", Some(second(4))), ("v2", None)]);
    assert_eq!(view.assembly_activated_at, Some(second(1)));
    assert_eq!(view.assembly_completed_at, Some(second(5)));
}

#[test]
fn the_version_counts_the_sessions_own_events_and_the_position_all() {
    let arrived = AttendanceEvent::Left { person_id: person(1), at: second(1) };
    let view = row(&created().then(arrived).then(SessionEvent::Started { at: second(2) }));
    assert_eq!(view.version, Sequence::new(3));
    assert_eq!(view.position, Position::new(4));
}

#[test]
fn an_event_of_a_session_that_was_never_created_is_poison() {
    let story = Story::default().then(SessionEvent::Started { at: second(1) });
    assert!(story.rows::<Sessions>().is_err());
}

fn assembly_id() -> AssemblyId {
    AssemblyId::parse("a1").unwrap()
}

fn notified(notice: GovernanceNotice, at: i64) -> SessionEvent {
    SessionEvent::GovernanceNotified { assembly_id: assembly_id(), notice, at: second(at) }
}

fn data_recorded(content: u8, at: i64) -> SessionEvent {
    let digest = ContentDigest::new([content; 32]);
    SessionEvent::GovernanceDataRecorded { assembly_id: assembly_id(), digest, bytes: 9, at: second(at) }
}

#[test]
fn what_governance_has_heard_and_was_last_seen_to_hold_stand_in_the_row() {
    let story = created();
    assert!(row(&story).governance_notified.is_empty());
    assert_eq!(row(&story).governance_data, None);
    let story = story
        .then(notified(GovernanceNotice::SessionStarted, 3))
        .then(notified(GovernanceNotice::SessionEnded, 5))
        .then(data_recorded(1, 6))
        .then(data_recorded(2, 7));
    let view = row(&story);
    let heard = GovernanceNotifiedView { started_at: Some(second(3)), ended_at: Some(second(5)) };
    assert_eq!(view.governance_notified, heard);
    let held = GovernanceDataView { digest: ContentDigest::new([2; 32]), bytes: 9, at: second(7) };
    assert_eq!(view.governance_data, Some(held));
    let json = serde_json::to_string(&view).unwrap();
    assert_eq!(serde_json::from_str::<SessionView>(&json).unwrap(), view);
}

#[test]
fn closing_a_vote_that_is_not_open_is_poison() {
    let story = created().then(SessionEvent::VoteClosed { vote_id: vote("v1"), at: second(1) });
    assert!(story.rows::<Sessions>().is_err());
}

#[test]
fn a_row_survives_json() {
    let view = row(&created().then(SessionEvent::VoteOpened { vote_id: vote("v1"), at: second(2) }));
    let json = serde_json::to_string(&view).unwrap();
    assert_eq!(serde_json::from_str::<SessionView>(&json).unwrap(), view);
}
