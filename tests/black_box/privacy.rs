//! Names and words are sealed: they stand nowhere in the open, and an erased person's are gone.

use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use acta_proof::verify::{Personal, Report, VerifyOptions, verify_file};
use acta_throwaway::{Cluster, Login, Options};
use reqwest::Method;
use serde_json::{Value, json};
use sqlx::postgres::PgConnectOptions;
use sqlx::sqlite::{SqliteConnectOptions, SqlitePool};
use sqlx::{Connection as _, Executor as _, PgConnection, Row as _};
use tokio::process::Command;
use uuid::Uuid;

use crate::api::{Api, send};
use crate::binary::{ended, printed};
use crate::folder::Folder;
use crate::meeting::{Meeting, any_id, feed, session_called};
use crate::service::{Service, all_files, eventually};

/// Stands in every text that could name a person or repeat their words; nothing else in the world contains it.
static MARKER: LazyLock<String> = LazyLock::new(|| format!("MARKER-{}", any_id().simple()));

fn marked(what: &str) -> String {
    format!("{what} {} {what}", *MARKER)
}

/// A session with a marker in every text that the API takes.
async fn marked_session(api: &Api) -> Meeting {
    let mut meeting = Meeting::begin(api, &marked("Meeting"), 2).await;
    let (email, phone) = (format!("{}@example.org", *MARKER), format!("+34 {}", *MARKER));
    let contact = json!({ "name": marked("Ada"), "email": email, "phone": phone });
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
    let later = json!({ "user_id": meeting.members[1], "kind": "speech", "topic": marked("speech") });
    let later = meeting.post("/floor/requests", &later).await.member("request_id");
    let out_of_turn = json!({ "override_reason": marked("now") });
    meeting.post(&format!("/floor/requests/{later}/approve"), &out_of_turn).await;
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
    let (bytes, words) = (bytes.to_ascii_lowercase(), words.to_ascii_lowercase());
    holds_exactly(&bytes, &words)
}

fn holds_exactly(bytes: &[u8], words: &[u8]) -> bool {
    memchr::memmem::find(bytes, words).is_some()
}

#[track_caller]
fn assert_unmarked(what: &str, bytes: &[u8]) {
    assert!(!holds(bytes, MARKER.as_bytes()), "{what} holds what is personal");
    assert!(!holds(bytes, hex::encode(&*MARKER).as_bytes()), "{what} holds what is personal, in hexadecimal");
}

#[track_caller]
fn assert_all_unmarked(when: &str, folder: &Path) {
    for (path, bytes) in all_files(folder) {
        assert_unmarked(&format!("{when}, {}", path.display()), &bytes);
    }
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

/// A service that logs all it can, to which all texts were given; what it shows to those who may not read them is checked.
async fn marked_service(folder: &Folder) -> Service {
    let mut verbose = folder.serve();
    verbose.env("ACTA_LOG", "debug");
    let service = Service::spawn(folder, verbose).await;
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
    api.get(&format!("/sessions?title={}", *MARKER)).await.expect(200);
    assert_unmarked("the log on standard error", &service.log());
    service
}

#[tokio::test]
async fn names_and_words_stand_nowhere_in_the_open() {
    let folder = Folder::embedded();
    let service = marked_service(&folder).await;
    assert_all_unmarked("while it runs", folder.path());
    service.kill().await;
    assert_all_unmarked("after kill -9", folder.path());
}

#[tokio::test]
async fn names_and_words_stand_nowhere_in_the_open_on_postgres() {
    // Also its own log and its journal are looked at, so that it is a server of one's own, which writes down all that it is told.
    let cluster = Cluster::start(Options::fast().with("log_statement", "all")).await.unwrap();
    let folder = Folder::on(cluster.server()).await;
    let service = marked_service(&folder).await;
    assert_unmarked("the dump", &dump(&folder, "transcript.chunk").await);
    assert!(cluster.log().contains("append_events"), "the server writes down what it is told");
    let data = data_directory(&folder).await;
    assert_all_unmarked("while it runs", &data);
    service.kill().await;
    cluster.kill().await.unwrap();
    assert_all_unmarked("after kill -9 of both", &data);
    assert_all_unmarked("after kill -9 of both", folder.path());
}

/// All that `pg_dump` tells a superuser, in which `something` must be.
pub(crate) async fn dump(folder: &Folder, something: &str) -> Vec<u8> {
    let mut command = Command::new("pg_dump");
    command.arg("--dbname").arg(folder.database().superuser_url());
    let output = ended(command).await;
    assert!(output.status.success(), "{}", printed(&output));
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(text.contains(something), "the events are in the dump");
    output.stdout
}

/// Everything that the server was told is in its files when this returns.
async fn checkpoint(folder: &Folder) -> PgConnection {
    let mut superuser = PgConnection::connect(&folder.database().superuser_url()).await.unwrap();
    superuser.execute("CHECKPOINT").await.unwrap();
    superuser
}

/// The folder of the server, which is up to date.
async fn data_directory(folder: &Folder) -> PathBuf {
    let mut superuser = checkpoint(folder).await;
    let path: String = sqlx::query_scalar("SHOW data_directory").fetch_one(&mut superuser).await.unwrap();
    path.into()
}

/// The folder of the database's tables, which is up to date.
async fn tables(folder: &Folder) -> PathBuf {
    let server = data_directory(folder).await;
    let mut superuser = checkpoint(folder).await;
    let number = sqlx::query_scalar("SELECT oid::text FROM pg_database WHERE datname = current_database()");
    let number: String = number.fetch_one(&mut superuser).await.unwrap();
    server.join("base").join(number)
}

/// The wrapped key of a person, as the database has it.
async fn wrapped_key(folder: &Folder, person: Uuid) -> Option<Vec<u8>> {
    if folder.is_embedded() {
        return wrapped_key_in_file(folder.path(), person).await;
    }
    let mut superuser = PgConnection::connect(&folder.database().superuser_url()).await.unwrap();
    let found = sqlx::query_scalar("SELECT wrapped FROM person_keys WHERE subject = $1")
        .bind(format!("person:{person}"));
    found.fetch_one(&mut superuser).await.unwrap()
}

async fn wrapped_key_in_file(folder: &Path, person: Uuid) -> Option<Vec<u8>> {
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
        Personal::Opened(text) => text.contains(&*MARKER),
        Personal::None | Personal::Unreadable => false,
    });
    personal.count()
}

