//! What holds whatever is asked in whatever order.

use std::collections::{BTreeMap, BTreeSet};

use cqrs_es::Aggregate;
use proptest::prelude::*;

use super::codes::{code, issue, issued, show, show_wrong};
use super::roll::import;
use super::{by_hand, come_back, entrance, folded, leave, left, person, returned, validate, validated};
use crate::attendance::{
    Attendance, AttendanceCommand, AttendanceEvent, Eligibility, Entrance, MOST_WRONG_TRIES,
};
use crate::values::EvidenceDigest;

fn any_eligibility() -> impl Strategy<Value = Eligibility> {
    prop_oneof![
        Just(Eligibility::NotAsked),
        Just(Eligibility::Eligible(None)),
        Just(Eligibility::NotEligible),
        Just(Eligibility::Unknown),
    ]
}

fn any_entrance() -> impl Strategy<Value = Entrance> {
    (0..5_u8, 0..12_u8, any_eligibility(), any::<bool>(), any::<bool>()).prop_map(
        |(who, shown, eligibility, manual, over)| {
            let entrance = if manual { by_hand(who, over) } else { entrance(who, shown) };
            Entrance { eligibility, ..entrance }
        },
    )
}

fn any_command() -> impl Strategy<Value = AttendanceCommand> {
    prop_oneof![
        (0..5_u8, 0..12_u8).prop_map(|(who, shown)| validate(who, shown)),
        any_entrance().prop_map(AttendanceCommand::Validate),
        (0..5_u8, 0..12_u8).prop_map(|(who, shown)| come_back(who, shown)),
        (0..5_u8).prop_map(leave),
        (0..5_u8, 0..8_u8).prop_map(|(who, number)| issue(who, number)),
        (0..5_u8, 0..8_u8).prop_map(|(who, number)| show(who, number)),
        (0..5_u8, 0..8_u8).prop_map(|(who, number)| show_wrong(who, number)),
        prop::collection::btree_set(0..5_u8, 0..5)
            .prop_map(|who| import(1, &who.into_iter().collect::<Vec<_>>())),
    ]
}

fn any_event() -> impl Strategy<Value = AttendanceEvent> {
    prop_oneof![
        (0..5_u8, 0..12_u8).prop_map(|(who, shown)| validated(who, shown)),
        (0..5_u8, 0..12_u8).prop_map(|(who, shown)| returned(who, shown)),
        (0..5_u8).prop_map(left),
        (0..5_u8, 0..8_u8).prop_map(|(who, number)| issued(who, number)),
        (1..4_u32, 1..4_u32).prop_map(|(part, parts)| part_of(part, parts)),
    ]
}

fn part_of(part: u32, parts: u32) -> AttendanceEvent {
    let events = Attendance::default().decide(import(1, &[1])).expect("a list of one");
    match events.into_iter().next().expect("one part") {
        AttendanceEvent::EligibilityImported { roll_id, people, at, .. } => {
            AttendanceEvent::EligibilityImported { roll_id, part, parts, people, at }
        }
        other => other,
    }
}

fn shown(event: &AttendanceEvent) -> Option<EvidenceDigest> {
    match event {
        AttendanceEvent::Validated { evidence, .. } | AttendanceEvent::Returned { evidence, .. } => *evidence,
        _ => None,
    }
}

/// A code is issued under a new id each time: which of them each person has now, and how often it was missed.
#[derive(Default)]
struct Codes {
    issued: BTreeSet<u8>,
    missed: BTreeMap<u8, u32>,
}

impl Codes {
    /// Whether the command could come: no id is made twice.
    fn allow(&mut self, command: &AttendanceCommand) -> bool {
        match command {
            AttendanceCommand::IssueCode { code_id, .. } => {
                let number = (0..8).find(|number| code(*number) == *code_id).expect("one of eight");
                self.issued.insert(number)
            }
            _ => true,
        }
    }

    fn miss(&mut self, command: &AttendanceCommand) -> u32 {
        let AttendanceCommand::RefuseCode { code_id, .. } = command else { return 0 };
        let number = (0..8).find(|number| code(*number) == *code_id).expect("one of eight");
        let missed = self.missed.entry(number).or_default();
        *missed += 1;
        *missed
    }
}

proptest! {
    #[test]
    fn any_commands_keep_the_rules(commands in prop::collection::vec(any_command(), 0..120)) {
        let (mut attendance, mut used, mut codes) = (Attendance::default(), BTreeSet::new(), Codes::default());
        for command in commands {
            if !codes.allow(&command) {
                continue;
            }
            let Ok(events) = attendance.decide(command.clone()) else { continue };
            prop_assert!(codes.miss(&command) <= MOST_WRONG_TRIES);
            let overridden = matches!(events.last(), Some(AttendanceEvent::Overridden { .. }));
            for event in events {
                prop_assert!(shown(&event).is_none_or(|evidence| used.insert(evidence)), "evidence twice");
                let before = attendance.present_count();
                attendance.apply(event);
                let fuller = attendance.present_count() > before;
                prop_assert!(!fuller || overridden || attendance.present_count() <= 2);
            }
        }
    }

    #[test]
    fn any_events_fold_and_the_count_is_right(events in prop::collection::vec(any_event(), 0..80)) {
        let attendance = folded(events);
        let present = (0..5).filter(|who| attendance.is_present(person(*who))).count();
        prop_assert_eq!(usize::try_from(attendance.present_count()).expect("a small number"), present);
    }

    #[test]
    fn a_snapshot_of_anything_is_read_again(events in prop::collection::vec(any_event(), 0..40)) {
        let attendance = folded(events);
        let snapshot = serde_json::to_string(&attendance).expect("the state is plain JSON");
        prop_assert_eq!(serde_json::from_str::<Attendance>(&snapshot).expect("the same form"), attendance);
    }
}
