mod codes;
mod properties;
mod roll;

use cqrs_es::Aggregate;
use cqrs_es::test::TestFramework;

use super::{Attendance, AttendanceCommand, AttendanceError, AttendanceEvent, Eligibility, Entrance};
use crate::testing::{at, person};
use crate::values::{AttendanceMethod, Capacity, EvidenceDigest, RefusalReason, VotingWeight};

fn evidence(number: u8) -> EvidenceDigest {
    EvidenceDigest::new([number; 32])
}

fn weight(text: &str) -> VotingWeight {
    VotingWeight::parse(text).expect("a valid value")
}

fn capacity(number: u64) -> Capacity {
    Capacity::new(number).expect("a valid value")
}

/// Somebody who shows a QR code at a door behind which there is room for two.
fn entrance(who: u8, shown: u8) -> Entrance {
    Entrance {
        person_id: person(who),
        method: AttendanceMethod::Qr,
        evidence: Some(evidence(shown)),
        code: None,
        voting_weight: Some(weight("3.25")),
        identified_weight: None,
        eligibility: Eligibility::NotAsked,
        capacity: Some(capacity(2)),
        override_given: false,
        at: at(1),
    }
}

/// Somebody whom a person at the door lets in, with or without a reason against the rules.
fn by_hand(who: u8, override_given: bool) -> Entrance {
    Entrance { method: AttendanceMethod::Manual, evidence: None, override_given, ..entrance(who, 0) }
}

fn validate(who: u8, shown: u8) -> AttendanceCommand {
    AttendanceCommand::Validate(entrance(who, shown))
}

fn validated(who: u8, shown: u8) -> AttendanceEvent {
    AttendanceEvent::Validated {
        person_id: person(who),
        method: AttendanceMethod::Qr,
        evidence: Some(evidence(shown)),
        voting_weight: Some(weight("3.25")),
        at: at(1),
    }
}

fn come_back(who: u8, shown: u8) -> AttendanceCommand {
    AttendanceCommand::Return {
        person_id: person(who),
        method: AttendanceMethod::Sms,
        evidence: Some(evidence(shown)),
        capacity: Some(capacity(2)),
        at: at(3),
    }
}

fn returned(who: u8, shown: u8) -> AttendanceEvent {
    AttendanceEvent::Returned {
        person_id: person(who),
        method: AttendanceMethod::Sms,
        evidence: Some(evidence(shown)),
        at: at(3),
    }
}

fn leave(who: u8) -> AttendanceCommand {
    AttendanceCommand::Leave { person_id: person(who), at: at(2) }
}

fn left(who: u8) -> AttendanceEvent {
    AttendanceEvent::Left { person_id: person(who), at: at(2) }
}

fn validated_by_hand(who: u8) -> AttendanceEvent {
    AttendanceEvent::Validated {
        person_id: person(who),
        method: AttendanceMethod::Manual,
        evidence: None,
        voting_weight: Some(weight("3.25")),
        at: at(1),
    }
}

#[track_caller]
fn accepted(given: Vec<AttendanceEvent>, when: AttendanceCommand, then: AttendanceEvent) {
    decided(given, when, vec![then]);
}

#[track_caller]
fn decided(given: Vec<AttendanceEvent>, when: AttendanceCommand, then: Vec<AttendanceEvent>) {
    TestFramework::<Attendance>::with(()).given(given).when(when).then_expect_events(then);
}

#[track_caller]
fn refused(given: Vec<AttendanceEvent>, when: AttendanceCommand, then: AttendanceError) {
    TestFramework::<Attendance>::with(()).given(given).when(when).then_expect_error(then);
}

fn folded(events: Vec<AttendanceEvent>) -> Attendance {
    let mut attendance = Attendance::default();
    for event in events {
        attendance.apply(event);
    }
    attendance
}

#[test]
fn a_validated_person_is_present_with_their_weight() {
    accepted(vec![], validate(1, 1), validated(1, 1));
    let attendance = folded(vec![validated(1, 1)]);
    assert!(attendance.is_present(person(1)));
    assert_eq!(attendance.present_count(), 1);
    assert_eq!(attendance.voting_weight(person(1)), Some(weight("3.25")));
}

#[test]
fn a_present_person_cannot_come_in_again() {
    refused(vec![validated(1, 1)], validate(1, 2), AttendanceError::AlreadyPresent);
    refused(vec![validated(1, 1)], come_back(1, 2), AttendanceError::AlreadyPresent);
}

