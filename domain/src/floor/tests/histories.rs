//! Whatever the chair, the people and the clock do, at whatever moments.

use super::*;
use crate::floor::{FloorRules, QueuePolicy, TimeAccount};
use crate::ids::PersonId;
use crate::values::{GroupName, TimeBudget, Timestamp, WarningTime};

/// A command with this number's request, from or about this person, at this moment.
fn command(what: u8, number: u8, who: u8, at: Timestamp) -> FloorCommand {
    let (request_id, person_id, account) = (request_id(number), person(who), account(number, who));
    let seconds = u64::from(number) * 10 + u64::from(who);
    match what {
        0..=5 => FloorCommand::Request {
            request_id,
            person_id,
            kind: SpeechKind::ALL[usize::from(number) % 3],
            priority: Priority::new(u64::from(number)).expect("a valid value"),
            present: true,
            at,
        },
        6..=10 => FloorCommand::Approve {
            request_id,
            time_limit: TimeLimit::new(seconds).ok(),
            concurrent_turns: turns(2),
            overriding: who.is_multiple_of(2),
            at,
        },
        11 => FloorCommand::Deny { request_id, at },
        12 => FloorCommand::Withdraw { request_id, by: WithdrawnBy::Chair, at },
        13 => FloorCommand::Finish { request_id, by: FinishedBy::Chair, at },
        14 | 15 => FloorCommand::Finish { request_id, by: FinishedBy::Clock, at },
        16 => FloorCommand::Pause { request_id, at },
        17 => FloorCommand::Resume { request_id, at },
        18 => FloorCommand::Warn { request_id, at },
        19 => FloorCommand::Mute { person_id, at },
        20 => FloorCommand::Unmute { person_id, at },
        21 => FloorCommand::SetRules { rules: rules(number), at },
        22 => FloorCommand::AssignGroup { person_id, group: group(number), at },
        _ => FloorCommand::SetTimeAccount { account, limit: TimeBudget::new(seconds).ok(), at },
    }
}

fn rules(number: u8) -> FloorRules {
    let queue_policy = QueuePolicy::ALL[usize::from(number) % 2];
    FloorRules { queue_policy, warning_seconds: WarningTime::new(u64::from(number)).ok() }
}

fn group(number: u8) -> Option<GroupName> {
    ["left", "right"].get(usize::from(number) % 3).map(|name| GroupName::parse(name).expect("a valid value"))
}

fn account(number: u8, who: u8) -> TimeAccount {
    group(number).map_or(TimeAccount::Person(person(who)), TimeAccount::Group)
}

/// Commands at moments that mostly go on, and sometimes are set back or stand.
fn any_commands() -> impl Strategy<Value = Vec<FloorCommand>> {
    let step = prop_oneof![6 => 0..40_000_i64, 1 => -60_000..0_i64];
    prop::collection::vec((0..24_u8, 0..8_u8, 0..4_u8, step), 0..150).prop_map(|steps| {
        let mut millis = 0;
        let told = steps.into_iter().map(|(what, number, who, step)| {
            millis = (millis + step).max(0);
            let now = Timestamp::from_micros(at(0).as_micros() + millis * 1_000).expect("a valid value");
            command(what, number, who, now)
        });
        told.collect()
    })
}

/// What the events say about time, kept in another way: every stretch of speaking by itself.
#[derive(Default)]
struct Stopwatch {
    running: BTreeMap<SpeechRequestId, Timestamp>,
    turns: BTreeMap<SpeechRequestId, Vec<u64>>,
    spent: BTreeMap<PersonId, u64>,
    warned: BTreeSet<SpeechRequestId>,
}

impl Stopwatch {
    fn stop(&mut self, request_id: SpeechRequestId, at: Timestamp) {
        if let Some(since) = self.running.remove(&request_id) {
            self.turns.entry(request_id).or_default().push(at.micros_since(since));
        }
    }

    fn note(&mut self, event: &FloorEvent) {
        match *event {
            FloorEvent::Approved { request_id, at, .. } => {
                self.warned.remove(&request_id);
                self.running.insert(request_id, at);
            }
            FloorEvent::Resumed { request_id, at, .. } => {
                assert!(self.running.insert(request_id, at).is_none(), "it ran already");
            }
            FloorEvent::Paused { request_id, at, .. } => self.stop(request_id, at),
            FloorEvent::Warned { request_id, .. } => {
                assert!(self.warned.insert(request_id), "warned twice");
                assert!(self.running.contains_key(&request_id), "a paused turn was warned");
            }
            FloorEvent::Finished { request_id, person_id, by, at } => {
                let runs = self.running.contains_key(&request_id);
                assert!(runs || by != FinishedBy::Clock, "the clock ended a paused turn");
                self.stop(request_id, at);
                let micros: u64 = self.turns.remove(&request_id).unwrap_or_default().iter().sum();
                *self.spent.entry(person_id).or_default() += micros / 1_000;
            }
            _ => {}
        }
    }
}

proptest! {
    #[test]
    fn a_replay_shows_every_order_that_was_ever_shown(commands in any_commands()) {
        let mut floor = Floor::default();
        let mut events = Vec::new();
        let mut shown = Vec::new();
        for command in commands {
            for event in floor.decide(command).unwrap_or_default() {
                floor.apply(event.clone());
                events.push(serde_json::to_string(&event).expect("an event is plain JSON"));
                shown.push(floor.queue());
            }
        }
        let mut replayed = Floor::default();
        for (event, order) in events.iter().zip(shown) {
            replayed.apply(serde_json::from_str(event).expect("an event is plain JSON"));
            prop_assert_eq!(replayed.queue(), order);
            let snapshot = serde_json::to_string(&replayed).expect("the state is plain JSON");
            replayed = serde_json::from_str(&snapshot).expect("the state is plain JSON");
        }
        prop_assert_eq!(replayed, floor);
    }

    #[test]
    fn time_is_counted_without_pauses_and_the_clock_leaves_a_paused_turn_alone(commands in any_commands()) {
        let mut floor = Floor::default();
        let mut stopwatch = Stopwatch::default();
        for command in commands {
            for event in floor.decide(command).unwrap_or_default() {
                stopwatch.note(&event);
                floor.apply(event);
            }
            for who in (0..4).map(person) {
                let spent = stopwatch.spent.get(&who).copied().unwrap_or(0);
                prop_assert_eq!(floor.spent_ms(&TimeAccount::Person(who)), spent);
            }
            prop_assert!(floor.turns().all(|turn| turn.paused != stopwatch.running.contains_key(&turn.request_id)));
        }
    }

    #[test]
    fn a_turn_is_out_of_turn_or_beyond_its_account_only_with_an_override(commands in any_commands()) {
        let mut floor = Floor::default();
        for command in commands {
            let queue = floor.queue();
            let callable = |request| {
                let who = floor.requester(request).expect("it waits");
                !floor.is_muted(who) && !floor.is_speaking(who)
            };
            let first = queue.into_iter().find(|request| callable(*request));
            let events = floor.decide(command).unwrap_or_default();
            if let [FloorEvent::Approved { request_id, .. }] = events[..] {
                prop_assert_eq!(Some(request_id), first);
            }
            for event in events {
                floor.apply(event);
            }
        }
    }
}
