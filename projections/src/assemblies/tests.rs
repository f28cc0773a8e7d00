//! Given these events, the session is found by …

use acta_domain::values::{Language, Languages, Limits, Modality, Schedule, SessionStatus};
use acta_domain::{AssemblyId, PublicId, SessionEvent, VoteId};

use super::fold::rank;
use super::{Assemblies, AssemblyView, ROW};
use crate::Projection as _;
use crate::given::{Story, second, session};

fn assembly(id: &str) -> AssemblyId {
    AssemblyId::parse(id).unwrap()
}

fn created(planned: Option<&str>) -> Story {
    Story::default().then(creation(planned))
}

fn creation(planned: Option<&str>) -> SessionEvent {
    SessionEvent::Created {
        session_id: session(),
        public_id: PublicId::new([7; 16]),
        modality: Modality::Hybrid,
        schedule: schedule(),
        languages: languages(),
        limits: Limits::default(),
        assembly_id: planned.map(assembly),
        at: second(0),
    }
}

fn updated(planned: Option<&str>) -> SessionEvent {
    SessionEvent::Updated {
        modality: Modality::Hybrid,
        schedule: schedule(),
        languages: languages(),
        limits: Limits::default(),
        assembly_id: planned.map(assembly),
        at: second(1),
    }
}

fn schedule() -> Schedule {
    Schedule::new(second(60), None).unwrap()
}

fn languages() -> Languages {
    Languages::new(vec![Language::parse("el").unwrap()]).unwrap()
}

fn activated(id: &str) -> SessionEvent {
    SessionEvent::AssemblyActivated { assembly_id: assembly(id), at: second(2) }
}

fn row(story: &Story) -> AssemblyView {
    story.row::<Assemblies>(ROW)
}

#[test]
fn a_session_is_found_by_the_assembly_that_it_is_planned_for() {
    let columns = Assemblies::columns(&row(&created(Some("a-1"))));
    assert_eq!(columns.kind.as_deref(), Some("a-1"));
    assert_eq!(columns.rank, rank(&assembly("a-1")));
    assert_eq!(columns.status.as_deref(), Some("scheduled"));
}

#[test]
fn a_session_without_an_assembly_is_found_by_none_until_one_is_named() {
    let story = created(None);
    assert_eq!(Assemblies::columns(&row(&story)).kind, None);
    assert_eq!(row(&story.clone().then(updated(Some("a-2")))).assembly_id(), Some(&assembly("a-2")));
    assert_eq!(row(&story.then(activated("a-3"))).assembly_id(), Some(&assembly("a-3")));
}

#[test]
fn a_plan_may_change_its_assembly_and_a_mark_stays() {
    let story = created(Some("a-1")).then(updated(Some("a-2")));
    assert_eq!(row(&story).assembly_id(), Some(&assembly("a-2")));
    let marked = story.then(activated("a-2")).then(updated(None));
    assert_eq!(row(&marked).assembly_id(), Some(&assembly("a-2")));
}

#[test]
fn the_status_and_the_seal_are_those_of_the_session() {
    let story = created(Some("a-1")).then(SessionEvent::Started { at: second(1) });
    assert_eq!(row(&story).status, SessionStatus::Active);
    let story =
        story.then(SessionEvent::Ended { at: second(2) }).then(SessionEvent::Sealed { at: second(3) });
    assert_eq!((row(&story).status, row(&story).sealed), (SessionStatus::Completed, true));
    let cancelled = created(None).then(SessionEvent::Cancelled { at: second(1) });
    assert_eq!(row(&cancelled).status, SessionStatus::Cancelled);
}

#[test]
fn votes_do_not_touch_the_row() {
    let story = created(Some("a-1"));
    let vote_id = VoteId::parse("v").unwrap();
    let voted = story.clone().then(SessionEvent::VoteOpened { vote_id, at: second(1) });
    assert_eq!(row(&voted), row(&story));
}

#[test]
fn a_session_that_was_never_created_or_twice_is_poison() {
    let never = Story::default().then(SessionEvent::Started { at: second(1) });
    assert!(never.rows::<Assemblies>().is_err());
    let twice = created(None).then(creation(None));
    assert!(twice.rows::<Assemblies>().is_err());
}

#[test]
fn ranks_are_never_negative_and_leave_room_above() {
    for number in 0..1_000 {
        let rank = rank(&assembly(&number.to_string()));
        assert!((0..i64::MAX).contains(&rank), "{number}");
    }
}