#[test]
fn evidence_opens_the_door_once_whoever_shows_it() {
    refused(vec![validated(1, 1)], validate(2, 1), AttendanceError::EvidenceReplayed);
    let given = vec![validated(1, 1), left(1)];
    refused(given, come_back(1, 1), AttendanceError::EvidenceReplayed);
    let given = vec![validated(1, 1), left(1), returned(1, 2)];
    refused(given, validate(2, 2), AttendanceError::EvidenceReplayed);
}

#[test]
fn only_manual_attendance_goes_without_evidence() {
    let without = |method| {
        let nothing_shown = Entrance { method, evidence: None, voting_weight: None, ..entrance(1, 0) };
        AttendanceCommand::Validate(nothing_shown)
    };
    let event = AttendanceEvent::Validated {
        person_id: person(1),
        method: AttendanceMethod::Manual,
        evidence: None,
        voting_weight: None,
        at: at(1),
    };
    accepted(vec![], without(AttendanceMethod::Manual), event);
    for method in AttendanceMethod::ALL.iter().filter(|one| **one != AttendanceMethod::Manual) {
        let error = AttendanceError::EvidenceMissing { method: *method };
        refused(vec![], without(*method), error);
    }
}

#[test]
fn a_full_session_lets_nobody_in() {
    let full = vec![validated(1, 1), validated(2, 2)];
    let error = AttendanceError::CapacityReached { capacity: capacity(2) };
    refused(full, validate(3, 3), error);
}

#[test]
fn a_place_is_free_again_when_somebody_leaves() {
    let given = vec![validated(1, 1), validated(2, 2), left(1)];
    accepted(given.clone(), validate(3, 3), validated(3, 3));
    let error = AttendanceError::CapacityReached { capacity: capacity(2) };
    refused([given, vec![validated(3, 3)]].concat(), come_back(1, 4), error);
}

#[test]
fn somebody_who_left_returns_with_the_weight_they_had() {
    accepted(vec![validated(1, 1), left(1)], come_back(1, 2), returned(1, 2));
    let attendance = folded(vec![validated(1, 1), left(1), returned(1, 2)]);
    assert!(attendance.is_present(person(1)));
    assert_eq!(attendance.voting_weight(person(1)), Some(weight("3.25")));
}

#[test]
fn validating_somebody_who_left_is_a_return() {
    let event = AttendanceEvent::Returned {
        person_id: person(1),
        method: AttendanceMethod::Qr,
        evidence: Some(evidence(2)),
        at: at(1),
    };
    accepted(vec![validated(1, 1), left(1)], validate(1, 2), event);
}

#[test]
fn only_somebody_who_was_in_can_return() {
    refused(vec![], come_back(1, 1), AttendanceError::NeverPresent);
}

#[test]
fn only_somebody_who_is_in_can_leave() {
    accepted(vec![validated(1, 1)], leave(1), left(1));
    refused(vec![], leave(1), AttendanceError::NotPresent);
    refused(vec![validated(1, 1), left(1)], leave(1), AttendanceError::NotPresent);
}

#[test]
fn a_refusal_is_always_noted_and_changes_nothing() {
    let (person_id, method) = (person(1), AttendanceMethod::Biometric);
    let reason = RefusalReason::IdentityNotVerified;
    let refuse = AttendanceCommand::Refuse { person_id, method, reason, at: at(5) };
    let event = AttendanceEvent::Refused { person_id, method, reason, at: at(5) };
    accepted(vec![], refuse.clone(), event.clone());
    accepted(vec![validated(1, 1)], refuse, event.clone());
    assert_eq!(folded(vec![validated(1, 1), event]), folded(vec![validated(1, 1)]));
}

#[test]
fn a_snapshot_holds_the_whole_attendance() {
    let attendance = folded(vec![validated(1, 1), validated(2, 2), left(1)]);
    let snapshot = serde_json::to_string(&attendance).expect("the state is plain JSON");
    assert_eq!(serde_json::from_str::<Attendance>(&snapshot).expect("the state is plain JSON"), attendance);
}

#[test]
fn a_snapshot_from_before_codes_and_lists_is_still_read() {
    let old = r#"{"people":{},"present":0,"used_evidence":[]}"#;
    assert_eq!(serde_json::from_str::<Attendance>(old).expect("an old snapshot"), Attendance::default());
}
