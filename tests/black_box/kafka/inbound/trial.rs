//! Many messages, some of them twice and some of them malformed, while the service is killed again and again: each effect is there
//! once, and each message that cannot be handled is a dead letter.

use std::collections::{BTreeMap, BTreeSet};

use acta_throwaway::{Broker, Memory};
use futures::{StreamExt as _, stream};
use serde_json::json;
use tokio::time::Instant;
use uuid::Uuid;

use super::effects::{self, Effect};
use super::malformed::{KINDS, malformed};
use super::message::{
    self, ACTIVATED, Assembly, COMPLETED, Letter, Message, Mode, Place, VOTE_CLOSED, VOTE_STARTED,
};
use super::{NAMED_MEMBER, PROPERTIES, consuming, serve_with};
use crate::api::Api;
use crate::folder::Folder;
use crate::kafka::place::{Topics, feature, head};
use crate::meeting::{any_id, session_called};
use crate::service::{PATIENCE, Service, within};

/// How many assemblies are held at the same time.
const AT_ONCE: usize = 40;
/// How hard it is made.
#[derive(Debug, Clone, Copy)]
pub(super) struct Trial {
    /// How many messages there are: a fifth has been sent before, one in a hundred is malformed, but at least one of each kind.
    pub(super) messages: usize,
    /// How many votes each assembly holds.
    pub(super) votes: usize,
    /// How often the service is killed.
    pub(super) kills: usize,
    /// Every so many assemblies, the session is created only when messages about it are there.
    pub(super) late: usize,
    /// How long a message may wait for others, in seconds.
    pub(super) patience: u64,
    /// Whether a killed service comes back as the same member of its group.
    pub(super) named: bool,
}

/// A message, and what is expected of it.
#[derive(Debug, Clone)]
struct Planned {
    message: Message,
    assembly: usize,
    vote: Option<String>,
    /// Why it must become a dead letter.
    dead: Option<&'static str>,
}

/// What the trial plans and finds.
struct Course {
    trial: Trial,
    assemblies: Vec<Assembly>,
    sessions: Vec<Option<String>>,
    planned: Vec<Planned>,
    places: Vec<Place>,
}

impl Trial {
    /// One without messages, as hard as it can be on `broker`.
    pub(super) fn on(broker: &Broker) -> Self {
        let named = broker.memory() == Memory::Forgetful;
        Self { messages: 0, votes: 0, kills: 0, late: 10, patience: 60, named }
    }

    async fn serve(self, folder: &Folder) -> Service {
        let name = if self.named { NAMED_MEMBER } else { "" };
        serve_with(folder, self.patience, &format!("{PROPERTIES}{name}")).await
    }

    /// Holds it in `folder`, whose service reads from `topics`.
    pub(super) async fn hold(self, folder: &Folder, topics: &Topics) {
        let tenant = any_id();
        let mut course = Course::plan(self, tenant);
        let mut service = self.serve(folder).await;
        let mut api = service.administrator(tenant).await;
        let timely = (0..course.assemblies.len()).filter(|number| (number + 1) % self.late != 0).collect();
        course.create(&api, timely).await;
        let (began, rounds) = (Instant::now(), self.kills + 1);
        for round in 0..rounds {
            consuming(&api).await;
            let before = head(&api).await;
            let new = course.send(topics, round, rounds).await;
            course.create_late(&api).await;
            if round < self.kills {
                grown(&api, before + rand::random_range(1..new as u64)).await;
                service.kill().await;
                service = self.serve(folder).await;
                api = api.at(service.url());
            }
        }
        let sent = began.elapsed();
        let letters = course.settled(&api, topics).await;
        println!(
            "{self:?}: {} assemblies, all sent after {:.1} s, all done after {:.1} s, {} dead letters of {} messages that cannot be handled",
            course.assemblies.len(),
            sent.as_secs_f64(),
            began.elapsed().as_secs_f64(),
            letters.len(),
            course.dead().len()
        );
        course.judge(&api, &letters).await;
        service.stop().await;
    }
}

/// Waits until the log has grown to `position`.
async fn grown(api: &Api, position: u64) {
    within(PATIENCE * 3, "messages have their effects", async || (head(api).await >= position).then_some(()))
        .await;
}

