//! Whatever happens, the view shows what the rules decide on.

use acta_domain::values::{ConcurrentTurns, GroupName, TimeBudget, Timestamp, WarningTime};
use acta_domain::{Floor as Rules, FloorCommand, FloorRules, QueuePolicy, TimeAccount};
use cqrs_es::Aggregate as _;
use proptest::prelude::*;

use super::*;

fn command(what: u8, number: u8, who: u8, at: Timestamp) -> FloorCommand {
    let (request_id, person_id) = (request(number.into()), person(who.into()));
    let seconds = u64::from(number) * 10 + u64::from(who);
    let group = ["left", "right"].get(usize::from(number) % 3).map(|name| GroupName::parse(name).unwrap());
    match what {
        0..=5 => FloorCommand::Request {
            request_id,
            person_id,
            kind: SpeechKind::ALL[usize::from(number) % 3],
            priority: Priority::new(number.into()).unwrap(),
            present: true,
            at,
        },
        6..=9 => FloorCommand::Approve {
            request_id,
            time_limit: TimeLimit::new(seconds).ok(),
            concurrent_turns: ConcurrentTurns::new(2).unwrap(),
            overriding: true,
            at,
        },
        10..=12 => FloorCommand::Finish { request_id, by: FinishedBy::Chair, at },
        13 => FloorCommand::Deny { request_id, at },
        14 => FloorCommand::Pause { request_id, at },
        15 => FloorCommand::Resume { request_id, at },
        16 => FloorCommand::Warn { request_id, at },
        17 => FloorCommand::AssignGroup { person_id, group, at },
        18 => FloorCommand::SetTimeAccount {
            account: group.map_or(TimeAccount::Person(person_id), TimeAccount::Group),
            limit: TimeBudget::new(seconds).ok(),
            at,
        },
        _ => FloorCommand::SetRules {
            rules: FloorRules {
                queue_policy: QueuePolicy::ALL[usize::from(number) % 2],
                warning_seconds: WarningTime::new(number.into()).ok(),
            },
            at,
        },
    }
}

fn agrees(view: &FloorView, rules: &Rules) -> Result<(), TestCaseError> {
    let queue: Vec<_> = view.queue.iter().map(|waiting| waiting.request_id).collect();
    prop_assert_eq!(queue, rules.queue());
    prop_assert_eq!(view.rules, rules.rules());
    for account in view.accounts() {
        prop_assert_eq!(account.spent_ms, rules.spent_ms(&account.account));
    }
    let mut turns: Vec<_> = view.turns.iter().collect();
    turns.sort_by_key(|turn| turn.request.request_id);
    let shown: Vec<_> = turns.iter().map(|turn| (turn.ends_at, turn.paused_since.is_some())).collect();
    let decided: Vec<_> = rules.turns().map(|turn| (turn.until, turn.paused)).collect();
    prop_assert_eq!(shown, decided);
    Ok(())
}

proptest! {
    #[test]
    fn the_view_and_the_rules_know_the_same_queue_turns_and_accounts(
        steps in prop::collection::vec((0..20_u8, 0..8_u8, 0..4_u8, -10_000..40_000_i64), 0..100)
    ) {
        let mut rules = Rules::default();
        let mut story = Story::default();
        let (mut view, mut millis) = (None, 0);
        for (what, number, who, step) in steps {
            millis = (millis + step).max(0);
            let at = Timestamp::from_micros(second(0).as_micros() + millis * 1_000).unwrap();
            for event in rules.decide(command(what, number, who, at)).unwrap_or_default() {
                rules.apply(event.clone());
                story = story.then(event);
                let recorded = story.events().last().unwrap();
                let folded = Floor::fold(view.take(), recorded, &recorded.decode().unwrap());
                // As it is kept between two events.
                let kept = serde_json::to_string(&folded.unwrap()).unwrap();
                view = Some(serde_json::from_str::<FloorView>(&kept).unwrap());
                agrees(view.as_ref().unwrap(), &rules)?;
            }
        }
    }
}
