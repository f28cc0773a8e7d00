use cqrs_es::Aggregate;
use cqrs_es::test::TestFramework;
use proptest::prelude::*;
use uuid::Uuid;

use super::{Session, SessionCommand, SessionDetails, SessionError, SessionEvent};
use crate::ids::{AssemblyId, PublicId, SessionId, VoteId};
use crate::testing::at;
use crate::values::{
    Capacity, ConcurrentTurns, ContentDigest, GovernanceNotice, Language, Languages, Limits, Modality,
    Schedule, SessionStatus,
};

fn session_id() -> SessionId {
    SessionId::new(Uuid::from_u128(7))
}

fn public_id() -> PublicId {
    PublicId::new([7; 16])
}

fn assembly(name: &str) -> AssemblyId {
    AssemblyId::parse(name).expect("a valid value")
}

fn vote(name: &str) -> VoteId {
    VoteId::parse(name).expect("a valid value")
}

fn details(assembly_id: Option<&str>) -> SessionDetails {
    SessionDetails {
        modality: Modality::Hybrid,
        schedule: Schedule::new(at(0), Some(at(3_600))).expect("a valid value"),
        languages: Languages::new(vec![Language::parse("en").expect("a valid value")])
            .expect("a valid value"),
        limits: Limits::default(),
        assembly_id: assembly_id.map(assembly),
    }
}

fn smaller(details: SessionDetails) -> SessionDetails {
    let capacity = Some(Capacity::new(10).expect("a valid value"));
    let limits = Limits { capacity, concurrent_turns: ConcurrentTurns::new(2).expect("a valid value") };
    SessionDetails { modality: Modality::Virtual, limits, ..details }
}

fn create(details: SessionDetails) -> SessionCommand {
    SessionCommand::Create { session_id: session_id(), public_id: public_id(), details, at: at(0) }
}

fn created(details: SessionDetails) -> SessionEvent {
    let SessionDetails { modality, schedule, languages, limits, assembly_id } = details;
    SessionEvent::Created {
        session_id: session_id(),
        public_id: public_id(),
        modality,
        schedule,
        languages,
        limits,
        assembly_id,
        at: at(0),
    }
}

fn updated(details: SessionDetails) -> SessionEvent {
    let SessionDetails { modality, schedule, languages, limits, assembly_id } = details;
    SessionEvent::Updated { modality, schedule, languages, limits, assembly_id, at: at(1) }
}

fn update(details: SessionDetails) -> SessionCommand {
    SessionCommand::Update { details, at: at(1) }
}

fn scheduled() -> Vec<SessionEvent> {
    vec![created(details(None))]
}

fn active() -> Vec<SessionEvent> {
    [scheduled(), vec![SessionEvent::Started { at: at(1) }]].concat()
}

fn completed() -> Vec<SessionEvent> {
    [active(), vec![SessionEvent::Ended { at: at(2) }]].concat()
}

fn cancelled() -> Vec<SessionEvent> {
    [scheduled(), vec![SessionEvent::Cancelled { at: at(1) }]].concat()
}

fn sealed() -> Vec<SessionEvent> {
    [completed(), vec![SessionEvent::Sealed { at: at(3) }]].concat()
}

fn voting() -> Vec<SessionEvent> {
    [active(), vec![SessionEvent::VoteOpened { vote_id: vote("v1"), at: at(2) }]].concat()
}

fn serving(assembly_id: &str) -> Vec<SessionEvent> {
    vec![created(details(Some(assembly_id)))]
}

fn activated(assembly_id: &str) -> SessionEvent {
    SessionEvent::AssemblyActivated { assembly_id: assembly(assembly_id), at: at(4) }
}

fn assembly_completed(assembly_id: &str) -> SessionEvent {
    SessionEvent::AssemblyCompleted { assembly_id: assembly(assembly_id), at: at(4) }
}

fn mark_activated(assembly_id: &str) -> SessionCommand {
    SessionCommand::MarkAssemblyActivated { assembly_id: assembly(assembly_id), at: at(4) }
}

fn mark_completed(assembly_id: &str) -> SessionCommand {
    SessionCommand::MarkAssemblyCompleted { assembly_id: assembly(assembly_id), at: at(4) }
}

fn open_vote(vote_id: &str) -> SessionCommand {
    SessionCommand::OpenVote { vote_id: vote(vote_id), at: at(5) }
}

fn close_vote(vote_id: &str) -> SessionCommand {
    SessionCommand::CloseVote { vote_id: vote(vote_id), at: at(6) }
}

