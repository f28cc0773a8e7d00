//! A sitting with a hundred people and a chair, by other people's client: an instance is killed in the middle, or everybody is cut off,
//! and at the end everybody has seen every event once and in order.
//!
//! `ACTA_SITTINGS=FOLDER` takes the first transcript in that folder (see `sittings.rs`), else a short one is made up.

use std::collections::BTreeSet;
use std::net::SocketAddr;

use acta_throwaway::FaultProxy;
use futures::StreamExt as _;
use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use super::clients::{Clients, Person, done};
use super::{assert_all_seen, recorded};
use crate::api::{Api, try_send};
use crate::folder::Folder;
use crate::instances::{Instances, Ways};
use crate::meeting::{Meeting, any_id, chunk_of};
use crate::service::{Service, eventually};

/// How many take part beside the chair.
const PEOPLE: usize = 100;
/// How many ask for the floor at the same time.
const AT_ONCE: usize = 3;
/// The longest that is taken down of what somebody says, in characters.
const LONGEST: usize = 1000;
/// How many come in at the same time.
const COMING_IN: usize = 10;

/// What is said, and which speaker says it.
struct Utterance {
    speaker: usize,
    words: String,
}

fn utterances() -> Vec<Utterance> {
    match std::env::var_os("ACTA_SITTINGS") {
        None => (0..60)
            .map(|number| Utterance { speaker: number * 7 % 12, words: format!("Point {number}.") })
            .collect(),
        Some(folder) => {
            let files = std::fs::read_dir(folder).expect("ACTA_SITTINGS names a folder");
            let files = files.map(|entry| entry.unwrap().path());
            let file = files.filter(|path| path.extension().is_some_and(|kind| kind == "json")).min();
            spoken(&serde_json::from_slice(&std::fs::read(file.expect("a sitting")).unwrap()).unwrap())
        }
    }
}

fn spoken(sitting: &Value) -> Vec<Utterance> {
    let mut speakers = Vec::new();
    let mut number = |name: &Value| {
        speakers.iter().position(|known| known == name).unwrap_or_else(|| {
            speakers.push(name.clone());
            speakers.len() - 1
        })
    };
    let said = sitting["utterances"].as_array().unwrap().iter();
    let said = said.map(|one| Utterance {
        speaker: number(&one["speaker"]),
        words: one["content"].as_str().unwrap().chars().take(LONGEST).collect(),
    });
    said.filter(|utterance| !utterance.words.trim().is_empty()).collect()
}

/// A session with everybody connected to it.
struct Hall {
    clients: Clients,
    session: String,
    chair: Person,
    people: Vec<Person>,
    /// How much was taken down.
    chunks: u64,
}

impl Hall {
    /// Everybody is registered by `api` and connects: each first to one of `urls`, in turns. Every other one begins with the first event.
    async fn fill(folder: &Folder, api: &Api, urls: &[&str]) -> Self {
        let meeting = Meeting::begin(api, "General meeting", PEOPLE).await;
        let (clients, tenant) = (Clients::start(), api.pass().tenant());
        let chair = clients.person(folder, tenant, any_id(), &["chair"]).await;
        clients.open(&chair, &meeting.session, urls, json!({ "after": 0 })).await;
        let come_in = async |number: usize, user: Uuid| {
            let person = clients.person(folder, tenant, user, &["participant"]).await;
            let mut wish = json!({ "at": number });
            if number % 4 < 2 {
                wish["after"] = json!(0);
            }
            clients.open(&person, &meeting.session, urls, wish).await;
            person
        };
        let coming = meeting.members.iter().enumerate().map(|(number, user)| come_in(number, *user));
        let people = futures::stream::iter(coming).buffered(COMING_IN).collect().await;
        Self { clients, session: meeting.session, chair, people, chunks: 0 }
    }

    fn speaker(&self, utterance: &Utterance) -> &Person {
        &self.people[utterance.speaker % PEOPLE]
    }

    /// Those who say `utterances` ask for the floor at once; each gets it in the order of the queue, speaks and gives it back.
    async fn hear(&mut self, utterances: &[Utterance], ways: &mut Ways) {
        let speakers: BTreeSet<_> = utterances.iter().map(|utterance| utterance.speaker % PEOPLE).collect();
        let asking = speakers.iter().map(async |speaker| {
            let wish = json!({ "kind": "speech", "topic": "A point" });
            let outcome = self.clients.act(&self.people[*speaker], "request_speech", wish).await;
            (*speaker, done(&outcome), outcome["request_id"].clone())
        });
        let asked = futures::future::join_all(asking).await;
        let last = asked.iter().map(|(_, position, _)| *position).max();
        let chair = &self.chair.name;
        self.clients.ask(json!({ "do": "reached", "clients": [chair], "position": last })).await;
        let queue = self.clients.ask(json!({ "do": "queue", "client": chair })).await["queue"].take();
        assert_eq!(queue.as_array().unwrap().len(), asked.len(), "all wait: {queue}");
        for next in queue.as_array().unwrap() {
            let (speaker, ..) = asked.iter().find(|(.., request)| request == next).expect("it was asked for");
            let said = utterances.iter().filter(|utterance| utterance.speaker % PEOPLE == *speaker);
            self.give_the_floor(*speaker, next, said, ways).await;
        }
    }

