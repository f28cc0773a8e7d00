//! `kill -9` under load: what was acknowledged is found again, once, and nothing stands between.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use acta_proof::verify::{VerifyOptions, verify_file};
use reqwest::Method;
use serde_json::{Value, json};
use tokio::sync::watch;
use tokio::task::JoinSet;
use uuid::Uuid;

use crate::api::{Api, try_send};
use crate::meeting::{Meeting, any_id, chunk_of, feed};
use crate::service::{Folder, PATIENCE, Service, printed, run};

const VIEWS: [&str; 4] = ["sessions", "attendance", "floor", "transcript"];
const CLIENTS: u64 = 6;
/// After how many acknowledgements of a life the service may be killed.
const LIFE: RangeInclusive<u64> = 1..=120;

/// A command that a client sends until it knows the outcome.
#[derive(Clone)]
struct Command {
    key: String,
    path: String,
    body: Value,
    /// The member of the event's payload that no other command has, and its value.
    trace: (&'static str, Value),
}

/// A client, with what it must not forget when the service dies.
struct Client {
    number: u64,
    sent: u64,
    path: String,
    speaker: Uuid,
    pending: Option<Command>,
    /// The outcome of every acknowledged command: trace and position.
    acknowledged: Vec<((&'static str, Value), u64)>,
}

impl Client {
    fn next(&mut self) -> Command {
        self.sent += 1;
        let key = format!("client-{}-{}", self.number, self.sent);
        if self.sent.is_multiple_of(4) {
            let person = any_id();
            let body = json!({ "user_id": person, "name": key, "voting_weight": "1" });
            let path = format!("{}/attendance/register-attendee", self.path);
            return Command { key, path, body, trace: ("person_id", json!(person)) };
        }
        let start = self.number * 1_000_000_000 + self.sent * 1000;
        let body = chunk_of(self.speaker, start, &key);
        Command {
            key,
            path: format!("{}/transcript/chunks", self.path),
            body,
            trace: ("start_ms", json!(start)),
        }
    }

    /// Sends commands until the service is gone or nothing more is wanted.
    async fn work(mut self, api: Api, stop: Arc<AtomicBool>, acknowledged: watch::Sender<u64>) -> Self {
        loop {
            if self.pending.is_none() && stop.load(Ordering::Relaxed) {
                return self;
            }
            let command = match self.pending.take() {
                Some(command) => command,
                None => self.next(),
            };
            let request = api.request(Method::POST, &command.path).header("Idempotency-Key", &command.key);
            match try_send(request.json(&command.body)).await {
                Ok(answer) if answer.status == 503 => self.pending = Some(command),
                Ok(answer) => {
                    let position = answer.ok().position();
                    self.acknowledged.push((command.trace, position));
                    acknowledged.send_modify(|count| *count += 1);
                }
                Err(_) => {
                    self.pending = Some(command);
                    return self;
                }
            }
        }
    }
}

/// One life of the service: all clients work until it is killed, or until it is stopped if `kill_after` is nothing.
async fn life(service: Service, tenant: Uuid, clients: Vec<Client>, kill_after: Option<u64>) -> Vec<Client> {
    let api = service.administrator(tenant).await;
    let stop = Arc::new(AtomicBool::new(kill_after.is_none()));
    let (acknowledged, mut count) = watch::channel(0);
    let mut work = JoinSet::new();
    for client in clients {
        work.spawn(client.work(api.clone(), Arc::clone(&stop), acknowledged.clone()));
    }
    if let Some(wanted) = kill_after {
        let reached = tokio::time::timeout(PATIENCE, count.wait_for(|count| *count >= wanted));
        reached.await.expect("commands are acknowledged").unwrap();
        // Anywhere between two acknowledgements.
        tokio::time::sleep(Duration::from_micros(rand::random_range(0..3000))).await;
        service.kill().await;
        return work.join_all().await;
    }
    let clients = work.join_all().await;
    service.stop().await;
    clients
}

async fn rebuild_all(folder: &Folder) {
    for view in VIEWS {
        let output = run(["rebuild", view, "--data", &folder.path().to_string_lossy()]).await;
        assert!(output.status.success(), "{view}: {}", printed(&output));
    }
}

/// Two sessions, and clients that write to both.
async fn begin(folder: &Folder, tenant: Uuid) -> (Vec<Meeting>, Vec<Client>) {
    let service = Service::start(folder).await;
    let api = service.administrator(tenant).await;
    let meetings = vec![Meeting::begin(&api, "First", 1).await, Meeting::begin(&api, "Second", 1).await];
    let client = |number: u64| {
        let meeting = &meetings[usize::try_from(number % 2).unwrap()];
        let (path, speaker) = (meeting.path(""), meeting.members[0]);
        Client { number, sent: 0, path, speaker, pending: None, acknowledged: Vec::new() }
    };
    let clients = (1..=CLIENTS).map(client).collect();
    service.kill().await;
    (meetings, clients)
}

#[track_caller]
fn assert_gapless(events: &[Value]) {
    let positions = events.iter().map(|event| event["position"].as_u64().unwrap());
    assert!(positions.eq(1..=events.len() as u64), "positions have no gaps");
    let mut sessions: BTreeMap<&str, u64> = BTreeMap::new();
    let mut streams: BTreeMap<String, u64> = BTreeMap::new();
    for event in events {
        let index = sessions.entry(event["session_id"].as_str().unwrap()).or_default();
        assert_eq!(event["session_index"], *index, "{event}");
        *index += 1;
        let sequence = streams.entry(event["stream"].to_string()).or_default();
        *sequence += 1;
        assert_eq!(event["sequence"], *sequence, "{event}");
    }
}

/// Every acknowledged command has its event where it was said to be, and no command has two.
#[track_caller]
fn assert_all_found(events: &[Value], clients: &[Client]) {
    let mut places: BTreeMap<(&str, String), Vec<u64>> = BTreeMap::new();
    for event in events {
        for member in ["person_id", "start_ms"] {
            let (value, kind) = (&event["payload"][member], event["type"].as_str().unwrap());
            if !value.is_null() && ["attendance.validated.v1", "transcript.chunk.v1"].contains(&kind) {
                let position = event["position"].as_u64().unwrap();
                places.entry((member, value.to_string())).or_default().push(position);
            }
        }
    }
    let mut found = 0;
    for ((member, value), position) in clients.iter().flat_map(|client| &client.acknowledged) {
        let place = places.get(&(*member, value.to_string()));
        assert_eq!(place, Some(&vec![*position]), "{member} {value} was acknowledged at {position}");
        found += 1;
    }
    let written = events
        .iter()
        .filter(|event| event["type"] == "transcript.chunk.v1" || event["type"] == "attendance.validated.v1");
    // The two members that were there from the beginning.
    assert_eq!(written.count(), found + 2, "nothing was written that nobody sent");
}

async fn survive(kills: u32) {
    let (folder, tenant) = (Folder::new(), any_id());
    let (meetings, mut clients) = begin(&folder, tenant).await;
    for _ in 0..kills {
        let service = Service::start(&folder).await;
        clients = life(service, tenant, clients, Some(rand::random_range(LIFE))).await;
    }
    rebuild_all(&folder).await;
    clients = life(Service::start(&folder).await, tenant, clients, None).await;
    rebuild_all(&folder).await;

    let service = Service::start(&folder).await;
    let api = service.administrator(tenant).await;
    let events = feed(&api).await;
    assert_gapless(&events);
    assert_all_found(&events, &clients);
    for meeting in meetings {
        let proof = service.stranger().get(&meeting.path("/audit-proof")).await.expect(200).body;
        let report = verify_file(&proof, &VerifyOptions::default()).unwrap();
        let events = events.iter().filter(|event| event["session_id"] == meeting.session);
        assert_eq!(report.size, events.count() as u64);
    }
    service.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_acknowledged_is_lost_or_doubled_by_kill_9() {
    survive(8).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "two hundred kills take minutes: `make chaos`"]
async fn chaos_nothing_acknowledged_is_lost_or_doubled_by_two_hundred_kills() {
    survive(200).await;
}
