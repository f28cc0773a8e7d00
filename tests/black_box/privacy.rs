//! Names and words are sealed: they stand nowhere in the open, and an erased person's are gone.

use std::path::Path;

use acta_proof::verify::{Personal, Report, VerifyOptions, verify_file};
use reqwest::Method;
use serde_json::{Value, json};
use sqlx::Row as _;
use sqlx::sqlite::{SqliteConnectOptions, SqlitePool};
use uuid::Uuid;

use crate::api::{Api, send};
use crate::meeting::{Meeting, any_id, feed, session_called};
use crate::service::{Folder, Service, all_files, eventually};

/// Stands in every text that could name a person or repeat their words; nothing else in the world contains it.
const MARKER: &str = "MARKER-9d2f7c41";

fn marked(what: &str) -> String {
    format!("{what} {MARKER} {what}")
}

/// A session with a marker in every text that the API takes.
async fn marked_session(api: &Api) -> Meeting {
    let mut meeting = Meeting::begin(api, &marked("Meeting"), 2).await;
    let contact = json!({ "name": marked("Ada"), "email": format!("{MARKER}@example.org"), "phone": format!("+34 {MARKER}") });
    meeting.admit(&contact).await;
    let refusal =
        json!({ "user_id": any_id(), "method": "manual", "reason": "other", "note": marked("note") });
    meeting.post("/attendance/refuse", &refusal).await;
    for member in meeting.members.clone() {
        meeting.speak(member, &marked("I move that")).await;
    }
    let fixed = json!({ "text": marked("I moved that") });
    meeting.post("/transcript/chunks/1/corrections", &fixed).await;
    let wish = json!({ "user_id": meeting.members[0], "kind": "reply", "topic": marked("reply") });
    let request = meeting.post("/floor/requests", &wish).await.member("request_id");
    meeting.post(&format!("/floor/requests/{request}/deny"), &json!({ "reason": marked("no") })).await;
    meeting
}

/// A session whose title was changed and that was cancelled, with a marker in each text.
async fn marked_cancellation(api: &Api) {
    let created = api.post("/sessions", &session_called(&marked("Plan"))).await.expect(201);
    let path = format!("/sessions/{}", created.member("session_id"));
    send(api.request(Method::PATCH, &path).json(&json!({ "title": marked("New plan") }))).await.ok();
    api.post(&format!("{path}/cancel"), &json!({ "reason": marked("Illness") })).await.ok();
}

fn holds(bytes: &[u8], words: &[u8]) -> bool {
    let bytes = bytes.to_ascii_lowercase();
    bytes.windows(words.len()).any(|window| window == words.to_ascii_lowercase())
}

#[track_caller]
fn assert_unmarked(what: &str, bytes: &[u8]) {
    assert!(!holds(bytes, MARKER.as_bytes()), "{what} holds what is personal");
}

/// All that anybody without a token can read about a session.
async fn public_bytes(service: &Service, meeting: &Meeting) -> Vec<(&'static str, Vec<u8>)> {
    let stranger = service.stranger();
    let mut found = Vec::new();
    for path in [
        "/audit-proof",
        "/heads",
        "/heads/latest",
        "/receipts/inclusion?index=3",
        "/receipts/consistency?from=1",
    ] {
        found.push((path, stranger.get(&meeting.path(path)).await.expect(200).body));
    }
    found
}

#[tokio::test]
async fn names_and_words_stand_nowhere_in_the_open() {
    let folder = Folder::new();
    let mut verbose = folder.serve();
    verbose.env("ACTA_LOG", "debug");
    let service = Service::spawn(&folder, verbose).await;
    let api = service.administrator(any_id()).await;
    let meeting = marked_session(&api).await;
    marked_cancellation(&api).await;
    let last = meeting.act("/end").await.position();
    let read = api.get_at(&meeting.path("/transcript"), last).await.ok();
    assert!(holds(&read.body, MARKER.as_bytes()), "the API opens it for those who may");

    for (what, bytes) in public_bytes(&service, &meeting).await {
        assert_unmarked(what, &bytes);
    }
    let events = feed(&api).await;
    assert_unmarked("the feed", Value::from(events).to_string().as_bytes());
    api.get(&format!("/sessions?title={MARKER}")).await.expect(200);
    assert_unmarked("the log on standard error", &service.log());
    for (path, bytes) in all_files(folder.path()) {
        assert_unmarked(&path.display().to_string(), &bytes);
    }
    service.kill().await;
    for (path, bytes) in all_files(folder.path()) {
        assert_unmarked(&format!("after kill -9, {}", path.display()), &bytes);
    }
}

