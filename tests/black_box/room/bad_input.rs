//! What no client should send: a clear refusal, nothing on the record, and nobody else notices.

use serde_json::{Value, json};
use uuid::Uuid;

use super::clients::{Clients, Person, done, refused};
use super::{assert_all_seen, recorded};
use crate::api::Api;
use crate::folder::Folder;
use crate::meeting::{Meeting, any_id};
use crate::service::Service;

/// A session with a bystander in it, and somebody who misbehaves.
struct Trial {
    folder: Folder,
    service: Service,
    api: Api,
    meeting: Meeting,
    clients: Clients,
    bystander: Person,
    before: Vec<(u64, u64)>,
}

impl Trial {
    async fn begin() -> Self {
        let folder = Folder::new().await;
        let service = Service::start(&folder).await;
        let tenant = any_id();
        let api = service.administrator(tenant).await;
        let meeting = Meeting::begin(&api, "General meeting", 2).await;
        let clients = Clients::start();
        let bystander = clients.person(&folder, tenant, meeting.members[0], &["participant"]).await;
        clients.open(&bystander, &meeting.session, &[service.url()], json!({ "after": 0 })).await;
        let before = recorded(&api, &meeting.session, 0).await;
        Self { folder, service, api, meeting, clients, bystander, before }
    }

    /// Somebody of the session's tenant, or of another one.
    async fn somebody(&self, tenant: Uuid) -> Person {
        self.clients.person(&self.folder, tenant, self.meeting.members[1], &["participant"]).await
    }

    async fn enter(&self, person: &Person, more: Value) -> Value {
        let mut once = json!({ "stays": false });
        once.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        self.clients.open(person, &self.meeting.session, &[self.service.url()], once).await
    }

    /// Sends frames to the engine of which no client knows; gives what came back.
    async fn raw(&self, frames: Value) -> Value {
        self.clients.ask(json!({ "do": "raw", "url": self.service.url(), "frames": frames })).await
    }

    /// Nothing new is on the record, and the bystander goes on undisturbed.
    async fn nothing_happened(self) {
        assert_eq!(recorded(&self.api, &self.meeting.session, 0).await, self.before);
        done(&self.clients.emit(&self.bystander, "request_speech", json!({ "kind": "speech" })).await);
        let events = recorded(&self.api, &self.meeting.session, 0).await;
        assert_eq!(events.len(), self.before.len() + 1);
        self.clients
            .ask(json!({ "do": "reached", "clients": [self.bystander.name],
            "position": events.last().unwrap().0 }))
            .await;
        assert_all_seen("the bystander", &self.clients.seen(&self.bystander).await, &events, 0);
        let answer = self.clients.ask(json!({ "do": "seen", "client": self.bystander.name })).await;
        assert_eq!(answer["connections"].as_array().unwrap().len(), 1, "the bystander stayed: {answer}");
        let log = String::from_utf8(self.service.log()).unwrap();
        assert!(!log.contains("panicked"), "{log}");
        self.service.stop().await;
    }
}

#[tokio::test]
async fn another_namespace_is_refused() {
    let trial = Trial::begin().await;
    let somebody = trial.somebody(trial.api.pass().tenant()).await;
    for namespace in ["/", "/admin", "/moderation/x"] {
        let answer = trial.enter(&somebody, json!({ "namespace": namespace })).await;
        assert_eq!(answer["refused"], "Invalid namespace", "{namespace}");
    }
    trial.nothing_happened().await;
}

#[tokio::test]
async fn the_session_of_another_tenant_is_not_there() {
    let trial = Trial::begin().await;
    let stranger = trial.somebody(any_id()).await;
    let answer = trial.enter(&stranger, json!({})).await;
    let unknown = trial.enter(&stranger, json!({ "session": any_id() })).await;
    assert!(answer["refused"].as_str().unwrap().starts_with("unknown-session: "), "{answer}");
    assert_eq!(answer["refused"], unknown["refused"], "as if there were none");
    trial.nothing_happened().await;
}

#[tokio::test]
async fn messages_before_the_handshake_end_the_connection() {
    let trial = Trial::begin().await;
    for frame in [
        "42/moderation,[\"request_speech\",{\"kind\":\"speech\"}]",
        "42[\"request_speech\",{\"kind\":\"speech\"}]",
        "43/moderation,1[{}]",
        "41/moderation,",
    ] {
        let answer = trial.raw(json!([frame])).await;
        let got = answer["got"].as_array().unwrap();
        assert!(got.iter().all(|packet| packet == "1" || packet == "2"), "closed at most: {answer}");
    }
    trial.nothing_happened().await;
}