/// The files that must not hold an erased key.
async fn files_of_keys(folder: &Folder) -> PathBuf {
    if folder.is_embedded() { folder.path().to_owned() } else { tables(folder).await }
}

async fn assert_key_in_files(folder: &Folder, wrapped: &[u8], is_there: bool) {
    let files = all_files(&files_of_keys(folder).await);
    let holding: Vec<_> = files.iter().filter(|(_, bytes)| holds_exactly(bytes, wrapped)).collect();
    let names: Vec<_> = holding.iter().map(|(path, _)| path.display().to_string()).collect();
    assert_eq!(!names.is_empty(), is_there, "the wrapped key is in {names:?}");
}

#[tokio::test]
async fn an_erased_persons_words_are_gone_and_the_proof_still_holds() {
    let folder = Folder::new().await;
    let service = Service::start(&folder).await;
    let api = service.administrator(any_id()).await;
    let meeting = marked_session(&api).await;
    let (erased, kept) = (meeting.members[2], meeting.members[1]);
    let dossier = api.get(&meeting.path("/dossier")).await.expect(200).body;
    let before = report(&dossier);
    assert_eq!(before.unreadable_parts, 0);

    let answer = api.delete(&meeting.path(&format!("/persons/{erased}"))).await.expect(200);
    let again = api.delete(&meeting.path(&format!("/persons/{erased}"))).await.expect(200);
    assert_eq!(answer.json(), again.json(), "erasing twice changes nothing");
    api.delete(&meeting.path(&format!("/persons/{}", any_id()))).await.expect(404);
    assert_words_are_gone(&api, &meeting, erased).await;

    let dossier = api.get(&meeting.path("/dossier")).await.expect(200).body;
    let after = report(&dossier);
    assert_eq!(after.root, before.root, "no entry has changed");
    assert!(after.unreadable_parts >= 3, "name, topic and words: {}", after.unreadable_parts);
    let still_there = usize::try_from(after.unreadable_parts).unwrap() + marked_parts(&after);
    assert_eq!(still_there, marked_parts(&before));
    assert!(after.findings.iter().any(|finding| finding.what.contains("unreadable")));
    report(&meeting.proof().await);

    let speaker = api.get(&meeting.path(&format!("/transcript?speaker_id={kept}"))).await.ok().text();
    assert!(speaker.contains(&*MARKER));
    service.stop().await;
}

async fn assert_words_are_gone(api: &Api, meeting: &Meeting, erased: Uuid) {
    let chunks = api.get(&meeting.path("/transcript")).await.ok().json();
    for chunk in chunks["chunks"].as_array().unwrap() {
        let gone = chunk["speaker_id"] == json!(erased);
        assert_eq!((chunk["text"].is_null(), &chunk["sealed"]), (gone, &json!(gone)), "{chunk}");
    }
    for path in ["/attendance", "/floor", "/transcript?format=txt"] {
        let text = api.get(&meeting.path(path)).await.ok().text();
        assert!(text.contains(&*MARKER), "{path}: the others' words stay");
    }
    let more = json!({ "user_id": erased, "kind": "speech", "topic": "again" });
    api.post(&meeting.path("/floor/requests"), &more).await.problem(410, "person-erased");
}

/// A person of a meeting whose key was erased, and the bytes of that key.
async fn erased_key(folder: &Folder, service: &Service) -> Vec<u8> {
    let api = service.administrator(any_id()).await;
    let meeting = marked_session(&api).await;
    let erased = meeting.members[2];
    let wrapped = wrapped_key(folder, erased).await.expect("there is a key before");
    assert_key_in_files(folder, &wrapped, true).await;
    api.delete(&meeting.path(&format!("/persons/{erased}"))).await.expect(200);
    assert_eq!(wrapped_key(folder, erased).await, None, "nobody who asks the database gets it any more");
    wrapped
}

#[tokio::test]
async fn an_erased_key_is_in_no_file_at_once() {
    let folder = Folder::embedded();
    let service = Service::start(&folder).await;
    let wrapped = erased_key(&folder, &service).await;
    assert_key_in_files(&folder, &wrapped, false).await;
    service.kill().await;
    assert_key_in_files(&folder, &wrapped, false).await;
}

#[tokio::test]
async fn an_erased_key_is_in_no_table_of_postgres_once_they_are_scrubbed() {
    let folder = Folder::postgres().await;
    let service = Service::start(&folder).await;
    let wrapped = erased_key(&folder, &service).await;
    let dump = dump(&folder, "transcript.chunk").await;
    assert!(!holds(&dump, hex::encode(&wrapped).as_bytes()), "a backup made from now on has no key");

    let owner: PgConnectOptions = folder.database().url_of(Login::Owner).parse().unwrap();
    assert_eq!(acta_postgres::scrub_keys(&owner).await.unwrap(), 1);
    assert_key_in_files(&folder, &wrapped, false).await;
    service.stop().await;
}

#[tokio::test]
async fn an_erasure_outlives_a_restart() {
    let folder = Folder::new().await;
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