fn notified(notice: GovernanceNotice) -> SessionEvent {
    SessionEvent::GovernanceNotified { assembly_id: assembly("a1"), notice, at: at(7) }
}

fn mark_notified(assembly_id: &str, notice: GovernanceNotice) -> SessionCommand {
    SessionCommand::MarkGovernanceNotified { assembly_id: assembly(assembly_id), notice, at: at(7) }
}

fn data_recorded(content: u8) -> SessionEvent {
    let digest = ContentDigest::new([content; 32]);
    SessionEvent::GovernanceDataRecorded { assembly_id: assembly("a1"), digest, bytes: 9, at: at(8) }
}

fn record_data(assembly_id: &str, content: u8) -> SessionCommand {
    let digest = ContentDigest::new([content; 32]);
    let assembly_id = assembly(assembly_id);
    SessionCommand::RecordGovernanceData { assembly_id, digest, bytes: 9, at: at(8) }
}

#[track_caller]
fn accepted(given: Vec<SessionEvent>, when: SessionCommand, then: SessionEvent) {
    TestFramework::<Session>::with(()).given(given).when(when).then_expect_events(vec![then]);
}

#[track_caller]
fn refused(given: Vec<SessionEvent>, when: SessionCommand, then: SessionError) {
    TestFramework::<Session>::with(()).given(given).when(when).then_expect_error(then);
}

fn folded(events: Vec<SessionEvent>) -> Session {
    let mut session = Session::default();
    for event in events {
        session.apply(event);
    }
    session
}

#[test]
fn a_session_is_created_with_its_details() {
    accepted(vec![], create(details(Some("a1"))), created(details(Some("a1"))));
}

#[test]
fn a_session_is_created_only_once() {
    refused(scheduled(), create(details(None)), SessionError::AlreadyCreated);
}

#[test]
fn nothing_can_be_asked_of_a_session_that_does_not_exist() {
    refused(vec![], SessionCommand::Start { at: at(1) }, SessionError::NotCreated);
    refused(vec![], SessionCommand::Seal { at: at(1) }, SessionError::NotCreated);
    refused(vec![], update(details(None)), SessionError::NotCreated);
    refused(vec![], mark_activated("a1"), SessionError::NotCreated);
    refused(vec![], open_vote("v1"), SessionError::NotCreated);
}

#[test]
fn a_scheduled_session_can_be_updated() {
    let wanted = smaller(details(Some("a1")));
    accepted(scheduled(), update(wanted.clone()), updated(wanted.clone()));
    let session = folded([scheduled(), vec![updated(wanted.clone())]].concat());
    assert_eq!(session.details(), Some(&wanted));
    assert_eq!(session.limits(), Some(wanted.limits));
}

#[test]
fn a_session_that_began_can_no_longer_be_updated() {
    let status = SessionStatus::Active;
    refused(active(), update(details(None)), SessionError::NotScheduled { status });
}

#[test]
fn an_update_cannot_move_a_session_to_another_assembly_than_the_marked_one() {
    let given = [serving("a1"), vec![activated("a1")]].concat();
    let expected = assembly("a1");
    refused(given, update(details(Some("a2"))), SessionError::OtherAssembly { expected });
}

#[test]
fn only_a_scheduled_session_can_start() {
    accepted(scheduled(), SessionCommand::Start { at: at(1) }, SessionEvent::Started { at: at(1) });
    for (given, status) in [
        (active(), SessionStatus::Active),
        (completed(), SessionStatus::Completed),
        (cancelled(), SessionStatus::Cancelled),
    ] {
        let error = SessionError::NotScheduled { status };
        refused(given, SessionCommand::Start { at: at(9) }, error);
    }
}

#[test]
fn only_an_active_session_can_end() {
    accepted(active(), SessionCommand::End { at: at(2) }, SessionEvent::Ended { at: at(2) });
    for (given, status) in [
        (scheduled(), SessionStatus::Scheduled),
        (completed(), SessionStatus::Completed),
        (cancelled(), SessionStatus::Cancelled),
    ] {
        refused(given, SessionCommand::End { at: at(9) }, SessionError::NotActive { status });
    }
}

#[test]
fn a_session_cannot_end_while_a_vote_is_open() {
    let error = SessionError::VoteStillOpen { vote_id: vote("v1") };
    refused(voting(), SessionCommand::End { at: at(9) }, error);
}

