//! Who may attend, and who lets in whom against that.

use uuid::Uuid;

use super::{
    accepted, at, by_hand, capacity, decided, entrance, folded, left, person, refused, validate, validated,
    validated_by_hand, weight,
};
use crate::attendance::{
    AttendanceCommand, AttendanceError, AttendanceEvent, Eligibility, EligiblePerson, Entrance, MOST_IN_PART,
};
use crate::ids::{PersonId, RollId};
use crate::values::{AttendanceMethod, AttendanceRule};

fn roll(number: u8) -> RollId {
    RollId::new(Uuid::from_u128(0x0110_0000 + u128::from(number)))
}

fn listed(who: u8) -> EligiblePerson {
    EligiblePerson { person_id: person(who), voting_weight: Some(weight("2")) }
}

fn part(number: u8, part: u32, parts: u32, who: &[u8]) -> AttendanceEvent {
    let people = who.iter().copied().map(listed).collect();
    AttendanceEvent::EligibilityImported { roll_id: roll(number), part, parts, people, at: at(0) }
}

pub(super) fn import(number: u8, who: &[u8]) -> AttendanceCommand {
    let people = who.iter().copied().map(listed).collect();
    AttendanceCommand::ImportEligibility { roll_id: roll(number), people, at: at(0) }
}

fn overridden(who: u8, rules: &[AttendanceRule]) -> AttendanceEvent {
    AttendanceEvent::Overridden { person_id: person(who), rules: rules.to_vec(), at: at(1) }
}

fn with(eligibility: Eligibility, entrance: Entrance) -> AttendanceCommand {
    AttendanceCommand::Validate(Entrance { eligibility, ..entrance })
}

#[test]
fn who_is_not_in_the_list_is_not_let_in() {
    let given = vec![part(1, 1, 1, &[1, 2])];
    accepted(given.clone(), validate(1, 1), validated(1, 1));
    refused(given, validate(3, 3), AttendanceError::NotEligible);
}

#[test]
fn the_list_goes_before_what_the_profiles_say() {
    let given = vec![part(1, 1, 1, &[1])];
    refused(given.clone(), with(Eligibility::Eligible(None), entrance(2, 2)), AttendanceError::NotEligible);
    accepted(given, with(Eligibility::NotEligible, entrance(1, 1)), validated(1, 1));
}

#[test]
fn without_a_list_the_profiles_decide() {
    accepted(vec![], with(Eligibility::Eligible(None), entrance(1, 1)), validated(1, 1));
    refused(vec![], with(Eligibility::NotEligible, entrance(1, 1)), AttendanceError::NotEligible);
    refused(vec![], with(Eligibility::Unknown, entrance(1, 1)), AttendanceError::NotEligible);
}

#[test]
fn a_list_is_in_force_when_its_last_part_is_there() {
    let first = part(1, 1, 2, &[1]);
    accepted(vec![first.clone()], validate(9, 9), validated(9, 9));
    let given = vec![first, part(1, 2, 2, &[2])];
    accepted(given.clone(), validate(1, 1), validated(1, 1));
    accepted(given.clone(), validate(2, 2), validated(2, 2));
    refused(given, validate(9, 9), AttendanceError::NotEligible);
}

#[test]
fn half_a_list_replaces_nothing() {
    let whole = part(1, 1, 1, &[1]);
    for broken in [
        vec![part(2, 2, 2, &[9])],
        vec![part(2, 1, 2, &[9])],
        vec![part(2, 1, 2, &[9]), part(3, 2, 2, &[8])],
        vec![part(2, 1, 3, &[9]), part(2, 3, 3, &[8])],
    ] {
        let given = [vec![whole.clone()], broken].concat();
        refused(given.clone(), validate(9, 9), AttendanceError::NotEligible);
        accepted(given, validate(1, 1), validated(1, 1));
    }
}

#[test]
fn a_new_list_replaces_the_one_before_and_puts_nobody_out() {
    let given = vec![part(1, 1, 1, &[1, 2]), validated(1, 1), part(2, 1, 1, &[3])];
    assert!(folded(given.clone()).is_present(person(1)));
    refused(given.clone(), validate(2, 2), AttendanceError::NotEligible);
    accepted(given, validate(3, 3), validated(3, 3));
}

#[test]
fn a_list_has_somebody_and_nobody_twice() {
    refused(vec![], import(1, &[]), AttendanceError::NobodyListed);
    refused(vec![], import(1, &[1, 2, 1]), AttendanceError::ListedTwice { person_id: person(1) });
    accepted(vec![], import(1, &[1, 2]), part(1, 1, 1, &[1, 2]));
}

