//! What is counted of sessions and of the floor.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use acta_application::floor::{ApproveSpeech, RequestSpeech};
use acta_application::session::AssemblyNews;
use acta_domain::{AssemblyId, Priority, SpeechKind};
use metrics::{Counter, Gauge, Histogram, Key, KeyName, Metadata, Recorder, SharedString, Unit};

use crate::room::{Room, command, keyed, person, text};

/// Keeps the counters of one name, by one label.
struct Counted {
    name: &'static str,
    label: &'static str,
    counters: Mutex<BTreeMap<String, Arc<AtomicU64>>>,
}

impl Counted {
    fn of(name: &'static str, label: &'static str) -> Self {
        Self { name, label, counters: Mutex::default() }
    }

    /// What is counted while `story` is played.
    fn during(self, story: impl Future<Output = ()>) -> Vec<(String, u64)> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        metrics::with_local_recorder(&self, || runtime.block_on(story));
        self.counted()
    }

    fn counted(&self) -> Vec<(String, u64)> {
        let counters = self.counters.lock().unwrap();
        counters.iter().map(|(word, count)| (word.clone(), count.load(Ordering::SeqCst))).collect()
    }
}

impl Recorder for Counted {
    fn describe_counter(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}
    fn describe_gauge(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}
    fn describe_histogram(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

    fn register_counter(&self, key: &Key, _: &Metadata<'_>) -> Counter {
        match key.labels().find(|label| label.key() == self.label) {
            Some(label) if key.name() == self.name => {
                let mut counters = self.counters.lock().unwrap();
                Counter::from_arc(Arc::clone(counters.entry(label.value().to_owned()).or_default()))
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
    let counted = [("approve", 1), ("override", 1), ("request", 2)];
    let mut actions = Counted::of("moderation_actions_total", "action").during(sits());
    // The others are there from the beginning, with nothing counted.
    actions.retain(|(_, count)| *count > 0);
    assert_eq!(actions, counted.map(|(action, count)| (action.to_owned(), count)));
}

/// One session is started by hand, and sent so twice; another by its assembly, which is activated once more in vain.
async fn two_are_started() {
    let room = Room::open().await;
    let session = room.session().await;
    for _ in 0..2 {
        room.use_cases.start_session(&keyed("k", "start"), session).await.unwrap();
    }
    room.use_cases.start_session(&command(), session).await.unwrap_err();
    let (session, assembly) = (room.session().await, AssemblyId::parse("a1").unwrap());
    let news = AssemblyNews::Activated;
    room.use_cases.take_assembly_news(&command(), session, &assembly, &news).await.unwrap();
    room.use_cases.take_assembly_news(&command(), session, &assembly, &news).await.unwrap_err();
}

#[test]
fn a_session_is_counted_when_it_starts() {
    let started = Counted::of("sessions_started_total", "modality").during(two_are_started());
    assert_eq!(started, [("hybrid".to_owned(), 2)]);
}