#[test]
fn only_a_scheduled_session_can_be_cancelled() {
    let cancel = SessionCommand::Cancel { at: at(1) };
    accepted(scheduled(), cancel.clone(), SessionEvent::Cancelled { at: at(1) });
    let status = SessionStatus::Active;
    refused(active(), cancel, SessionError::NotScheduled { status });
}

#[test]
fn a_session_can_be_put_into_words_until_it_is_sealed() {
    TestFramework::<Session>::with(())
        .given(vec![created(details(None))])
        .when(SessionCommand::Describe { at: at(1) })
        .then_expect_events(vec![SessionEvent::Described { at: at(1) }]);
    TestFramework::<Session>::with(())
        .given(sealed())
        .when(SessionCommand::Describe { at: at(1) })
        .then_expect_error(SessionError::Sealed);
}

#[test]
fn a_session_is_sealed_when_it_is_over() {
    let seal = SessionCommand::Seal { at: at(9) };
    accepted(completed(), seal.clone(), SessionEvent::Sealed { at: at(9) });
    accepted(cancelled(), seal.clone(), SessionEvent::Sealed { at: at(9) });
    let status = SessionStatus::Active;
    refused(active(), seal, SessionError::NotOver { status });
}

#[test]
fn nothing_follows_a_seal() {
    for command in [
        update(details(None)),
        SessionCommand::Start { at: at(9) },
        SessionCommand::End { at: at(9) },
        SessionCommand::Cancel { at: at(9) },
        SessionCommand::Seal { at: at(9) },
        mark_activated("a1"),
        mark_completed("a1"),
        open_vote("v1"),
        close_vote("v1"),
        mark_notified("a1", GovernanceNotice::SessionEnded),
        record_data("a1", 1),
    ] {
        refused(sealed(), command, SessionError::Sealed);
    }
}

#[test]
fn an_assembly_is_activated_and_completed_once_each() {
    accepted(serving("a1"), mark_activated("a1"), activated("a1"));
    let given = [serving("a1"), vec![activated("a1")]].concat();
    refused(given.clone(), mark_activated("a1"), SessionError::AssemblyAlreadyActivated);
    accepted(given.clone(), mark_completed("a1"), assembly_completed("a1"));
    let given = [given, vec![assembly_completed("a1")]].concat();
    refused(given, mark_completed("a1"), SessionError::AssemblyAlreadyCompleted);
}

#[test]
fn an_assembly_may_be_completed_without_an_activation_but_not_activated_afterwards() {
    accepted(serving("a1"), mark_completed("a1"), assembly_completed("a1"));
    let given = [serving("a1"), vec![assembly_completed("a1")]].concat();
    refused(given, mark_activated("a1"), SessionError::AssemblyAlreadyCompleted);
}

#[test]
fn another_assembly_cannot_be_marked() {
    let expected = assembly("a1");
    let error = SessionError::OtherAssembly { expected };
    refused(serving("a1"), mark_activated("a2"), error.clone());
    refused(serving("a1"), mark_completed("a2"), error.clone());
    let adopted = [scheduled(), vec![activated("a1")]].concat();
    refused(adopted, mark_completed("a2"), error);
}

#[test]
fn a_session_without_an_assembly_takes_the_first_that_is_marked() {
    accepted(scheduled(), mark_activated("a1"), activated("a1"));
}

#[test]
fn governance_is_noted_to_have_heard_of_each_thing_once() {
    for notice in GovernanceNotice::ALL.iter().copied() {
        accepted(serving("a1"), mark_notified("a1", notice), notified(notice));
        let given = [serving("a1"), vec![notified(notice)]].concat();
        refused(given, mark_notified("a1", notice), SessionError::AlreadyNotified { notice });
    }
    let given = [serving("a1"), vec![notified(GovernanceNotice::SessionStarted)]].concat();
    let ended = GovernanceNotice::SessionEnded;
    accepted(given, mark_notified("a1", ended), notified(ended));
}

#[test]
fn what_governance_holds_is_noted_whenever_it_is_not_what_was_noted_last() {
    accepted(serving("a1"), record_data("a1", 1), data_recorded(1));
    let given = [serving("a1"), vec![data_recorded(1)]].concat();
    refused(given.clone(), record_data("a1", 1), SessionError::GovernanceDataUnchanged);
    accepted(given.clone(), record_data("a1", 2), data_recorded(2));
    accepted([given, vec![data_recorded(2)]].concat(), record_data("a1", 1), data_recorded(1));
}

