//! Every order that was ever shown follows from the record alone: whoever replays it gets the same.

mod chair;

use std::collections::BTreeSet;

use acta_domain::{AnyEvent, Floor, QueuePolicy, TimeAccount};
use cqrs_es::Aggregate as _;
use serde_json::{Value, json};

use self::chair::{Chair, Shown};
use super::{floor_events, types};
use crate::folder::Folder;
use crate::meeting::{Meeting, any_id, session_called};
use crate::service::Service;

/// How many commands are tried.
const COMMANDS: usize = 400;
const MEMBERS: usize = 8;

/// The record, folded by the rules alone.
#[derive(Default)]
struct Replay {
    floor: Floor,
    /// At how many events the two policies would have called people in different orders.
    differences: usize,
}

impl Replay {
    fn fold(&mut self, event: &Value) {
        let name = event["type"].as_str().unwrap();
        let AnyEvent::Floor(fact) = AnyEvent::from_parts(name, &event["payload"]).unwrap() else {
            panic!("{name} is none of the floor");
        };
        self.floor.apply(fact);
        let pending: Vec<_> = self.floor.pending().collect();
        let orders = [QueuePolicy::PriorityV1, QueuePolicy::BalanceV1].map(|policy| policy.order(&pending));
        self.differences += usize::from(orders[0] != orders[1]);
    }

    fn queue(&self) -> Vec<String> {
        self.floor.queue().iter().map(ToString::to_string).collect()
    }

    fn spent_ms(&self, account: &str) -> u64 {
        self.floor.spent_ms(&TimeAccount::parse(account).unwrap())
    }

    fn shows(&self, shown: &Shown) -> bool {
        let is_spent = |(account, spent_ms): (&String, &u64)| *spent_ms == self.spent_ms(account);
        shown.queue == self.queue() && shown.spent_ms.iter().all(is_spent)
    }
}

#[tokio::test]
async fn a_replay_of_the_record_gives_every_order_that_was_ever_shown() {
    let folder = Folder::new().await;
    let service = Service::start(&folder).await;
    let api = service.administrator(any_id()).await;
    let mut details = session_called("General meeting");
    details["limits"] = json!({ "concurrent_turns": 3 });
    let mut chair = Chair::of(Meeting::begin_as(&api, &details, MEMBERS).await);
    for _ in 0..COMMANDS {
        chair.act().await;
    }
    chair.leave_the_last_word_to_the_clock().await;

    let events = floor_events(&api, &chair.meeting).await;
    let (mut replay, mut next) = (Replay::default(), events.iter().peekable());
    for shown in &chair.shown {
        while let Some(event) = next.next_if(|event| event["position"].as_u64() <= Some(shown.position)) {
            replay.fold(event);
        }
        // What is shown reflects at least its position: the clock may have done something since.
        while !replay.shows(shown)
            && let Some(event) = next.next()
        {
            replay.fold(event);
        }
        assert!(replay.shows(shown), "no order after position {} is {:?}", shown.position, shown.queue);
    }
    let kinds: BTreeSet<_> = types(&events).into_iter().collect();
    let orders = chair.shown.len();
    eprintln!(
        "{orders} orders shown, {} events of {} types; the policies differed at {}",
        events.len(),
        kinds.len(),
        replay.differences
    );
    assert!(orders > COMMANDS / 3, "most commands are done");
    assert!(replay.differences > COMMANDS / 10, "it matters which policy is in force");
    assert_eq!(chair.done.len(), 12, "everything was done at least once: {:?}", chair.done);
    for name in ["floor.overridden.v1", "turn.warned.v1"] {
        assert!(kinds.contains(name), "{name} never happened: {kinds:?}");
    }
    service.stop().await;
}
