//! Biometric data, codes, tokens, names, addresses, numbers and places: 0 hits wherever somebody could look who may not see them.

mod marks;
mod play;
mod spans;

use acta_throwaway::Broker;
use serde_json::Value;
use uuid::Uuid;

use self::marks::{Mark, assert_unmarked};
use self::play::Confidence;
use self::spans::Spans;
use super::place::Place;
use crate::folder::Folder;
use crate::kafka::place::{Topics, head, relayed_up_to};
use crate::meeting::{any_id, feed};
use crate::privacy::dump;
use crate::python;
use crate::service::{Service, all_files};

/// A service that logs all it can.
async fn talkative(place: &Place) -> Service {
    let mut command = place.serve();
    command.env("ACTA_LOG", "trace").env("RUST_LOG", "trace");
    Service::spawn(&place.folder, command).await
}

/// Everything was sent to the service; gives what must be nowhere.
async fn sent(place: &Place, service: &Service, tenant: Uuid) -> Vec<Mark> {
    let mut confidence = Confidence::begin(place, service, tenant).await;
    confidence.play().await;
    let marks = [confidence.secrets, confidence.personal].concat();
    assert!(marks.len() > 100, "there is much to look for: {}", marks.len());
    marks
}

/// What people see who may read, but not that.
async fn assert_hidden_from_others(service: &Service, tenant: Uuid, marks: &[Mark]) {
    for path in ["//health", "//metrics"] {
        assert_unmarked(path, marks, &service.stranger().get(path).await.body);
    }
    let administrator = service.administrator(tenant).await;
    assert_unmarked("the feed", marks, Value::from(feed(&administrator).await).to_string().as_bytes());
    let observer = service.person(tenant, any_id(), &["observer"]).await;
    let sessions = observer.get("/sessions").await.ok().json();
    let session = sessions["sessions"][0]["session_id"].as_str().expect("there is a session").to_owned();
    for path in ["", "/attendance", "/audit-proof"] {
        let answer = observer.get(&format!("/sessions/{session}{path}")).await;
        assert_unmarked(&format!("{path} for an observer"), marks, &answer.body);
    }
}

fn assert_files_unmarked(when: &str, place: &Place, marks: &[Mark]) {
    for (path, bytes) in all_files(place.folder.path()) {
        assert_unmarked(&format!("{when}, {}", path.display()), marks, &bytes);
    }
}

#[tokio::test]
async fn what_was_said_in_confidence_is_in_no_file_and_no_log() {
    let place = Place::on(Folder::embedded()).await;
    let service = talkative(&place).await;
    let tenant = any_id();
    let marks = sent(&place, &service, tenant).await;
    assert_hidden_from_others(&service, tenant, &marks).await;
    let log = service.log();
    assert!(log.len() > 100_000, "it logs all it can: {}", log.len());
    assert_unmarked("the log", &marks, &log);
    assert_files_unmarked("while it runs", &place, &marks);
    let limits = std::fs::read_to_string(format!("/proc/{}/limits", service.pid())).unwrap();
    let core = limits.lines().find(|line| line.starts_with("Max core file size")).expect("it is limited");
    assert!(
        core.split_whitespace().skip(4).take(2).all(|limit| limit == "0"),
        "no core file is to be: {core}"
    );
    // As a crash would, so that a core file would be written where there is to be one.
    service.signal("-ABRT").await;
    service.kill().await;
    assert_files_unmarked("after a crash", &place, &marks);
    let cores = all_files_here().into_iter().filter(|name| name.starts_with("core"));
    assert_eq!(cores.collect::<Vec<_>>(), [""; 0], "no core file is written");
}

/// The names in the folder that the service runs in.
fn all_files_here() -> Vec<String> {
    let here = std::fs::read_dir(std::env::current_dir().unwrap()).unwrap();
    here.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect()
}

#[tokio::test]
async fn what_was_said_in_confidence_is_in_no_table_of_postgres_and_no_span() {
    let (place, spans) = (Place::on(Folder::postgres().await).await, Spans::start().await);
    let mut command = place.serve();
    spans.tell(command.env("ACTA_LOG", "trace").env("RUST_LOG", "trace"));
    let service = Service::spawn(&place.folder, command).await;
    let marks = sent(&place, &service, any_id()).await;
    assert_unmarked("the dump", &marks, &dump(&place.folder, "attendance.validated").await);
    assert_unmarked("the log", &marks, &service.log());
    // Whatever was not sent yet is sent now.
    service.stop().await;
    let spans = spans.bytes();
    assert!(spans.len() > 10_000, "requests are traced: {}", spans.len());
    assert_unmarked("the spans", &marks, &spans);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_said_in_confidence_is_in_no_record_of_kafka() {
    let broker = Broker::any().await.unwrap();
    let topics = Topics::any().await;
    assert!(!broker.is_empty());
    let place = Place::on(Folder::embedded().publishing_to(&topics)).await;
    let service = talkative(&place).await;
    let tenant = any_id();
    let marks = sent(&place, &service, tenant).await;
    let api = service.administrator(tenant).await;
    relayed_up_to(&api, head(&api).await).await;
    let arguments = [topics.brokers.clone(), topics.prefix.clone()];
    let run = tokio::task::spawn_blocking(move || python::run("dump_topics.py", arguments));
    let output = run.await.unwrap();
    let records = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && records.contains("attendance.validated"), "{records}");
    assert_unmarked("the records", &marks, &output.stdout);
    assert_unmarked("the log", &marks, &service.log());
    service.stop().await;
}
