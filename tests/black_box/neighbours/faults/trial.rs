//! One fault, tried on one neighbour after the other.

use std::fmt;
use std::time::Duration;

use acta_neighbours::{Fault, Switches};
use futures::future::join_all;
use tokio::time::Instant;

use super::super::place::Place;
use super::operation::{NEIGHBOURS, Operation, Ready};
use super::page::Results;
use crate::api::Answer;
use crate::folder::Folder;
use crate::kafka::place::feature;
use crate::meeting::feed;
use crate::service::{PATIENCE, Service, within};

/// How much longer than the neighbour's bound a request may take, for what this service does itself.
const OWN_TIME: Duration = Duration::from_secs(1);
/// So many failed calls in a row make the service leave a neighbour alone.
const TOO_MANY: usize = 12;
/// What nobody waits for.
const LONG: Duration = Duration::from_mins(1);
/// More than any answer may be.
const HUGE: u64 = 64 << 20;

/// A fault, and how it is called.
pub(super) struct Trial {
    pub(super) name: &'static str,
    fault: Fault,
    /// Whether the neighbour fails until it is left alone before it is looked at.
    exhausts: bool,
}

const fn trial(name: &'static str, fault: Fault) -> Trial {
    Trial { name, fault, exhausts: false }
}

/// All of them, as they stand in the table.
pub(super) const TRIALS: [Trial; 17] = [
    trial("nothing", Fault::None),
    trial("no answer", Fault::Slow(LONG)),
    trial("500", Fault::Status(500)),
    trial("503 twice, then well", Fault::StatusTimes(503, 2)),
    trial("429, `Retry-After: 7`", Fault::TooMany { retry_after: Some(7) }),
    trial("401", Fault::Status(401)),
    trial("404", Fault::Status(404)),
    trial("400", Fault::Status(400)),
    trial("connection cut", Fault::Cut),
    trial("answer cut in the middle", Fault::CutMidBody),
    trial("not JSON", Fault::WrongJson),
    trial("JSON of another form", Fault::WrongForm),
    trial("64 MiB", Fault::Huge(HUGE)),
    trial("redirect", Fault::Redirect),
    trial("wrong certificate", Fault::WrongCertificate),
    trial("nothing listens", Fault::Refuse),
    Trial { name: "500 again and again", fault: Fault::Status(500), exhausts: true },
];

/// What a client is answered, and what was recorded.
pub(super) struct Answered {
    status: u16,
    problem: Option<String>,
    retry_after: Option<String>,
    recorded: Vec<String>,
}

/// What was seen of one fault of one neighbour.
pub(super) struct Seen {
    pub(super) answers: Vec<Answered>,
    pub(super) health: String,
}

impl fmt::Display for Answered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.status)?;
        if let Some(problem) = &self.problem {
            write!(f, " `{problem}`")?;
        }
        if let Some(wait) = &self.retry_after {
            write!(f, ", `Retry-After` {wait}")?;
        }
        match &self.recorded[..] {
            [] => f.write_str(" –"),
            events => events.iter().try_for_each(|event| write!(f, " `{event}`")),
        }
    }
}

impl Trial {
    /// Tries it on every neighbour, one after the other, beside a service of its own.
    pub(super) async fn play(&'static self) -> Results {
        let place = Place::on(Folder::embedded()).await;
        let service = place.start().await;
        let mut results = Results::new();
        for ((neighbour, seconds), (name, switches)) in NEIGHBOURS.into_iter().zip(sorted(&place)) {
            assert_eq!(neighbour, name, "they stand in the same order");
            let bound = Duration::from_secs(seconds) + OWN_TIME;
            results
                .insert((neighbour, self.name), self.of(neighbour, switches, bound, &place, &service).await);
        }
        place.house.assert_contracts_kept();
        service.stop().await;
        results
    }

    async fn of(
        &self,
        neighbour: &'static str,
        switches: &Switches,
        bound: Duration,
        place: &Place,
        service: &Service,
    ) -> Seen {
        let operations = Operation::all_of(neighbour);
        let ready = join_all(operations.iter().map(|operation| operation.prepare(place, service))).await;
        if neighbour == "governance" {
            // Of the session that goes on: nothing of the preparation is under way any more then.
            self.is_told(switches).await;
        }
        if self.exhausts {
            exhaust(neighbour, switches, place, service).await;
        }
        let mut answers = Vec::new();
        for (operation, ready) in operations.iter().zip(&ready) {
            switches.forget();
            // Anew for each, because some faults wear off.
            switches.set(self.fault).await;
            answers.push(answered(ready, bound, &format!("{neighbour}, {}", self.name)).await);
            if *operation == Operation::StartOfAssembly {
                self.is_told(switches).await;
            }
        }
        let health = health(service, neighbour).await;
        switches.set(Fault::None).await;
        Seen { answers, health }
    }

    /// Governance is told when the client has its answer; waits until it hears that, if it can.
    async fn is_told(&self, switches: &Switches) {
        if self.exhausts || matches!(self.fault, Fault::Refuse | Fault::WrongCertificate) {
            return;
        }
        within(PATIENCE, "governance is told", async || (switches.count() > 0).then_some(())).await;
    }
}

/// The neighbours' switches in the order of [`NEIGHBOURS`].
fn sorted(place: &Place) -> Vec<(&'static str, &Switches)> {
    let mut switches = place.house.switches().to_vec();
    let place_of = |name| NEIGHBOURS.iter().position(|(neighbour, _)| *neighbour == name);
    switches.sort_by_key(|(name, _)| place_of(*name));
    switches
}

/// The neighbour fails until it is left alone.
async fn exhaust(neighbour: &str, switches: &Switches, place: &Place, service: &Service) {
    let operation = Operation::asking(neighbour);
    let mut calls = Vec::new();
    for _ in 0..TOO_MANY {
        calls.push(operation.prepare(place, service).await);
    }
    switches.set(Fault::Status(500)).await;
    join_all(calls.iter().map(Ready::ask)).await;
}

async fn answered(ready: &Ready, bound: Duration, what: &str) -> Answered {
    let before = recorded(ready).await;
    let begin = Instant::now();
    let answer = ready.ask().await;
    let took = begin.elapsed();
    assert!(took <= bound, "{what}: {} took {took:?}, which is more than {bound:?}", answer.what);
    let recorded = recorded(ready).await.split_off(before.len());
    let problem = (answer.status >= 400).then(|| slug(&answer));
    let retry_after = wait(answer.header("retry-after"));
    Answered { status: answer.status, problem, retry_after, recorded }
}

fn slug(answer: &Answer) -> String {
    answer.json()["type"].as_str().unwrap_or_default().trim_start_matches("urn:acta:problem:").to_owned()
}

/// What the fault said itself is shown as it is; how long the service leaves a neighbour alone depends on when it began to.
fn wait(seconds: &str) -> Option<String> {
    match seconds.parse::<u64>() {
        Ok(8..=30) => Some("at most 30".to_owned()),
        Ok(other) => Some(other.to_string()),
        Err(_) => None,
    }
}

/// The types of the tenant's events, without those that a policy adds whenever it comes to it.
async fn recorded(ready: &Ready) -> Vec<String> {
    let events = feed(&ready.api).await;
    let types = events.iter().map(|event| event["type"].as_str().expect("an event has a type").to_owned());
    types.filter(|name| name != "governance.notified.v1").collect()
}

async fn health(service: &Service, neighbour: &str) -> String {
    let (feature, _) = feature(&service.stranger(), neighbour).await;
    let text = |name: &str| feature[name].as_str().expect("a text").to_owned();
    format!("{}: {}", text("status"), text("state"))
}
