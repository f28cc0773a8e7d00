//! History is published once more on request, beside the running service.

use std::process::Output;

use serde_json::Value;

use super::checker::assert_complete;
use super::place::{Topics, head, relayed_up_to};
use crate::binary::printed;
use crate::folder::Folder;
use crate::meeting::{Meeting, any_id};
use crate::python;
use crate::service::Service;

async fn dumped(topics: &Topics, topic: &str) -> Vec<Value> {
    let arguments = [topics.brokers.clone(), format!("{}{topic}", topics.prefix)];
    let output = tokio::task::spawn_blocking(move || python::run("dump_topics.py", arguments)).await.unwrap();
    assert!(output.status.success(), "{}", printed(&output));
    String::from_utf8(output.stdout)
        .unwrap()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

#[track_caller]
fn done(output: &Output) {
    assert!(output.status.success(), "{}", printed(output));
}

fn positions(records: &[Value]) -> Vec<u64> {
    let position = |record: &Value| record["headers"]["ce_position"].as_str().unwrap().parse().unwrap();
    let mut positions: Vec<u64> = records.iter().map(position).collect();
    positions.sort_unstable();
    positions
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn history_is_published_once_more_while_the_service_runs() {
    let topics = Topics::any().await;
    let folder = Folder::new().await.publishing_to(&topics);
    let service = Service::start(&folder).await;
    let api = service.administrator(any_id()).await;
    Meeting::begin(&api, "First", 3).await;
    let second = Meeting::begin(&api, "Second", 3).await;
    let all = head(&api).await;
    relayed_up_to(&api, all).await;

    let own = format!("{}for-a-new-consumer", topics.prefix);
    done(&folder.run(["replay", "--from", "1", "--topic", &own]).await);
    let records = dumped(&topics, "for-a-new-consumer").await;
    assert_eq!(positions(&records), (1..=all).collect::<Vec<_>>());
    assert!(records.iter().all(|record| record["headers"]["ce_replayed"] == "true"));

    done(&folder.run(["replay", "--from", "2", "--session", &second.session]).await);
    let found = assert_complete(&topics, &api, all).await;
    assert!(found["replayed"].as_u64() > Some(0), "{found:#}");
    service.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_replay_goes_on_where_it_was() {
    let topics = Topics::any().await;
    let folder = Folder::new().await.publishing_to(&topics);
    let service = Service::start(&folder).await;
    let api = service.administrator(any_id()).await;
    Meeting::begin(&api, "First", 3).await;
    let all = head(&api).await;
    relayed_up_to(&api, all).await;

    let (own, progress) = (format!("{}once", topics.prefix), folder.path().join("replay.json"));
    let half = (all / 2).to_string();
    let whole = ["replay", "--from", "1", "--topic", &own, "--progress", progress.to_str().unwrap()];
    done(&folder.run(whole.into_iter().chain(["--to", &half])).await);
    let other = folder.run(whole.into_iter().chain(["--to", &all.to_string()])).await;
    assert!(!other.status.success(), "a place in another request is no place in this one");
    done(&folder.run(whole.into_iter().chain(["--to", &half])).await);
    assert_eq!(positions(&dumped(&topics, "once").await), (1..=all / 2).collect::<Vec<_>>());
    service.stop().await;
}
