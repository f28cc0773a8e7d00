//! Who comes and goes by sockets is on the record, also when the instance that they were connected to is killed.

use serde_json::{Value, json};
use tokio::process::Command;
use uuid::Uuid;

use super::socket::Socket;
use crate::api::Api;
use crate::folder::Folder;
use crate::meeting::{Meeting, any_id, feed};
use crate::service::{Service, eventually};

/// A service that records who comes and goes.
fn recording(folder: &Folder) -> Command {
    let mut command = folder.serve();
    command.env("ROOM_PRESENCE", "recorded");
    command
}

/// When somebody was there, and what contradicts it.
async fn report(api: &Api, session: &str, user: Uuid) -> Value {
    api.get(&format!("/sessions/{session}/attendance/{user}/intervals")).await.expect(200).json()
}

/// Waits until somebody's intervals are so many, and all of them, or all but the last, have ended.
async fn intervals(api: &Api, session: &str, user: Uuid, count: usize, ended: bool) -> Vec<Value> {
    eventually("the intervals are on the record", async || {
        let report = report(api, session, user).await;
        let intervals = report["intervals"].as_array().unwrap().clone();
        let is_over = intervals.last().is_some_and(|last| last["to"].is_string());
        assert_eq!(report["contradictions"], json!([]));
        (intervals.len() == count && is_over == ended).then_some(intervals)
    })
    .await
}

#[tokio::test]
async fn somebody_who_connects_and_leaves_was_there_meanwhile_and_comes_back() {
    let folder = Folder::new().await;
    let service = Service::spawn(&folder, recording(&folder)).await;
    let (tenant, ada) = (any_id(), any_id());
    let api = service.administrator(tenant).await;
    let session = Meeting::begin(&api, "General meeting", 0).await.session;
    let person = service.person(tenant, ada, &["observer"]).await;
    let (first, _) = Socket::open(&person, &session, None).await;
    let (second, _) = Socket::open(&person, &session, None).await;
    let there = intervals(&api, &session, ada, 1, false).await;
    assert_eq!(there[0]["sources"], json!(["socket"]));
    drop(first);
    drop(second);
    let gone = intervals(&api, &session, ada, 1, true).await;
    assert_eq!(gone[0]["from"], there[0]["from"]);
    let (back, _) = Socket::open(&person, &session, None).await;
    intervals(&api, &session, ada, 2, false).await;
    // Whoever is connected when the service stops has left with it.
    drop(back);
    service.stop().await;
    let service = Service::spawn(&folder, recording(&folder)).await;
    let api = api.at(service.url());
    intervals(&api, &session, ada, 2, true).await;
    let told = feed(&api).await;
    let signalled = told.iter().filter(|event| event["type"] == "presence.signalled.v1").count();
    assert!(signalled >= 2, "who came and who went is in the feed: {told:?}");
    service.stop().await;
}

#[tokio::test]
async fn whoever_was_connected_when_an_instance_was_killed_has_left() {
    let folder = Folder::new().await;
    let service = Service::spawn(&folder, recording(&folder)).await;
    let (tenant, ada) = (any_id(), any_id());
    let api = service.administrator(tenant).await;
    let session = Meeting::begin(&api, "General meeting", 0).await.session;
    let person = service.person(tenant, ada, &["observer"]).await;
    let (_socket, _) = Socket::open(&person, &session, None).await;
    intervals(&api, &session, ada, 1, false).await;
    service.kill().await;
    let service = Service::spawn(&folder, recording(&folder)).await;
    intervals(&api.at(service.url()), &session, ada, 1, true).await;
    service.stop().await;
}

#[tokio::test]
async fn what_a_provider_tells_twice_and_in_another_order_gives_the_same_intervals() {
    let folder = Folder::new().await;
    let service = Service::start(&folder).await;
    let api = service.administrator(any_id()).await;
    let who = any_id();
    let signal = |sign: &str, minute: u32| {
        json!({ "user_id": who, "source": "provider", "channel": "participant-7", "sign": sign,
            "observed_at": format!("2026-01-01T10:{minute:02}:00Z") })
    };
    let seen = [signal("arrived", 1), signal("departed", 5), signal("arrived", 7), signal("departed", 9)];
    let orders: [&[usize]; 3] = [&[0, 1, 2, 3], &[3, 2, 1, 0, 0, 3], &[1, 3, 1, 0, 2]];
    let mut reports = Vec::new();
    for order in orders {
        let meeting = Meeting::begin(&api, "General meeting", 0).await;
        for part in order.chunks(2) {
            let signals: Vec<_> = part.iter().map(|number| seen[*number].clone()).collect();
            let path = meeting.path("/presence/signals");
            let answer = api.post(&path, &json!({ "signals": signals })).await;
            assert!([200, 409].contains(&answer.status), "{}", answer.text());
        }
        reports.push(report(&api, &meeting.session, who).await);
    }
    assert_eq!(reports[0]["intervals"].as_array().map(Vec::len), Some(2), "{}", reports[0]);
    assert!(reports.iter().all(|report| *report == reports[0]), "{reports:?}");
    service.stop().await;
}