/// The wrapped key of a person, as the database has it.
async fn wrapped_key(folder: &Path, person: Uuid) -> Option<Vec<u8>> {
    let options = SqliteConnectOptions::new().filename(folder.join("keys.sqlite")).read_only(true);
    let keys = SqlitePool::connect_with(options).await.unwrap();
    let found =
        sqlx::query("SELECT wrapped FROM person_keys WHERE subject = ?").bind(format!("person:{person}"));
    let wrapped = found.fetch_one(&keys).await.unwrap().get("wrapped");
    keys.close().await;
    wrapped
}

fn report(dossier: &[u8]) -> Report {
    verify_file(dossier, &VerifyOptions::default()).unwrap()
}

/// How many opened parts of a dossier hold the marker.
fn marked_parts(report: &Report) -> usize {
    let personal = report.events.iter().filter(|event| match &event.personal {
        Personal::Opened(text) => text.contains(MARKER),
        Personal::None | Personal::Unreadable => false,
    });
    personal.count()
}

#[tokio::test]
async fn an_erased_persons_words_are_gone_and_the_proof_still_holds() {
    let folder = Folder::new();
    let service = Service::start(&folder).await;
    let api = service.administrator(any_id()).await;
    let meeting = marked_session(&api).await;
    let (erased, kept) = (meeting.members[2], meeting.members[1]);
    let dossier = api.get(&meeting.path("/dossier")).await.expect(200).body;
    let before = report(&dossier);
    assert_eq!(before.unreadable_parts, 0);
    let wrapped = wrapped_key(folder.path(), erased).await.expect("there is a key before");

    let answer = api.delete(&meeting.path(&format!("/persons/{erased}"))).await.expect(200);
    let again = api.delete(&meeting.path(&format!("/persons/{erased}"))).await.expect(200);
    assert_eq!(answer.json(), again.json(), "erasing twice changes nothing");
    api.delete(&meeting.path(&format!("/persons/{}", any_id()))).await.expect(404);

    assert_eq!(wrapped_key(folder.path(), erased).await, None);
    for (path, bytes) in all_files(folder.path()) {
        assert!(!holds_exactly(&bytes, &wrapped), "{} still holds the wrapped key", path.display());
    }
    let chunks = api.get(&meeting.path("/transcript")).await.ok().json();
    for chunk in chunks["chunks"].as_array().unwrap() {
        let gone = chunk["speaker_id"] == json!(erased);
        assert_eq!((chunk["text"].is_null(), &chunk["sealed"]), (gone, &json!(gone)), "{chunk}");
    }
    for path in ["/attendance", "/floor", "/transcript?format=txt"] {
        let text = api.get(&meeting.path(path)).await.ok().text();
        assert!(text.contains(MARKER), "{path}: the others' words stay");
    }
    let more = json!({ "user_id": erased, "kind": "speech", "topic": "again" });
    api.post(&meeting.path("/floor/requests"), &more).await.problem(410, "person-erased");

    let dossier = api.get(&meeting.path("/dossier")).await.expect(200).body;
    let after = report(&dossier);
    assert_eq!(after.root, before.root, "no entry has changed");
    assert!(after.unreadable_parts >= 3, "name, topic and words: {}", after.unreadable_parts);
    assert_eq!(
        marked_parts(&after) + usize::try_from(after.unreadable_parts).unwrap(),
        marked_parts(&before)
    );
    assert!(
        !after.findings.is_empty()
            && after.findings.iter().any(|finding| finding.what.contains("unreadable"))
    );
    report(&meeting.proof().await);

    let speaker = api.get(&meeting.path(&format!("/transcript?speaker_id={kept}"))).await.ok().text();
    assert!(speaker.contains(MARKER));
    service.kill().await;
    for (path, bytes) in all_files(folder.path()) {
        assert!(!holds_exactly(&bytes, &wrapped), "after kill -9, {} holds the wrapped key", path.display());
    }
}

fn holds_exactly(bytes: &[u8], words: &[u8]) -> bool {
    bytes.windows(words.len()).any(|window| window == words)
}

#[tokio::test]
async fn an_erasure_outlives_a_restart() {
    let folder = Folder::new();
    let tenant = any_id();
    let service = Service::start(&folder).await;
    let mut meeting = Meeting::begin(&service.administrator(tenant).await, "Meeting", 1).await;
    let said = meeting.say(meeting.members[0], &marked("once")).await.position();
    meeting.api.delete(&meeting.path(&format!("/persons/{}", meeting.members[0]))).await.expect(200);
    service.kill().await;

    let service = Service::start(&folder).await;
    let api = service.administrator(tenant).await;
    let read = eventually("the transcript", async || {
        let answer = api.get_at(&meeting.path("/transcript"), said).await;
        (answer.status == 200).then_some(answer)
    });
    let chunk = read.await.json()["chunks"][0].clone();
    assert_eq!((&chunk["text"], &chunk["sealed"]), (&Value::Null, &json!(true)));
    service.stop().await;
}