#[tokio::test]
async fn garbage_ends_the_connection_that_it_comes_by() {
    let trial = Trial::begin().await;
    for frames in [
        json!(["garbage"]),
        json!([""]),
        json!(["9"]),
        json!(["4"]),
        json!(["49"]),
        json!(["4{\"event\":\"request_speech\"}"]),
        json!(["40/moderation,{\"token\":"]),
        json!(["40/moderation,[1,2]"]),
        json!(["40/moderation,null"]),
        json!(["42/moderation,{\"no\":\"array\"}"]),
        json!([
            "451-/moderation,[\"request_speech\",{\"_placeholder\":true,\"num\":0}]",
            "42/moderation,[\"x\"]"
        ]),
        json!(["4599999999999-/moderation,[\"x\"]"]),
        json!([{ "bytes": 100 }]),
        json!(["2probe", "5"]),
        json!(["\u{1F41D}".repeat(10_000)]),
        json!(["x".repeat(2 * 1024 * 1024)]),
    ] {
        let answer = trial.raw(frames.clone()).await;
        let got = answer["got"].as_array().unwrap();
        let is_harmless = |packet: &Value| {
            let packet = packet.as_str().unwrap();
            packet.len() == 1 || packet.starts_with("44/moderation,")
        };
        assert!(got.iter().all(is_harmless), "{frames}: {answer}");
    }
    trial.nothing_happened().await;
}

#[tokio::test]
async fn a_megabyte_or_bytes_are_refused_and_end_the_connection() {
    let trial = Trial::begin().await;
    let somebody = trial.somebody(trial.api.pass().tenant()).await;
    let topic = "x".repeat(1024 * 1024);
    for (command, problem) in [
        (
            json!({ "do": "throw", "event": "request_speech", "data": { "kind": "speech", "topic": topic } }),
            "too-large",
        ),
        (json!({ "do": "bytes", "event": "request_speech", "length": 100 }), "invalid-body"),
    ] {
        trial.enter(&somebody, json!({})).await;
        let mut command = command;
        command["client"] = json!(somebody.name);
        trial.clients.ask(command).await;
        refused(&trial.clients.message(&somebody, "closing").await, problem);
        let ended = trial.clients.ask(json!({ "do": "ended", "client": somebody.name })).await;
        assert_eq!(ended["reason"], "io server disconnect");
    }
    trial.nothing_happened().await;
}

#[tokio::test]
async fn whoever_sends_too_much_is_refused_and_at_last_disconnected() {
    let trial = Trial::begin().await;
    let somebody = trial.somebody(trial.api.pass().tenant()).await;
    trial.enter(&somebody, json!({})).await;
    let burst = json!({ "do": "burst", "client": somebody.name, "event": "withdraw_speech",
        "data": { "request_id": any_id() }, "times": 80 });
    let outcomes = trial.clients.ask(burst).await["outcomes"].take();
    let outcomes = outcomes.as_array().unwrap();
    let too_many = |outcome: &&Value| outcome["problem"]["status"] == 429;
    assert!(outcomes.iter().filter(too_many).count() >= 30, "{outcomes:?}");
    assert!(outcomes.iter().all(|outcome| !outcome["problem"].is_null()), "each is answered: {outcomes:?}");
    let flood = json!({ "do": "throw", "client": somebody.name, "event": "no_such_message", "data": {},
        "times": 1000 });
    trial.clients.ask(flood).await;
    refused(&trial.clients.message(&somebody, "closing").await, "too-many-requests");
    trial.nothing_happened().await;
}

#[tokio::test]
async fn one_person_has_so_many_connections_and_others_theirs() {
    let trial = Trial::begin().await;
    let somebody = trial.somebody(trial.api.pass().tenant()).await;
    for number in 0..20 {
        let another = Person { name: format!("{number}"), ..somebody.clone() };
        let more = json!({ "key": somebody.name });
        let answer = trial.enter(&another, more).await;
        assert!(answer["connected"].is_object(), "{number}: {answer}");
    }
    let answer = trial.enter(&somebody, json!({})).await;
    assert!(answer["refused"].as_str().unwrap().starts_with("too-many-requests: "), "{answer}");
    trial.nothing_happened().await;
}