    async fn give_the_floor<'a>(
        &mut self,
        speaker: usize,
        request: &Value,
        said: impl Iterator<Item = &'a Utterance>,
        ways: &mut Ways,
    ) {
        let approval = json!({ "request_id": request, "time_limit_seconds": 3600 });
        done(&self.clients.act(&self.chair, "approve_speech", approval).await);
        for utterance in said {
            let chunk = chunk_of(self.people[speaker].user, self.chunks * 1000, &utterance.words);
            self.chunks += 1;
            command(ways, &format!("/sessions/{}/transcript/chunks", self.session), &chunk).await;
        }
        let finish = json!({ "request_id": request });
        done(&self.clients.act(&self.people[speaker], "finish_speech", finish).await);
    }

    /// The chair has one person be silent for a moment.
    async fn hush(&self, user: Uuid) {
        for event in ["mute_user", "unmute_user"] {
            done(&self.clients.act(&self.chair, event, json!({ "user_id": user })).await);
        }
    }

    /// Everybody has seen every event that there was since they came, once and in order.
    async fn assert_nothing_missed(&self, api: &Api) {
        let events = recorded(api, &self.session, 0).await;
        let indices: Vec<_> = events.iter().map(|(_, index)| *index).collect();
        assert!(indices.iter().copied().eq(indices[0]..indices[0] + indices.len() as u64), "{indices:?}");
        self.clients.reached(events.last().unwrap().0).await;
        let (mut told, mut returns) = (0, Vec::new());
        for person in self.people.iter().chain([&self.chair]) {
            let answer = self.clients.ask(json!({ "do": "seen", "client": person.name })).await;
            let seen = self.clients.seen(person).await;
            assert_all_seen(
                &person.name,
                &seen,
                &events,
                answer["connections"][0]["after"].as_u64().unwrap(),
            );
            told += seen.len();
            returns.extend(answer["returns"].as_array().unwrap().iter().map(|ms| ms.as_f64().unwrap()));
        }
        returns.sort_unstable_by(f64::total_cmp);
        let longest = returns.last().copied().unwrap_or_default();
        eprintln!(
            "{} events, {told} messages to {} clients; {} came back, the last after {longest:.0} ms",
            events.len(),
            PEOPLE + 1,
            returns.len()
        );
    }
}

/// A command that is sent until an instance has answered it.
async fn command(ways: &mut Ways, path: &str, body: &Value) {
    let key = any_id().to_string();
    eventually("a command is carried out", async || {
        let api = ways.current().await;
        let call = api.request(Method::POST, path).header("Idempotency-Key", &key).json(body);
        match try_send(call).await {
            Ok(answer) if answer.status < 500 => Some(answer.ok()),
            _ => {
                ways.leave();
                None
            }
        }
    })
    .await;
}

async fn close(hall: &Hall, ways: &mut Ways) {
    for step in ["end", "seal"] {
        command(ways, &format!("/sessions/{}/{step}", hall.session), &json!({})).await;
    }
}

#[tokio::test]
async fn an_instance_is_killed_in_the_middle_of_a_sitting() {
    let folder = Folder::postgres().await;
    let mut instances = Instances::start(&folder, 2).await;
    let tenant = any_id();
    let api = instances.service(0).administrator(tenant).await;
    let mut ways = instances.ways(tenant).await;
    let urls = [instances.service(0).url().to_owned(), instances.service(1).url().to_owned()];
    let mut hall = Hall::fill(&folder, &api, &urls.each_ref().map(String::as_str)).await;
    let utterances = utterances();
    let rounds = utterances.chunks(AT_ONCE).collect::<Vec<_>>();
    for (number, round) in rounds.iter().enumerate() {
        if number == rounds.len() / 2 {
            // While somebody speaks.
            tokio::join!(hall.hear(round, &mut ways), instances.kill(0));
        } else {
            hall.hear(round, &mut ways).await;
        }
        if number % 5 == 0 {
            hall.hush(hall.speaker(&round[0]).user).await;
        }
    }
    close(&hall, &mut ways).await;
    hall.assert_nothing_missed(&api.at(&urls[1])).await;
    instances.stop().await;
}

#[tokio::test]
async fn everybody_is_cut_off_in_the_middle_of_a_sitting() {
    let folder = Folder::embedded();
    let mut instances = Instances::start(&folder, 1).await;
    let tenant = any_id();
    let api = instances.service(0).administrator(tenant).await;
    let mut ways = instances.ways(tenant).await;
    let network = FaultProxy::start(address(instances.service(0))).await.unwrap();
    let mut hall = Hall::fill(&folder, &api, &[&format!("http://{}", network.address())]).await;
    let utterances = utterances();
    let rounds = utterances.chunks(AT_ONCE).collect::<Vec<_>>();
    for (number, round) in rounds.iter().enumerate() {
        if number == rounds.len() / 2 {
            network.cut().await;
            let muted = format!("/sessions/{}/floor/attendees/{}", hall.session, hall.people[0].user);
            for step in ["mute", "unmute", "mute", "unmute"] {
                command(&mut ways, &format!("{muted}/{step}"), &json!({})).await;
            }
            network.mend().await;
        }
        hall.hear(round, &mut ways).await;
    }
    close(&hall, &mut ways).await;
    hall.assert_nothing_missed(&api).await;
    instances.stop().await;
}

fn address(service: &Service) -> SocketAddr {
    service.url().trim_start_matches("http://").parse().unwrap()
}
