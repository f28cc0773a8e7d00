//! The checking consumer names every fault in a topic, and nothing where there is none.

use acta_throwaway::Broker;

use super::place::{Topics, everyday_broker, head, relayed_up_to};
use crate::api::Api;
use crate::binary::printed;
use crate::folder::Folder;
use crate::meeting::{Meeting, any_id};
use crate::python;
use crate::service::{Service, within};

/// Runs a script of the trials, and shows what it says.
async fn trial(script: &'static str, arguments: Vec<String>) {
    let run = move || python::run(script, arguments);
    let output = tokio::task::spawn_blocking(run).await.unwrap();
    assert!(output.status.success(), "{}", printed(&output));
    eprintln!("{}", printed(&output));
}

/// So many faults of each kind in `topics`, which the service behind `api` filled.
async fn all_are_named(topics: &Topics, api: &Api, each: usize) {
    let (each, seed) = (each.to_string(), rand::random::<u32>().to_string());
    let place = ["--brokers", &topics.brokers, "--prefix", &topics.prefix, "--layout", topics.layout];
    let token = api.pass().reading_token().await;
    let rest = ["--each", &each, "--seed", &seed, "--api", api.base(), "--token", &token];
    trial("tests/python/topics/trial.py", place.into_iter().chain(rest).map(str::to_owned).collect()).await;
}

/// Two meetings, so that neighbours in a partition can be of different sessions.
async fn published(topics: &Topics) -> (Folder, Service, Api) {
    let folder = Folder::new().await.publishing_to(topics);
    let service = Service::start(&folder).await;
    let api = service.administrator(any_id()).await;
    for title in ["First", "Second", "Third"] {
        let mut meeting = Meeting::begin(&api, title, 3).await;
        for member in meeting.members.clone() {
            meeting.speak(member, "Let it be noted.").await;
        }
        meeting.close().await;
    }
    relayed_up_to(&api, head(&api).await).await;
    (folder, service, api)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_fault_in_a_topic_of_the_relays_is_named() {
    let broker = everyday_broker().await;
    let topics = Topics::on(&broker);
    let (_folder, service, api) = published(&topics).await;
    all_are_named(&topics, &api, 5).await;
    service.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_state_that_relays_brokers_and_forgers_leave_is_told_apart() {
    let brokers = Broker::any().await.unwrap();
    trial("tests/python/topics/cases.py", vec!["--brokers".to_owned(), brokers]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "a thousand faults take minutes: `make chaos`"]
async fn chaos_every_one_of_a_thousand_faults_is_named() {
    for layout in ["by-type", "single"] {
        let broker = everyday_broker().await;
        let topics = Topics { layout, ..Topics::on(&broker) };
        let (_folder, service, api) = published(&topics).await;
        all_are_named(&topics, &api, 100).await;
        service.stop().await;
    }
}

/// How many events are published where the broker can hold them.
const MANY: u64 = 100_000;
/// And where it is the everyday one.
const FEWER: u64 = 10_000;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "a hundred thousand events take minutes: `make chaos`"]
async fn chaos_a_hundred_thousand_events_are_published_and_found_complete() {
    let durable = Broker::durable().await.unwrap();
    let events = if durable.is_some() { MANY } else { FEWER };
    let broker = match durable {
        Some(broker) => broker,
        None => everyday_broker().await,
    };
    let topics = Topics::on(&broker);
    let folder = Folder::embedded().publishing_to(&topics);
    let service = Service::start(&folder).await;
    let api = service.administrator(any_id()).await;
    record(&api, events).await;
    let all = head(&api).await;
    within(std::time::Duration::from_mins(10), "everything is published", async || {
        let (relay, _) = super::place::feature(&api, "relay").await;
        (relay["position"].as_u64() >= Some(all)).then_some(())
    })
    .await;
    let begin = tokio::time::Instant::now();
    super::checker::assert_complete(&topics, &api, all).await;
    eprintln!("{all} events found complete in {:.1?}", begin.elapsed());
    service.stop().await;
}

/// Appends so many events, in many sessions at a time.
async fn record(api: &Api, events: u64) {
    const SESSIONS: u64 = 16;
    let mut sessions = tokio::task::JoinSet::new();
    for number in 0..SESSIONS {
        let api = api.clone();
        sessions.spawn(async move {
            let mut meeting = Meeting::begin(&api, &format!("Meeting {number}"), 1).await;
            let member = meeting.members[0];
            for _ in 0..events / SESSIONS {
                meeting.say(member, "One of very many.").await;
            }
        });
    }
    sessions.join_all().await;
}
