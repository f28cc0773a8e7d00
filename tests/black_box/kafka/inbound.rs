//! What the governance service says in topics is done, once, and what cannot be done is put aside with the reason.

mod blocked;
mod effects;
mod malformed;
mod message;
mod trial;

use std::collections::BTreeMap;

use acta_throwaway::{Broker, DURABLE_BROKER};
use memchr::memmem;
use serde_json::{Value, json};

use self::malformed::{KINDS, malformed};
use self::message::{ACTIVATED, Assembly, COMPLETED, Letter, Mode, VOTE_CLOSED, VOTE_STARTED, letters, send};
use self::trial::Trial;
use super::place::{Topics, everyday_broker, feature};
use crate::api::Api;
use crate::binary::{printed, run};
use crate::folder::Folder;
use crate::meeting::{any_id, feed, session_called};
use crate::service::{PATIENCE, Service, eventually, within};

/// The soonest that a broker takes a killed client for gone.
const PROPERTIES: &str = "session.timeout.ms=6000\nheartbeat.interval.ms=1000\n";

/// A killed member of a group that comes back under its name is known again at once. The everyday broker never takes one for gone.
const NAMED_MEMBER: &str = "group.instance.id=one\n";

/// A service whose messages may wait for `patience` seconds.
async fn serve(folder: &Folder, patience: u64) -> Service {
    serve_with(folder, patience, PROPERTIES).await
}

async fn serve_with(folder: &Folder, patience: u64, properties: &str) -> Service {
    let file = folder.path().join("kafka.properties");
    std::fs::write(&file, properties).unwrap();
    let mut command = folder.serve();
    command.env("KAFKA_PROPERTIES", file).env("KAFKA_PATIENCE", patience.to_string());
    Service::spawn(folder, command).await
}

/// Waits until the service has its partitions.
async fn consuming(api: &Api) {
    within(PATIENCE, "messages are read", async || {
        let (inbound, _) = feature(api, "inbound").await;
        (inbound["state"] == "consuming").then_some(())
    })
    .await;
}

/// A session for `assembly`.
async fn session_of(api: &Api, assembly: &Assembly) -> String {
    let mut body = session_called("Assembly");
    body["assembly_id"] = json!(assembly.id);
    api.post("/sessions", &body).await.expect(201).member("session_id")
}

/// Waits until the session is `status`, and gives it.
async fn session_is(api: &Api, session: &str, status: &str) -> Value {
    eventually(&format!("the session is {status}"), async || {
        let read = api.get(&format!("/sessions/{session}")).await.ok().json();
        (read["status"] == status).then_some(read)
    })
    .await
}

/// Waits until there are `count` dead letters.
async fn letters_of(topics: &Topics, count: usize) -> Vec<Letter> {
    within(PATIENCE * 2, "the dead letters are written", async || {
        let letters = letters(topics).await;
        (letters.len() >= count).then_some(letters)
    })
    .await
}

async fn an_assembly_is_held(mode: Mode) {
    let topics = Topics::any().await.with_inbound();
    let folder = Folder::new().await.publishing_to(&topics);
    let service = serve(&folder, 60).await;
    let tenant = any_id();
    let api = service.administrator(tenant).await;
    let assembly = Assembly::new(tenant);
    let session = session_of(&api, &assembly).await;
    consuming(&api).await;

    let activated = assembly.news(mode, ACTIVATED);
    send(&topics, &[activated.clone(), activated]).await;
    session_is(&api, &session, "active").await;
    let vote = |topic| assembly.vote(mode, topic, "vote-1");
    send(&topics, &[vote(VOTE_CLOSED), vote(VOTE_STARTED), assembly.news(mode, COMPLETED)]).await;
    let read = session_is(&api, &session, "completed").await;
    assert_eq!(read["votes"][0]["vote_id"], "vote-1", "{read}");
    assert!(read["votes"][0]["closed_at"].is_string() && read["assembly_completed_at"].is_string(), "{read}");

    let events = feed(&api).await;
    let types: Vec<_> = events.iter().map(|event| event["type"].as_str().unwrap()).collect();
    let from_outside: Vec<_> = types
        .iter()
        .copied()
        .filter(|kind| !matches!(*kind, "session.created.v1" | "session.described.v1"))
        .collect();
    let wanted = [
        "governance.assembly-activated.v1",
        "session.started.v1",
        "governance.vote-opened.v1",
        "governance.vote-closed.v1",
        "governance.assembly-completed.v1",
        "session.ended.v1",
    ];
    assert_eq!(from_outside, wanted);
    assert_is_proven(&api, &folder, &session, &wanted).await;
    assert!(letters(&topics).await.is_empty());
    service.stop().await;
}

