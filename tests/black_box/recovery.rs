//! Restarts, ends and damage: the service goes on where it was, ends in order, and says what is wrong.

use std::fs;
use std::time::Duration;

use futures::StreamExt as _;
use reqwest::Method;
use serde_json::{Value, json};
use sqlx::{Connection as _, Executor as _, PgConnection};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::api::Api;
use crate::folder::{Folder, is_on_postgres};
use crate::meeting::{Meeting, any_id, chunk_of, feed};
use crate::service::{PATIENCE, Service, eventually};

/// Gives the member a turn of `seconds`.
async fn give_turn(meeting: &Meeting, seconds: u32) {
    let wish = json!({ "user_id": meeting.members[0], "kind": "speech" });
    let request = meeting.post("/floor/requests", &wish).await.member("request_id");
    let approve = format!("/floor/requests/{request}/approve");
    meeting.post(&approve, &json!({ "time_limit_seconds": seconds })).await;
}

/// Waits for the end of the turn, which must be the clock's.
async fn ended_by_the_clock(api: &Api, meeting: &Meeting) {
    let floor = eventually("the turn ends", async || {
        let floor = api.get(&meeting.path("/floor")).await;
        let floor = (floor.status == 200).then(|| floor.json())?;
        (floor["counters"]["finished"] == 1).then_some(floor)
    });
    let floor = floor.await;
    assert_eq!(floor["turns"], json!([]), "{floor}");
    assert_eq!(floor["history"][0]["finished_by"], "clock", "{floor}");
}

#[tokio::test]
async fn a_turn_ends_when_its_time_is_up() {
    let folder = Folder::new().await;
    let service = Service::start(&folder).await;
    let api = service.administrator(any_id()).await;
    let meeting = Meeting::begin(&api, "Meeting", 1).await;
    give_turn(&meeting, 1).await;
    ended_by_the_clock(&api, &meeting).await;
    service.stop().await;
}

#[tokio::test]
async fn a_turn_ends_although_the_service_was_killed_meanwhile() {
    let folder = Folder::new().await;
    let tenant = any_id();
    let service = Service::start(&folder).await;
    let meeting = Meeting::begin(&service.administrator(tenant).await, "Meeting", 1).await;
    give_turn(&meeting, 2).await;
    service.kill().await;
    let service = Service::start(&folder).await;
    ended_by_the_clock(&service.administrator(tenant).await, &meeting).await;
    let ends = feed(&service.administrator(tenant).await).await;
    let ends = ends.iter().filter(|event| event["type"] == "speech.finished.v1");
    assert_eq!(ends.count(), 1, "the clock ends a turn once");
    service.stop().await;
}

/// Reads from `stream` until `end` came.
async fn read_until(stream: &mut TcpStream, end: &str) -> String {
    let mut text = String::new();
    let reading = async {
        while !text.contains(end) {
            let mut buffer = [0; 4096];
            let length = stream.read(&mut buffer).await.unwrap();
            assert!(length > 0, "the connection ended early: {text}");
            text.push_str(&String::from_utf8_lossy(&buffer[..length]));
        }
    };
    tokio::time::timeout(PATIENCE, reading).await.expect("the answer comes");
    text
}

#[tokio::test]
async fn a_request_under_way_is_finished_before_the_end() {
    let folder = Folder::new().await;
    let tenant = any_id();
    let service = Service::start(&folder).await;
    let api = service.administrator(tenant).await;
    let meeting = Meeting::begin(&api, "Meeting", 1).await;
    let body = chunk_of(meeting.members[0], 0, "Last words.").to_string();
    let path = meeting.path("/transcript/chunks");
    let pass = api.pass().headers("POST", &api.url(&path), None);
    let pass = pass.iter().map(|(name, value)| format!("{name}: {}\r\n", value.to_str().unwrap()));
    let head = format!(
        "POST /api/v1{path} HTTP/1.1\r\nHost: acta\r\n{}Content-Type: application/json\r\n\
         Content-Length: {}\r\nExpect: 100-continue\r\n\r\n",
        pass.collect::<String>(),
        body.len()
    );
    let mut stream = TcpStream::connect(service.url().trim_start_matches("http://")).await.unwrap();
    stream.write_all(head.as_bytes()).await.unwrap();
    read_until(&mut stream, "100 Continue").await;
    service.ask_to_stop().await;
    eventually("it knows that it is to stop", async || {
        String::from_utf8_lossy(&service.log()).contains("stopping").then_some(())
    })
    .await;
    stream.write_all(body.as_bytes()).await.unwrap();
    let answer = read_until(&mut stream, "\"chunk\":1").await;
    assert!(answer.contains("HTTP/1.1 201"), "{answer}");
    service.ended().await;

    let service = Service::start(&folder).await;
    let read = service.administrator(tenant).await.get(&meeting.path("/transcript")).await.ok();
    assert!(read.text().contains("Last words."));
    service.stop().await;
}

