//! A trial: instances at work, trouble, and the judgement.

use std::ops::RangeInclusive;
use std::sync::Arc;
use std::time::Duration;

use acta_throwaway::{Broker, Cluster};
use serde_json::{Value, json};
use tokio::task::JoinSet;
use tokio::time::Instant;
use uuid::Uuid;

use super::client::Client;
use super::judge;
use super::load::Load;
use super::witness::{Witness, key_of};
use crate::api::Api;
use crate::binary::printed;
use crate::folder::Folder;
use crate::instances::Instances;
use crate::kafka::checker::check;
use crate::kafka::place::{Topics, head, relayed_up_to};
use crate::meeting::{Meeting, any_id, feed};
use crate::service::eventually;

const SESSIONS: [&str; 3] = ["First", "Second", "Third"];
const CLIENTS: u64 = 6;
/// How many commands there are between two troubles.
const COMMANDS: RangeInclusive<usize> = 60..=120;
/// How often progress is told.
const PROGRESS: usize = 25;

/// What is done to whom.
pub(crate) struct Trial {
    /// How many instances are at work.
    pub(crate) instances: usize,
    /// How often one of them is killed.
    pub(crate) kills: usize,
    /// How often `PostgreSQL` is killed or stopped at once.
    pub(crate) stops: usize,
    /// How often the broker that events are published to is killed.
    pub(crate) broker_kills: usize,
}

impl Default for Trial {
    /// One instance, and no trouble.
    fn default() -> Self {
        Self { instances: 1, kills: 0, stops: 0, broker_kills: 0 }
    }
}

/// What happens while the clients work.
#[derive(Clone, Copy)]
enum Trouble {
    Kill,
    Stop,
    KillBroker,
}

/// Everybody who goes on while there is trouble.
struct Crowd {
    load: Arc<Load>,
    clients: JoinSet<Client>,
    witnesses: JoinSet<Witness>,
}

impl Trial {
    /// Holds the trial on `folder`, which is on `cluster` if `PostgreSQL` is to be stopped, and publishes to `topics` if there are any.
    pub(crate) async fn hold(
        self,
        folder: &Folder,
        cluster: Option<&Cluster>,
        topics: Option<(&Broker, &Topics)>,
    ) {
        let mut instances = Instances::start(folder, self.instances).await;
        let (tenant, mut meetings) = (any_id(), Vec::new());
        let api = instances.service(0).administrator(tenant).await;
        for title in SESSIONS {
            meetings.push(Meeting::begin(&api, title, 1).await);
        }
        let mut crowd = Crowd::gather(&instances, tenant, &meetings).await;
        let (load, begin) = (Arc::clone(&crowd.load), Instant::now());
        for (done, trouble) in self.troubles().into_iter().enumerate() {
            load.grant(rand::random_range(COMMANDS));
            some_commands(&load).await;
            match trouble {
                Trouble::Kill => kill_one(&mut instances).await,
                Trouble::Stop => stop(cluster.expect("there is a server to stop"), &mut instances).await,
                Trouble::KillBroker => {
                    kill_broker(topics.expect("there is a broker to kill").0, &mut instances, self.kills > 0)
                        .await;
                }
            }
            instances.assert_running();
            crowd.assert_working();
            if (done + 1).is_multiple_of(PROGRESS) {
                self.tell(done + 1, &load, begin);
            }
        }
        let (clients, witnesses) = crowd.leave().await;
        self.tell(self.count(), &load, begin);
        compare_views(folder, &mut instances).await;
        judge_all(&instances, tenant, &clients, &witnesses, &meetings).await;
        if let Some((_, topics)) = topics {
            judge_topics(&instances.service(0).administrator(tenant).await, topics).await;
        }
        instances.stop().await;
    }

    /// All troubles, in any order.
    fn troubles(&self) -> Vec<Trouble> {
        let kills = std::iter::repeat_n(Trouble::Kill, self.kills);
        let stops = std::iter::repeat_n(Trouble::Stop, self.stops);
        let broker_kills = std::iter::repeat_n(Trouble::KillBroker, self.broker_kills);
        let mut troubles: Vec<_> = kills.chain(stops).chain(broker_kills).collect();
        troubles.sort_by_cached_key(|_| rand::random::<u64>());
        troubles
    }

    fn count(&self) -> usize {
        self.kills + self.stops + self.broker_kills
    }

    fn tell(&self, done: usize, load: &Load, begin: Instant) {
        let (all, elapsed) = (self.count(), begin.elapsed());
        let (acknowledged, replayed) = (load.acknowledged(), load.replayed());
        eprintln!(
            "{done} of {all} troubles after {elapsed:.1?}; {acknowledged} commands acknowledged, {replayed} of them when asked again"
        );
    }
}

impl Crowd {
    /// Clients that write to all sessions through all instances, and a witness of each session.
    async fn gather(instances: &Instances<'_>, tenant: Uuid, meetings: &[Meeting]) -> Self {
        let load = Arc::new(Load::new());
        let (mut clients, mut witnesses) = (JoinSet::new(), JoinSet::new());
        let ways = instances.ways(tenant).await;
        for number in 1..=CLIENTS {
            let meeting = &meetings[usize::try_from(number).unwrap() % meetings.len()];
            let client = Client::new(number, meeting.path(""), meeting.members[0]);
            clients.spawn(client.work(ways.clone(), Arc::clone(&load)));
        }
        for meeting in meetings {
            let mut witness = Witness::new(meeting.session.clone(), key_of(&meeting.proof().await));
            witness.look(&mut ways.clone()).await;
            witnesses.spawn(witness.watch(ways.clone(), Arc::clone(&load)));
        }
        Self { load, clients, witnesses }
    }