#[test]
fn governance_is_noted_to_have_heard_of_the_sessions_own_assembly_only() {
    let started = GovernanceNotice::SessionStarted;
    for (given, expected) in [(serving("a1"), "a1"), ([scheduled(), vec![activated("a1")]].concat(), "a1")] {
        let error = SessionError::OtherAssembly { expected: assembly(expected) };
        refused(given.clone(), mark_notified("a2", started), error.clone());
        refused(given.clone(), record_data("a2", 1), error);
        accepted(given, mark_notified("a1", started), notified(started));
    }
    refused(scheduled(), mark_notified("a1", started), SessionError::NoAssembly);
    refused(scheduled(), record_data("a1", 1), SessionError::NoAssembly);
}

#[test]
fn a_session_serves_the_marked_assembly_or_else_the_planned_one() {
    assert_eq!(folded(scheduled()).assembly_id(), None);
    assert_eq!(folded(serving("a1")).assembly_id(), Some(&assembly("a1")));
    let adopted = [scheduled(), vec![assembly_completed("a1")]].concat();
    assert_eq!(folded(adopted).assembly_id(), Some(&assembly("a1")));
}

#[test]
fn a_snapshot_from_before_governance_was_told_is_read_and_goes_on() {
    let mut kept = serde_json::to_value(folded(serving("a1"))).expect("the state is plain JSON");
    let members = kept.as_object_mut().expect("the state is an object");
    members.remove("notified");
    members.remove("governance_digest");
    let session: Session = serde_json::from_value(kept).expect("an old state is read");
    assert_eq!(session, folded(serving("a1")));
}

#[test]
fn a_vote_opens_once_and_only_while_the_session_is_active() {
    let opened = SessionEvent::VoteOpened { vote_id: vote("v1"), at: at(5) };
    accepted(active(), open_vote("v1"), opened);
    let status = SessionStatus::Scheduled;
    refused(scheduled(), open_vote("v1"), SessionError::NotActive { status });
    let error = SessionError::VoteAlreadyOpened { vote_id: vote("v1") };
    refused(voting(), open_vote("v1"), error.clone());
    let closed = SessionEvent::VoteClosed { vote_id: vote("v1"), at: at(3) };
    refused([voting(), vec![closed]].concat(), open_vote("v1"), error);
}

#[test]
fn only_an_open_vote_can_close() {
    let closed = SessionEvent::VoteClosed { vote_id: vote("v1"), at: at(6) };
    accepted(voting(), close_vote("v1"), closed.clone());
    let error = SessionError::VoteNotOpen { vote_id: vote("v1") };
    refused(active(), close_vote("v1"), error.clone());
    refused([voting(), vec![closed]].concat(), close_vote("v1"), error);
}

#[test]
fn people_may_come_from_the_announcement_to_the_end() {
    assert!(!Session::default().accepts_presence());
    assert!(folded(scheduled()).accepts_presence());
    assert!(folded(active()).accepts_presence());
    assert!(!folded(completed()).accepts_presence());
    assert!(!folded(cancelled()).accepts_presence());
}

#[test]
fn the_floor_is_open_only_while_the_session_is_active() {
    assert!(!folded(scheduled()).accepts_floor());
    assert!(folded(active()).accepts_floor());
    assert!(!folded(completed()).accepts_floor());
}

#[test]
fn chunks_may_come_late_but_not_after_the_seal() {
    assert!(!folded(scheduled()).accepts_transcript());
    assert!(folded(completed()).accepts_transcript());
    assert!(!folded(sealed()).accepts_transcript());
    assert!(folded(sealed()).is_sealed());
}

#[test]
fn a_snapshot_holds_the_whole_session() {
    let told = vec![activated("a1"), notified(GovernanceNotice::SessionStarted), data_recorded(1)];
    let session = folded([serving("a1"), told, voting()].concat());
    let snapshot = serde_json::to_string(&session).expect("the state is plain JSON");
    assert_eq!(serde_json::from_str::<Session>(&snapshot).expect("the state is plain JSON"), session);
}

fn any_details() -> impl Strategy<Value = SessionDetails> {
    prop_oneof![Just(details(None)), Just(details(Some("a1"))), Just(smaller(details(Some("a2"))))]
}

fn any_assembly() -> impl Strategy<Value = AssemblyId> {
    prop_oneof![Just(assembly("a1")), Just(assembly("a2"))]
}

fn any_vote() -> impl Strategy<Value = VoteId> {
    prop_oneof![Just(vote("v1")), Just(vote("v2"))]
}

fn any_notice() -> impl Strategy<Value = GovernanceNotice> {
    prop::sample::select(GovernanceNotice::ALL)
}