impl Course {
    fn plan(trial: Trial, tenant: Uuid) -> Self {
        let (doubled, malformed) = (trial.messages / 5, (trial.messages / 100).max(KINDS + 1));
        let count = (trial.messages - doubled - malformed) / (2 + 2 * trial.votes);
        let assemblies: Vec<_> = (0..count).map(|_| Assembly::new(tenant)).collect();
        let planned = interleaved(
            assemblies.iter().enumerate().map(|(number, one)| life(number, one, trial.votes)).collect(),
        );
        let mut course = Self { trial, sessions: vec![None; count], assemblies, planned, places: Vec::new() };
        course.send_twice(doubled);
        course.spoil(malformed);
        course
    }

    /// Some are sent once more later, most of them soon.
    fn send_twice(&mut self, count: usize) {
        for _ in 0..count {
            let first = rand::random_range(0..self.planned.len());
            let again = self.planned[first].clone();
            let latest = if rand::random_ratio(1, 3) {
                self.planned.len()
            } else {
                (first + 30).min(self.planned.len())
            };
            self.planned.insert(rand::random_range(first + 1..=latest), again);
        }
    }

    /// Puts malformed ones anywhere; every so many use the id of another message for something else.
    fn spoil(&mut self, count: usize) {
        for number in 0..count {
            let at = rand::random_range(0..self.planned.len());
            let (assembly, place) = (self.planned[at].assembly, at + 1);
            let spoilt = if number % (KINDS + 1) == KINDS {
                self.reused()
            } else {
                let (message, reason) = malformed(number, &self.assemblies[assembly]);
                (place, Planned { message, assembly, vote: None, dead: Some(reason) })
            };
            self.planned.insert(spoilt.0, spoilt.1);
        }
    }

    /// The id of a vote's start, for another vote.
    fn reused(&self) -> (usize, Planned) {
        let starts = |one: &Planned| one.dead.is_none() && one.message.topic == VOTE_STARTED;
        let from = rand::random_range(0..self.planned.len() / 2);
        let first = from + self.planned[from..].iter().position(starts).expect("there are votes");
        let other = &self.planned[first];
        let mut data = self.assemblies[other.assembly].data();
        data["vote_id"] = json!("vote-of-another-id");
        let mut message = Message::new(Mode::Binary, VOTE_STARTED, "", &data);
        message.key.clone_from(&other.message.key);
        let (source, id) = identity(&other.message);
        message = message.with("ce_source", &source).with("ce_id", &id);
        (first + 1, Planned { message, vote: None, dead: Some("id_reused"), ..other.clone() })
    }

    async fn create(&mut self, api: &Api, numbers: Vec<usize>) {
        let create = |number: usize| {
            let mut body = session_called("Assembly");
            body["assembly_id"] = json!(self.assemblies[number].id);
            async move { (number, api.post("/sessions", &body).await.expect(201).member("session_id")) }
        };
        let created: Vec<_> = stream::iter(numbers).map(create).buffer_unordered(8).collect().await;
        for (number, session) in created {
            self.sessions[number] = Some(session);
        }
    }

    /// Creates the sessions that messages wait for.
    async fn create_late(&mut self, api: &Api) {
        let sent = &self.planned[..self.places.len()];
        let waiting: BTreeSet<_> =
            sent.iter().map(|one| one.assembly).filter(|number| self.sessions[*number].is_none()).collect();
        self.create(api, waiting.into_iter().collect()).await;
    }

    /// Sends the part of this round; gives how many are neither malformed nor sent twice, about.
    async fn send(&mut self, topics: &Topics, round: usize, rounds: usize) -> usize {
        let (from, to) = (self.places.len(), self.planned.len() * (round + 1) / rounds);
        let messages: Vec<_> = self.planned[from..to].iter().map(|one| one.message.clone()).collect();
        self.places.extend(message::send(topics, &messages).await);
        (to - from) / 2
    }

    fn dead(&self) -> BTreeMap<&Place, &Planned> {
        self.places.iter().zip(&self.planned).filter(|(_, one)| one.dead.is_some()).collect()
    }