/// The public proof of the session verifies, and shows events of these types.
async fn assert_is_proven(api: &Api, folder: &Folder, session: &str, types: &[&str]) {
    let proof = api.get(&format!("/sessions/{session}/audit-proof")).await.expect(200).body;
    for kind in types {
        assert!(memmem::find(&proof, kind.as_bytes()).is_some(), "the proof does not show {kind}");
    }
    assert!(memmem::find(&proof, b"vote-1").is_some());
    let path = folder.path().join("audit-proof.cbor");
    std::fs::write(&path, proof).unwrap();
    let verified = run(["verify".as_ref(), path.as_os_str()]).await;
    assert!(verified.status.success(), "{}", printed(&verified));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_assembly_is_held_as_binary_cloud_events_say() {
    an_assembly_is_held(Mode::Binary).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_assembly_is_held_as_structured_cloud_events_say() {
    an_assembly_is_held(Mode::Structured).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_malformed_is_put_aside_with_its_reason_and_stops_nothing() {
    let topics = Topics::any().await.with_inbound();
    let folder = Folder::new().await.publishing_to(&topics);
    let service = serve(&folder, 60).await;
    let tenant = any_id();
    let api = service.administrator(tenant).await;
    let assembly = Assembly::new(tenant);
    let session = session_of(&api, &assembly).await;
    consuming(&api).await;
    let (mut messages, reasons): (Vec<_>, Vec<_>) =
        (0..KINDS).map(|number| malformed(number, &assembly)).unzip();
    messages.push(assembly.news(Mode::Binary, ACTIVATED));
    let places = send(&topics, &messages).await;
    session_is(&api, &session, "active").await;
    let letters = letters_of(&topics, KINDS).await;
    assert_eq!(letters.len(), KINDS);
    let found: BTreeMap<_, _> = letters.iter().map(|letter| (&letter.place, letter)).collect();
    for ((message, reason), place) in messages.iter().zip(&reasons).zip(&places) {
        let letter = found[place];
        assert_eq!((letter.reason.as_str(), &letter.body), (*reason, &message.body), "{letter:#?}");
        assert!(
            !letter.headers["dead-letter-detail"].is_empty()
                && !letter.headers["dead-letter-time"].is_empty()
        );
    }
    service.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn messages_about_a_session_that_is_still_to_come_are_handled_when_it_is_there() {
    let topics = Topics::any().await.with_inbound();
    let folder = Folder::new().await.publishing_to(&topics);
    let service = serve(&folder, 60).await;
    let tenant = any_id();
    let api = service.administrator(tenant).await;
    let assembly = Assembly::new(tenant);
    consuming(&api).await;
    let vote = assembly.vote(Mode::Binary, VOTE_STARTED, "vote-1");
    send(&topics, &[assembly.news(Mode::Binary, ACTIVATED), vote]).await;
    eventually("they wait", async || {
        let metrics = api.get("//metrics").await.expect(200).text();
        metrics.lines().any(|line| line.starts_with("acta_inbound_retries_total")).then_some(())
    })
    .await;
    let session = session_of(&api, &assembly).await;
    session_is(&api, &session, "active").await;
    eventually("the vote is open", async || {
        let read = api.get(&format!("/sessions/{session}")).await.ok().json();
        (read["votes"][0]["vote_id"] == "vote-1").then_some(())
    })
    .await;
    assert!(letters(&topics).await.is_empty());
    service.stop().await;
}

/// How many messages the service behind `api` finished.
async fn finished(api: &Api) -> u64 {
    let metrics = api.get("//metrics").await.expect(200).text();
    let lines = metrics.lines().filter(|line| line.starts_with("acta_inbound_messages_total{"));
    lines.map(|line| line.rsplit(' ').next().unwrap().parse::<u64>().unwrap()).sum()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "the everyday broker takes its time to share partitions out: `make chaos`"]
async fn chaos_two_instances_share_the_work() {
    let topics = Topics::any().await.with_inbound();
    let folder = Folder::postgres().await.publishing_to(&topics);
    let services = [serve(&folder, 60).await, serve(&folder, 60).await];
    let tenant = any_id();
    let first = services[0].administrator(tenant).await;
    let apis = [first.clone(), first.at(services[1].url())];
    let assemblies: Vec<_> = (0..24).map(|_| Assembly::new(tenant)).collect();
    let mut sessions = Vec::new();
    for assembly in &assemblies {
        sessions.push(session_of(&first, assembly).await);
    }
    let mut sent = 0;
    // How the group shares its partitions shows when both have finished some.
    within(PATIENCE * 2, "both have finished some", async || {
        let doubled: Vec<_> =
            assemblies.iter().map(|assembly| assembly.news(Mode::Plain, ACTIVATED)).collect();
        sent += send(&topics, &doubled).await.len() as u64;
        let counts = within(PATIENCE, "all are finished", async || {
            let counts = [finished(&apis[0]).await, finished(&apis[1]).await];
            (counts[0] + counts[1] >= sent).then_some(counts)
        });
        let counts = counts.await;
        (counts[0] > 0 && counts[1] > 0).then_some(())
    })
    .await;
    for assembly in &assemblies {
        send(
            &topics,
            &[assembly.vote(Mode::Binary, VOTE_STARTED, "v"), assembly.vote(Mode::Binary, VOTE_CLOSED, "v")],
        )
        .await;
    }
    let completed: Vec<_> =
        assemblies.iter().map(|assembly| assembly.news(Mode::Binary, COMPLETED)).collect();
    send(&topics, &completed).await;
    for session in &sessions {
        session_is(&first, session, "completed").await;
    }
    let topics_of_each =
        [(ACTIVATED, None), (VOTE_STARTED, Some("v")), (VOTE_CLOSED, Some("v")), (COMPLETED, None)];
    let wanted: Vec<_> = sessions
        .iter()
        .flat_map(|session| {
            topics_of_each.into_iter().flat_map(|(topic, vote)| effects::of_message(session, topic, vote))
        })
        .collect();
    effects::assert_once(&wanted, &effects::found(&first).await);
    println!("finished by each: {} and {}", finished(&apis[0]).await, finished(&apis[1]).await);
    assert!(letters(&topics).await.is_empty());
    for service in services {
        service.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_effect_is_there_once_when_the_service_is_killed() {
    let broker = everyday_broker().await;
    let topics = Topics::on(&broker).with_inbound();
    let folder = Folder::embedded().publishing_to(&topics);
    Trial { messages: 300, votes: 2, kills: 3, ..Trial::on(&broker) }.hold(&folder, &topics).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backlog_that_takes_longer_than_a_message_may_wait_costs_no_effect() {
    let broker = everyday_broker().await;
    let topics = Topics::on(&broker).with_inbound();
    let folder = Folder::embedded().publishing_to(&topics);
    Trial { messages: 1_000, votes: 8, patience: 1, late: usize::MAX, ..Trial::on(&broker) }
        .hold(&folder, &topics)
        .await;
}

/// The one that keeps its data when it is there: it is the quicker one with much in it.
async fn large_broker() -> Broker {
    let durable = Broker::durable().await.unwrap();
    if let Some(broker) = durable {
        return broker;
    }
    println!("{DURABLE_BROKER} names no broker: the everyday one is used");
    everyday_broker().await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "thousands of messages and dozens of kills take minutes: `make chaos`"]
async fn chaos_every_effect_of_10_000_messages_is_there_once_after_20_kills() {
    let broker = large_broker().await;
    let topics = Topics::on(&broker).with_inbound();
    let folder = Folder::embedded().publishing_to(&topics);
    Trial { messages: 10_000, votes: 8, kills: 20, ..Trial::on(&broker) }.hold(&folder, &topics).await;
}