#[test]
fn a_long_list_comes_in_parts_that_follow_each_other() {
    let somebody = |number: usize| EligiblePerson {
        person_id: PersonId::new(Uuid::from_u128(number as u128)),
        voting_weight: None,
    };
    let import = |count| AttendanceCommand::ImportEligibility {
        roll_id: roll(1),
        people: (0..count).map(somebody).collect(),
        at: at(0),
    };
    let events = folded(vec![]).decide(import(2 * MOST_IN_PART + 1)).expect("a list of this length is taken");
    let sizes: Vec<_> = events
        .iter()
        .map(|event| match event {
            AttendanceEvent::EligibilityImported { part, parts, people, .. } => (*part, *parts, people.len()),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(sizes, [(1, 3, MOST_IN_PART), (2, 3, MOST_IN_PART), (3, 3, 1)]);
    assert!(folded(events).has_roll());
    let refused = folded(vec![]).decide(import(60 * MOST_IN_PART + 1));
    assert_eq!(refused, Err(AttendanceError::TooManyListed { most: 60 * MOST_IN_PART }));
}

#[test]
fn the_largest_part_fits_into_an_event() {
    let person_id = person(1);
    let heavy = EligiblePerson { person_id, voting_weight: Some(weight("999999999.999999")) };
    let part = AttendanceEvent::EligibilityImported {
        roll_id: roll(1),
        part: 60,
        parts: 60,
        people: vec![heavy; MOST_IN_PART],
        at: at(1),
    };
    let bytes = serde_json::to_vec(&part).expect("an event is plain JSON").len();
    assert!(bytes < 256 * 1024, "{bytes}");
}

#[test]
fn a_weight_comes_from_the_request_else_the_list_else_the_identity_service() {
    let weighs = |given: Vec<AttendanceEvent>, entrance: Entrance, expected: Option<&str>| {
        let events = folded(given).decide(AttendanceCommand::Validate(entrance)).expect("they are let in");
        let AttendanceEvent::Validated { voting_weight, .. } = &events[0] else { panic!("{events:?}") };
        assert_eq!(*voting_weight, expected.map(weight));
    };
    let list = vec![part(1, 1, 1, &[1])];
    let unsaid = Entrance { voting_weight: None, identified_weight: Some(weight("5")), ..entrance(1, 1) };
    weighs(list.clone(), entrance(1, 1), Some("3.25"));
    weighs(list, unsaid, Some("2"));
    let by_profile = Entrance { eligibility: Eligibility::Eligible(Some(weight("4"))), ..unsaid };
    weighs(vec![], by_profile, Some("4"));
    weighs(vec![], unsaid, Some("5"));
    weighs(vec![], Entrance { identified_weight: None, ..unsaid }, None);
}

#[test]
fn an_override_lets_in_against_the_rules_and_names_them() {
    let over = |entrance| AttendanceCommand::Validate(entrance);
    let full = vec![part(1, 1, 1, &[1, 2]), validated(1, 1), validated(2, 2)];
    let both = [AttendanceRule::Eligibility, AttendanceRule::Capacity];
    let then = vec![validated_by_hand(3), overridden(3, &both)];
    decided(full.clone(), over(by_hand(3, true)), then);
    refused(full, over(by_hand(3, false)), AttendanceError::NotEligible);

    let full = vec![validated(1, 1), validated(2, 2)];
    let then = vec![validated_by_hand(3), overridden(3, &[AttendanceRule::Capacity])];
    decided(full.clone(), over(by_hand(3, true)), then);
    let error = AttendanceError::CapacityReached { capacity: capacity(2) };
    refused(full, over(by_hand(3, false)), error);
}

#[test]
fn somebody_who_comes_back_against_the_rules_is_explained_too() {
    let given = vec![validated(1, 1), left(1), part(1, 1, 1, &[2])];
    let back = AttendanceEvent::Returned {
        person_id: person(1),
        method: AttendanceMethod::Manual,
        evidence: None,
        at: at(1),
    };
    let then = vec![back, overridden(1, &[AttendanceRule::Eligibility])];
    decided(given, AttendanceCommand::Validate(by_hand(1, true)), then);
}

#[test]
fn an_override_that_nothing_needs_is_not_noted() {
    accepted(vec![], AttendanceCommand::Validate(by_hand(1, true)), validated_by_hand(1));
}

#[test]
fn an_override_bends_no_other_rule() {
    let over =
        |entrance: Entrance| AttendanceCommand::Validate(Entrance { override_given: true, ..entrance });
    refused(vec![validated(1, 1)], over(by_hand(1, true)), AttendanceError::AlreadyPresent);
    refused(vec![validated(1, 1)], over(entrance(2, 1)), AttendanceError::EvidenceReplayed);
}

#[test]
fn who_is_let_in_by_hand_while_nobody_knows_their_right_is_noted() {
    let unknown = [AttendanceRule::EligibilityUnknown];
    let then = vec![validated_by_hand(1), overridden(1, &unknown)];
    decided(vec![], with(Eligibility::Unknown, by_hand(1, false)), then);

    let full = vec![validated(2, 2), validated(3, 3)];
    let error = AttendanceError::CapacityReached { capacity: capacity(2) };
    refused(full.clone(), with(Eligibility::Unknown, by_hand(1, false)), error);
    let both = [AttendanceRule::EligibilityUnknown, AttendanceRule::Capacity];
    let then = vec![validated_by_hand(1), overridden(1, &both)];
    decided(full, with(Eligibility::Unknown, by_hand(1, true)), then);
}
