//! What is counted of the floor.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use acta_application::floor::{ApproveSpeech, RequestSpeech};
use acta_domain::{Priority, SpeechKind};
use metrics::{Counter, Gauge, Histogram, Key, KeyName, Metadata, Recorder, SharedString, Unit};

use crate::room::{Room, command, keyed, person, text};

/// Keeps the counters of actions.
#[derive(Default)]
struct Actions(Mutex<BTreeMap<String, Arc<AtomicU64>>>);

impl Actions {
    fn counted(&self) -> Vec<(String, u64)> {
        let counters = self.0.lock().unwrap();
        counters.iter().map(|(action, count)| (action.clone(), count.load(Ordering::SeqCst))).collect()
    }
}

impl Recorder for Actions {
    fn describe_counter(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}
    fn describe_gauge(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}
    fn describe_histogram(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

    fn register_counter(&self, key: &Key, _: &Metadata<'_>) -> Counter {
        match key.labels().find(|label| label.key() == "action") {
            Some(action) if key.name() == "moderation_actions_total" => {
                let mut counters = self.0.lock().unwrap();
                Counter::from_arc(Arc::clone(counters.entry(action.value().to_owned()).or_default()))
            }
            _ => Counter::noop(),
        }
    }

    fn register_gauge(&self, _: &Key, _: &Metadata<'_>) -> Gauge {
        Gauge::noop()
    }

    fn register_histogram(&self, _: &Key, _: &Metadata<'_>) -> Histogram {
        Histogram::noop()
    }
}

/// Two ask; the second is called, which is sent twice; the first cannot be, because the floor is taken.
async fn sits() {
    let room = Room::open().await;
    let session = room.active_session().await;
    let mut requests = Vec::new();
    for number in [1, 2] {
        room.let_in(session, person(number)).await;
        let ask = RequestSpeech {
            person_id: person(number),
            kind: SpeechKind::Speech,
            priority: Priority::default(),
            topic: None,
        };
        requests.push(room.use_cases.request_speech(&command(), session, ask).await.unwrap().request_id);
    }
    let reason = || Some(text("a guest"));
    let turn = |request_id| ApproveSpeech { request_id, time_limit: None, override_reason: reason() };
    for _ in 0..2 {
        room.use_cases.approve_speech(&keyed("k", "approve"), session, turn(requests[1])).await.unwrap();
    }
    room.use_cases.approve_speech(&command(), session, turn(requests[0])).await.unwrap_err();
}

#[test]
fn a_command_is_counted_when_it_is_accepted_for_the_first_time() {
    let actions = Actions::default();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    metrics::with_local_recorder(&actions, || runtime.block_on(sits()));
    let counted = [("approve", 1), ("override", 1), ("request", 2)];
    assert_eq!(actions.counted(), counted.map(|(action, count)| (action.to_owned(), count)));
}
