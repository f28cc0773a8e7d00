//! One-time codes: good once, for their person, for a while, and not after too many wrong ones.

use uuid::Uuid;

use super::{accepted, at, entrance, evidence, folded, left, person, refused, validated};
use crate::attendance::{
    AttendanceCommand, AttendanceError, AttendanceEvent, Entrance, IssuedCode, MOST_WRONG_TRIES,
};
use crate::ids::CodeId;
use crate::values::{AttendanceMethod, RefusalReason};

pub(super) fn code(number: u8) -> CodeId {
    CodeId::new(Uuid::from_u128(0xc0de_0000 + u128::from(number)))
}

pub(super) fn issue(who: u8, number: u8) -> AttendanceCommand {
    AttendanceCommand::IssueCode {
        person_id: person(who),
        code_id: code(number),
        method: AttendanceMethod::Sms,
        evidence: evidence(100 + number),
        expires_at: at(600),
        at: at(0),
    }
}

pub(super) fn issued(who: u8, number: u8) -> AttendanceEvent {
    AttendanceEvent::CodeIssued {
        person_id: person(who),
        code_id: code(number),
        method: AttendanceMethod::Sms,
        evidence: evidence(100 + number),
        expires_at: at(600),
        at: at(0),
    }
}

pub(super) fn show(who: u8, number: u8) -> AttendanceCommand {
    AttendanceCommand::Validate(shown(who, number))
}

fn shown(who: u8, number: u8) -> Entrance {
    Entrance { method: AttendanceMethod::Sms, code: Some(code(number)), ..entrance(who, 100 + number) }
}

pub(super) fn show_wrong(who: u8, number: u8) -> AttendanceCommand {
    AttendanceCommand::RefuseCode { person_id: person(who), code_id: code(number), at: at(1) }
}

fn wrong(who: u8) -> AttendanceEvent {
    wrong_by(who, AttendanceMethod::Sms)
}

fn wrong_by(who: u8, method: AttendanceMethod) -> AttendanceEvent {
    let reason = RefusalReason::IdentityNotVerified;
    AttendanceEvent::Refused { person_id: person(who), method, reason, at: at(1) }
}

fn let_in(who: u8, number: u8) -> AttendanceEvent {
    match validated(who, 100 + number) {
        AttendanceEvent::Validated { person_id, evidence, voting_weight, at, .. } => {
            let method = AttendanceMethod::Sms;
            AttendanceEvent::Validated { person_id, method, evidence, voting_weight, at }
        }
        other => other,
    }
}

#[test]
fn an_open_code_lets_its_person_in() {
    accepted(vec![], issue(1, 1), issued(1, 1));
    accepted(vec![issued(1, 1)], show(1, 1), let_in(1, 1));
}

#[test]
fn a_code_is_good_for_nobody_else() {
    refused(vec![issued(1, 1)], show(2, 1), AttendanceError::NoOpenCode);
    refused(vec![issued(1, 1), issued(2, 2)], show(2, 1), AttendanceError::NoOpenCode);
}

#[test]
fn a_code_is_good_once() {
    let given = vec![issued(1, 1), let_in(1, 1), left(1)];
    refused(given, show(1, 1), AttendanceError::EvidenceReplayed);
}

#[test]
fn a_new_code_ends_the_one_before() {
    let given = vec![issued(1, 1), issued(1, 2)];
    refused(given.clone(), show(1, 1), AttendanceError::NoOpenCode);
    accepted(given, show(1, 2), let_in(1, 2));
}

#[test]
fn a_code_ends_with_its_time() {
    let late = Entrance { at: at(600), ..shown(1, 1) };
    refused(vec![issued(1, 1)], AttendanceCommand::Validate(late), AttendanceError::CodeExpired);
}

#[test]
fn the_right_code_under_another_digest_is_none() {
    let other = Entrance { evidence: Some(evidence(7)), ..shown(1, 1) };
    refused(vec![issued(1, 1)], AttendanceCommand::Validate(other), AttendanceError::NoOpenCode);
}

#[test]
fn too_many_wrong_tries_end_a_code() {
    let tries = |count| [vec![issued(1, 1)], vec![wrong(1); count]].concat();
    let most = usize::try_from(MOST_WRONG_TRIES).expect("a small number");
    accepted(tries(most - 1), show_wrong(1, 1), wrong(1));
    accepted(tries(most - 1), show(1, 1), let_in(1, 1));
    assert_eq!(folded(tries(most - 1)).code(person(1)).map(IssuedCode::tries_left), Some(1));
    refused(tries(most), show(1, 1), AttendanceError::NoOpenCode);
    refused(tries(most), show_wrong(1, 1), AttendanceError::NoOpenCode);
}

#[test]
fn a_new_code_has_all_its_tries() {
    let given = [vec![issued(1, 1)], vec![wrong(1); 5], vec![issued(1, 2)]].concat();
    accepted(given, show(1, 2), let_in(1, 2));
}

#[test]
fn only_what_was_shown_in_place_of_a_code_counts_against_it() {
    let other = RefusalReason::NotEligible;
    let not_eligible = AttendanceEvent::Refused {
        person_id: person(1),
        method: AttendanceMethod::Sms,
        reason: other,
        at: at(1),
    };
    let noise = vec![wrong(2), wrong_by(1, AttendanceMethod::Biometric), not_eligible];
    let given = [vec![issued(1, 1), issued(2, 2)], vec![noise; 5].concat()].concat();
    accepted(given.clone(), show(1, 1), let_in(1, 1));
    refused(given, show(2, 2), AttendanceError::NoOpenCode);
}

#[test]
fn codes_come_by_sms_or_email_only() {
    for method in [AttendanceMethod::Qr, AttendanceMethod::Biometric, AttendanceMethod::Manual] {
        let issue = AttendanceCommand::IssueCode {
            person_id: person(1),
            code_id: code(1),
            method,
            evidence: evidence(101),
            expires_at: at(600),
            at: at(0),
        };
        refused(vec![], issue, AttendanceError::NoCodesBy { method });
    }
}