    /// Fails if somebody met with what must not be.
    fn assert_working(&mut self) {
        if let Some(ended) = self.clients.try_join_next() {
            ended.expect("a client goes on until the end");
        }
        if let Some(ended) = self.witnesses.try_join_next() {
            ended.expect("a witness goes on until the end");
        }
    }

    /// What everybody has, once every command's outcome is known.
    async fn leave(self) -> (Vec<Client>, Vec<Witness>) {
        self.load.end();
        (self.clients.join_all().await, self.witnesses.join_all().await)
    }
}

/// Waits until some of the commands are acknowledged, and a little more: trouble comes anywhere between two acknowledgements.
async fn some_commands(load: &Load) {
    let wanted = rand::random_range(1..=*COMMANDS.start() as u64);
    load.reaches(load.acknowledged() + wanted).await;
    tokio::time::sleep(Duration::from_micros(rand::random_range(0..3000))).await;
}

async fn kill_one(instances: &mut Instances<'_>) {
    let number = rand::random_range(0..instances.count());
    instances.kill(number).await;
    instances.start_again(number).await;
}

/// Stops or kills `PostgreSQL` and starts it again. Every third time, an instance dies meanwhile.
async fn stop(cluster: &Cluster, instances: &mut Instances<'_>) {
    if rand::random() { cluster.stop_immediately().await } else { cluster.kill().await }.unwrap();
    let victim = rand::random_ratio(1, 3).then(|| rand::random_range(0..instances.count()));
    if let Some(number) = victim {
        instances.kill(number).await;
    }
    cluster.start_again().await.unwrap();
    if let Some(number) = victim {
        instances.start_again(number).await;
    }
}

/// Kills the broker and starts it again after a while or at once. Now and then, an instance dies meanwhile.
async fn kill_broker(broker: &Broker, instances: &mut Instances<'_>, with_instances: bool) {
    broker.kill().await.unwrap();
    let victim =
        (with_instances && rand::random_ratio(1, 3)).then(|| rand::random_range(0..instances.count()));
    if let Some(number) = victim {
        instances.kill(number).await;
    }
    tokio::time::sleep(Duration::from_millis(rand::random_range(0..800) * u64::from(rand::random::<bool>())))
        .await;
    broker.start_again().await.unwrap();
    if let Some(number) = victim {
        instances.start_again(number).await;
    }
}

/// The topics hold every event, for somebody who knows nothing of the service but its heads.
async fn judge_topics(api: &Api, topics: &Topics) {
    let head = head(api).await;
    relayed_up_to(api, head).await;
    // A broker may have forgotten a moment ago, which the relay notices by itself.
    let found = eventually("the topics are whole", async || {
        let found = check(topics, api).await;
        (found["findings"] == json!([]) && found["events"] == head).then_some(found)
    })
    .await;
    let metrics = api.get("//metrics").await.expect(200).text();
    let again = metrics.lines().find_map(|line| line.strip_prefix("acta_relay_republished_total "));
    eprintln!(
        "{} events in the topics; doubled: {}, early: {}; published again since the last start: {}",
        found["events"],
        found["doubled"],
        found["early"],
        again.unwrap_or("0")
    );
}

/// Every view equals what the log gives when it is read again.
async fn compare_views(folder: &Folder, instances: &mut Instances<'_>) {
    if folder.is_embedded() {
        instances.stop().await;
    }
    let output = folder.run(["rebuild", "all"]).await;
    assert!(output.status.success(), "{}", printed(&output));
    if folder.is_embedded() {
        instances.start_again(0).await;
    }
}

/// Another instance gives the same events, as soon as it has heard of them.
async fn gives_too(api: &Api, events: &[Value]) {
    let begin = Instant::now();
    let theirs = eventually("another instance has heard of the last event", async || {
        let theirs = feed(api).await;
        (theirs.len() == events.len()).then_some(theirs)
    });
    // Not `assert_eq!`, which would show them all.
    assert!(theirs.await == events, "every instance gives the same events");
    eprintln!("another instance gave the same events after {:?}", begin.elapsed());
}

async fn judge_all(
    instances: &Instances<'_>,
    tenant: Uuid,
    clients: &[Client],
    witnesses: &[Witness],
    meetings: &[Meeting],
) {
    let api = instances.service(0).administrator(tenant).await;
    let events = feed(&api).await;
    judge::assert_gapless(&events);
    // The member of each session who was there from the beginning.
    judge::assert_all_found(&events, clients, meetings.len());
    judge::assert_in_order(clients);
    for number in 1..instances.count() {
        gives_too(&api.at(instances.service(number).url()), &events).await;
    }
    for witness in witnesses {
        let proof = api.get(&witness.path("/audit-proof")).await.expect(200).body;
        let of_session = events.iter().filter(|event| witness.watches(event));
        assert_eq!(witness.judge(&proof), of_session.count() as u64);
    }
}