#[tokio::test]
async fn an_open_live_feed_does_not_hold_up_the_end() {
    let folder = Folder::new().await;
    let service = Service::start(&folder).await;
    let api = service.administrator(any_id()).await;
    Meeting::begin(&api, "Meeting", 1).await;
    let live =
        api.request(Method::GET, "/events").header("Accept", "text/event-stream").send().await.unwrap();
    let mut stream = live.bytes_stream();
    stream.next().await.expect("the feed has begun").unwrap();
    service.ask_to_stop().await;
    let rest = async { while let Some(Ok(_)) = stream.next().await {} };
    tokio::time::timeout(Duration::from_secs(9), rest).await.expect("the feed ends when the service does");
    service.ended().await;
}

#[tokio::test]
async fn a_second_service_on_the_same_folder_does_not_start() {
    let folder = Folder::embedded();
    let first = Service::start(&folder).await;
    let said = folder.refusal().await;
    assert!(said.contains("is in use by another running service"), "{said}");
    first.stranger().get("/health").await.expect(200);
    first.kill().await;
    Service::start(&folder).await.stop().await;
}

#[tokio::test]
async fn a_damaged_key_file_is_named_and_left_alone() {
    for name in ["master.key", "digest.key", "evidence/0001.pem", "tokens/0001.pem"] {
        let folder = Folder::new().await;
        Service::start(&folder).await.stop().await;
        let path = folder.path().join("keys").join(name);
        let damaged = fs::read(&path).unwrap()[..20].to_vec();
        fs::write(&path, &damaged).unwrap();
        let said = folder.refusal().await;
        assert!(said.contains(name), "{name}: {said}");
        assert!(!said.contains("panicked"), "{name}: {said}");
        assert_eq!(fs::read(&path).unwrap(), damaged, "{name}: what is left of a key is never overwritten");
    }
}

/// Takes away everything that was folded from the log.
async fn lose_views(folder: &Folder) {
    if is_on_postgres() {
        let mut superuser = PgConnection::connect(&folder.database().superuser_url()).await.unwrap();
        superuser.execute("TRUNCATE view_rows, view_checkpoints").await.unwrap();
        return superuser.close().await.unwrap();
    }
    for entry in fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().path()) {
        if entry.file_name().is_some_and(|name| name.to_string_lossy().starts_with("views.sqlite")) {
            fs::remove_file(entry).unwrap();
        }
    }
}

#[tokio::test]
async fn views_that_were_lost_are_made_again() {
    let folder = Folder::new().await;
    let tenant = any_id();
    let service = Service::start(&folder).await;
    let mut meeting = Meeting::begin(&service.administrator(tenant).await, "Meeting", 2).await;
    let last = meeting.speak(meeting.members[0], "Before the loss.").await.position();
    service.stop().await;
    lose_views(&folder).await;
    let service = Service::start(&folder).await;
    let api = service.administrator(tenant).await;
    let read: Value = eventually("the views are there again", async || {
        let answer = api.get_at(&meeting.path("/transcript"), last).await;
        (answer.status == 200).then(|| answer.json())
    })
    .await;
    assert_eq!(read["chunks"][0]["text"], "Before the loss.");
    let events = feed(&api).await.len();
    service.stop().await;
    let service = Service::start(&folder).await;
    assert_eq!(
        feed(&service.administrator(tenant).await).await.len(),
        events,
        "reading again records nothing"
    );
    service.stop().await;
}

#[tokio::test]
async fn views_of_a_longer_log_are_folded_anew_after_an_older_one_was_restored() {
    let folder = Folder::embedded();
    let tenant = any_id();
    let service = Service::start(&folder).await;
    let meeting = Meeting::begin(&service.administrator(tenant).await, "Meeting", 1).await;
    service.stop().await;
    let older = fs::read(folder.path().join("log.sqlite")).unwrap();

    let service = Service::start(&folder).await;
    let api = service.administrator(tenant).await;
    let lost = api.post(&meeting.path("/transcript/chunks"), &chunk_of(meeting.members[0], 0, "Lost.")).await;
    let position = lost.ok().json()["position"].as_u64().unwrap();
    api.get_at(&meeting.path("/transcript"), position).await.ok();
    service.stop().await;
    fs::write(folder.path().join("log.sqlite"), older).unwrap();

    let service = Service::start(&folder).await;
    let api = service.administrator(tenant).await;
    let kept = api.post(&meeting.path("/transcript/chunks"), &chunk_of(meeting.members[0], 0, "Kept.")).await;
    let position = kept.ok().json()["position"].as_u64().unwrap();
    let transcript = api.get_at(&meeting.path("/transcript"), position).await.ok().text();
    assert!(transcript.contains("Kept.") && !transcript.contains("Lost."), "{transcript}");
    service.stop().await;
}

#[tokio::test]
async fn a_leaked_key_for_tokens_can_be_taken_away_and_a_lost_one_for_evidence_is_missed() {
    let folder = Folder::new().await;
    Service::start(&folder).await.stop().await;
    let keys = folder.path().join("keys");
    assert!(folder.run(["keys", "rotate", "tokens"]).await.status.success());
    fs::remove_file(keys.join("tokens/0001.pem")).unwrap();
    Service::start(&folder).await.stop().await;

    fs::remove_file(keys.join("evidence/0001.pem")).unwrap();
    let said = folder.refusal().await;
    let missed = if is_on_postgres() { "evidence key 0001" } else { "evidence/0001.pem is missing" };
    assert!(said.contains(missed), "{said}");
}