fn any_command() -> impl Strategy<Value = SessionCommand> {
    prop_oneof![
        any_details().prop_map(create),
        any_details().prop_map(update),
        Just(SessionCommand::Start { at: at(1) }),
        Just(SessionCommand::End { at: at(2) }),
        Just(SessionCommand::Cancel { at: at(2) }),
        Just(SessionCommand::Seal { at: at(3) }),
        any_assembly()
            .prop_map(|assembly_id| SessionCommand::MarkAssemblyActivated { assembly_id, at: at(1) }),
        any_assembly()
            .prop_map(|assembly_id| SessionCommand::MarkAssemblyCompleted { assembly_id, at: at(1) }),
        any_vote().prop_map(|vote_id| SessionCommand::OpenVote { vote_id, at: at(1) }),
        any_vote().prop_map(|vote_id| SessionCommand::CloseVote { vote_id, at: at(1) }),
        any_notice().prop_map(|notice| mark_notified("a1", notice)),
        (1_u8..3).prop_map(|content| record_data("a1", content)),
    ]
}

fn any_event() -> impl Strategy<Value = SessionEvent> {
    prop_oneof![
        any_details().prop_map(created),
        any_details().prop_map(updated),
        Just(SessionEvent::Started { at: at(1) }),
        Just(SessionEvent::Ended { at: at(1) }),
        Just(SessionEvent::Cancelled { at: at(1) }),
        Just(SessionEvent::Sealed { at: at(1) }),
        any_assembly().prop_map(|assembly_id| SessionEvent::AssemblyActivated { assembly_id, at: at(1) }),
        any_assembly().prop_map(|assembly_id| SessionEvent::AssemblyCompleted { assembly_id, at: at(1) }),
        any_vote().prop_map(|vote_id| SessionEvent::VoteOpened { vote_id, at: at(1) }),
        any_vote().prop_map(|vote_id| SessionEvent::VoteClosed { vote_id, at: at(1) }),
        any_notice().prop_map(notified),
        (1_u8..3).prop_map(data_recorded),
    ]
}

/// Does what the rules allow and skips the rest, as a service does.
fn history(commands: Vec<SessionCommand>) -> Vec<SessionEvent> {
    let mut session = Session::default();
    let mut events = Vec::new();
    for command in commands {
        for event in session.decide(command).unwrap_or_default() {
            session.apply(event.clone());
            events.push(event);
        }
    }
    events
}

fn count(events: &[SessionEvent], name: &str) -> usize {
    events.iter().filter(|event| event.name() == name).count()
}

proptest! {
    #[test]
    fn any_commands_keep_the_life_cycle(commands in prop::collection::vec(any_command(), 0..60)) {
        let events = history(commands);
        for name in [
            "session.created.v1", "session.started.v1", "session.ended.v1", "session.cancelled.v1",
            "session.sealed.v1", "governance.assembly-activated.v1", "governance.assembly-completed.v1",
        ] {
            prop_assert!(count(&events, name) <= 1, "{name} happened twice");
        }
        prop_assert!(events.first().is_none_or(|event| event.name() == "session.created.v1"));
        let sealed = events.iter().position(|event| event.name() == "session.sealed.v1");
        prop_assert!(sealed.is_none_or(|place| place + 1 == events.len()));
    }

    #[test]
    fn any_commands_leave_no_vote_open_after_the_end(
        commands in prop::collection::vec(any_command(), 0..60)
    ) {
        let session = folded(history(commands));
        if session.status() == Some(SessionStatus::Completed) {
            prop_assert_eq!(session.open_votes().count(), 0);
        }
    }

    #[test]
    fn any_commands_note_each_notice_once_and_no_data_twice_in_a_row(
        commands in prop::collection::vec(any_command(), 0..60)
    ) {
        let events = history(commands);
        for notice in GovernanceNotice::ALL {
            let noted = |event: &&SessionEvent| matches!(event, SessionEvent::GovernanceNotified { notice: told, .. } if told == notice);
            prop_assert!(events.iter().filter(noted).count() <= 1);
        }
        let data: Vec<_> = events.iter().filter(|event| event.name() == "governance.data-recorded.v1").collect();
        prop_assert!(data.windows(2).all(|pair| pair[0] != pair[1]));
    }

    #[test]
    fn any_events_fold(events in prop::collection::vec(any_event(), 0..60)) {
        let session = folded(events);
        let _ = (session.accepts_floor(), session.accepts_presence(), session.accepts_transcript());
    }
}