    fn wanted(&self) -> Vec<Effect> {
        let good = self.planned.iter().filter(|one| one.dead.is_none());
        let session = |one: &Planned| self.sessions[one.assembly].clone().expect("every session was created");
        let all =
            good.flat_map(|one| effects::of_message(&session(one), one.message.topic, one.vote.as_deref()));
        all.collect::<BTreeSet<_>>().into_iter().collect()
    }

    /// Waits until nothing is left to be handled, and gives the dead letters.
    async fn settled(&self, api: &Api, topics: &Topics) -> Vec<Letter> {
        let patience = PATIENCE * 4 + PATIENCE * u32::try_from(self.trial.messages / 1000).unwrap();
        let wanted = self.wanted().len() as u64;
        within(patience, "everything is handled", async || {
            let (inbound, _) = feature(api, "inbound").await;
            (inbound["lag"] == 0 && head(api).await >= wanted).then_some(())
        })
        .await;
        // The last letters may be on their way when nothing is left to be read.
        let expected = self.dead().len();
        within(patience, "every malformed message has its letter", async || {
            let letters = message::letters(topics).await;
            let written = letters.iter().map(|letter| &letter.place).collect::<BTreeSet<_>>().len();
            (written >= expected).then_some(letters)
        })
        .await
    }

    async fn judge(&self, api: &Api, letters: &[Letter]) {
        let dead = self.dead();
        let unexpected: Vec<_> = letters.iter().filter(|letter| !dead.contains_key(&letter.place)).collect();
        assert!(
            unexpected.is_empty(),
            "{} dead letters of good messages, as {:#?}",
            unexpected.len(),
            unexpected.first()
        );
        for letter in letters {
            let planned = dead[&letter.place];
            assert_eq!(Some(letter.reason.as_str()), planned.dead, "{letter:#?}");
            assert_eq!(
                (&letter.key, &letter.body),
                (&planned.message.key, &planned.message.body),
                "{letter:#?}"
            );
            let kept =
                planned.message.headers.iter().all(|(name, value)| letter.headers.get(name) == Some(value));
            assert!(kept, "{letter:#?}");
        }
        let written: BTreeSet<_> = letters.iter().map(|letter| &letter.place).collect();
        let unwritten: Vec<_> = dead.iter().filter(|(place, _)| !written.contains(*place)).collect();
        assert!(unwritten.is_empty(), "{} have no dead letter: {unwritten:#?}", unwritten.len());
        effects::assert_once(&self.wanted(), &effects::found(api).await);
    }
}

/// All messages about an assembly, in order.
fn life(number: usize, assembly: &Assembly, votes: usize) -> Vec<Planned> {
    let mode =
        |place: usize| if (number + place).is_multiple_of(3) { Mode::Structured } else { Mode::Binary };
    let planned = |message, vote| Planned { message, assembly: number, vote, dead: None };
    let mut all = vec![planned(assembly.news(mode(0), ACTIVATED), None)];
    for place in 0..votes {
        let vote = format!("vote-{place}");
        for topic in [VOTE_STARTED, VOTE_CLOSED] {
            all.push(planned(assembly.vote(mode(place), topic, &vote), Some(vote.clone())));
        }
    }
    all.push(planned(assembly.news(mode(1), COMPLETED), None));
    all
}

/// All lives in one, some of them side by side, each in its order.
fn interleaved(lives: Vec<Vec<Planned>>) -> Vec<Planned> {
    let mut coming = lives.into_iter().map(Vec::into_iter);
    let mut current: Vec<_> = coming.by_ref().take(AT_ONCE).collect();
    let mut all = Vec::new();
    while !current.is_empty() {
        let number = rand::random_range(0..current.len());
        match current[number].next() {
            Some(one) => all.push(one),
            None => match coming.next() {
                Some(life) => current[number] = life,
                None => drop(current.swap_remove(number)),
            },
        }
    }
    all
}

/// The CloudEvents source and id of a message.
fn identity(message: &Message) -> (String, String) {
    let header = |name: &str| {
        message.headers.iter().find(|(header, _)| header == name).map(|(_, value)| value.clone())
    };
    if let (Some(source), Some(id)) = (header("ce_source"), header("ce_id")) {
        return (source, id);
    }
    let event: serde_json::Value = serde_json::from_slice(&message.body).unwrap();
    (event["source"].as_str().unwrap().to_owned(), event["id"].as_str().unwrap().to_owned())
}
