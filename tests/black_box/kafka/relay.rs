//! What is in the log is in the topics.

use std::collections::BTreeMap;

use serde_json::Value;

use super::checker::assert_complete;
use super::place::{Topics, head, relayed_up_to};
use crate::folder::Folder;
use crate::meeting::{Meeting, any_id, feed};
use crate::python;
use crate::service::Service;

/// A record as another client sees it.
struct Record {
    topic: String,
    key: String,
    headers: BTreeMap<String, String>,
    body: String,
}

/// Every record in the topics, in the order of each partition.
async fn records(topics: &Topics) -> Vec<Record> {
    let arguments = [topics.brokers.clone(), topics.prefix.clone()];
    let run = move || python::run("dump_topics.py", arguments);
    let output = tokio::task::spawn_blocking(run).await.unwrap();
    assert!(output.status.success(), "{}", crate::binary::printed(&output));
    String::from_utf8(output.stdout).unwrap().lines().map(|line| record(line, &topics.prefix)).collect()
}

fn record(line: &str, prefix: &str) -> Record {
    let line: Value = serde_json::from_str(line).unwrap();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let headers = line["headers"].as_object().unwrap();
    Record {
        topic: text(&line["topic"]).strip_prefix(prefix).unwrap().to_owned(),
        key: text(&line["key"]),
        headers: headers.iter().map(|(name, value)| (name.clone(), text(value))).collect(),
        body: text(&line["body"]),
    }
}

/// A session with everything in it, played to its end.
async fn played(api: &crate::api::Api, title: &str) {
    let mut meeting = Meeting::begin(api, title, 3).await;
    let member = meeting.members[1];
    meeting.speak(member, "I move that the road be mended.").await;
    meeting.say(member, "Before winter.").await;
    meeting.close().await;
}

/// The records say what the feed says.
fn assert_same(records: &[Record], feed: &[Value], layout: &str) {
    let by_position: BTreeMap<_, _> =
        records.iter().map(|record| (record.headers["ce_position"].clone(), record)).collect();
    assert_eq!((records.len(), by_position.len()), (feed.len(), feed.len()));
    for event in feed {
        let record = by_position[&event["position"].to_string()];
        let header = |name: &str| record.headers[name].as_str();
        assert_eq!(event["session_id"], record.key);
        assert_eq!(event["payload"], serde_json::from_str::<Value>(&record.body).unwrap());
        assert_eq!(event["metadata"], serde_json::from_str::<Value>(header("ce_metadata")).unwrap());
        assert_eq!(event["session_index"].to_string(), header("ce_sessionindex"));
        let texts = [
            ("type", "ce_type"),
            ("commitment", "ce_commitment"),
            ("salt", "ce_salt"),
            ("recorded_at", "ce_time"),
        ];
        for (member, name) in texts {
            assert_eq!(event[member], header(name), "{member}");
        }
        let sealed = record.headers.get("ce_sealed").map(|text| serde_json::from_str::<Value>(text).unwrap());
        assert_eq!(event.get("sealed"), sealed.as_ref());
        let topic = if layout == "single" { "acta.events" } else { header("ce_type") };
        assert_eq!(record.topic, topic);
    }
}

async fn what_is_in_the_log_is_in(topics: Topics) {
    let folder = Folder::new().await.publishing_to(&topics);
    let service = Service::start(&folder).await;
    let api = service.administrator(any_id()).await;
    played(&api, "First").await;
    played(&api, "Second").await;
    let feed = feed(&api).await;
    relayed_up_to(&api, head(&api).await).await;
    assert_same(&records(&topics).await, &feed, topics.layout);
    assert_complete(&topics, &api, feed.len() as u64).await;
    service.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_in_the_log_is_in_a_topic_for_each_type() {
    what_is_in_the_log_is_in(Topics::any().await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_in_the_log_is_in_one_topic_for_all() {
    what_is_in_the_log_is_in(Topics::any().await.single()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_service_that_is_started_again_publishes_nothing_twice() {
    let topics = Topics::any().await;
    let (folder, tenant) = (Folder::new().await.publishing_to(&topics), any_id());
    for title in ["First", "Second", "Third"] {
        let service = Service::start(&folder).await;
        let api = service.administrator(tenant).await;
        played(&api, title).await;
        relayed_up_to(&api, head(&api).await).await;
        service.stop().await;
    }
    let service = Service::start(&folder).await;
    let api = service.administrator(tenant).await;
    let found = assert_complete(&topics, &api, head(&api).await).await;
    assert_eq!((&found["doubled"], &found["early"]), (&Value::from(0), &Value::from(0)), "{found:#}");
    service.stop().await;
}
