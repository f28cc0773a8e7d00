//! A small session, played through the API.

use serde_json::{Value, json};
use uuid::Uuid;

use crate::api::{Answer, Api};

/// A session under way.
pub(crate) struct Meeting {
    pub(crate) api: Api,
    pub(crate) session: String,
    pub(crate) members: Vec<Uuid>,
    /// Media time, in milliseconds.
    clock: u64,
}

/// A random id.
pub(crate) fn any_id() -> Uuid {
    uuid::Builder::from_random_bytes(rand::random()).into_uuid()
}

/// A session to be created.
pub(crate) fn session_called(title: &str) -> Value {
    json!({ "title": title, "modality": "hybrid", "languages": ["en", "es"],
        "schedule": { "starts_at": "2026-11-22T10:00:00Z", "ends_at": "2026-11-22T12:00:00Z" } })
}

/// A piece of a transcript, one second long.
pub(crate) fn chunk_of(speaker: Uuid, start_ms: u64, text: &str) -> Value {
    json!({ "speaker_id": speaker, "language": "en", "start_ms": start_ms, "end_ms": start_ms + 1000, "text": text,
        "confidence": 0.9, "source": "human" })
}

impl Meeting {
    /// Begins one called `title` with this many members at it.
    pub(crate) async fn begin(api: &Api, title: &str, members: usize) -> Self {
        Self::begin_as(api, &session_called(title), members).await
    }

    /// Begins the session that `details` says with this many members at it.
    pub(crate) async fn begin_as(api: &Api, details: &Value, members: usize) -> Self {
        let created = api.post("/sessions", details).await.expect(201);
        let mut meeting =
            Self { api: api.clone(), session: created.member("session_id"), members: Vec::new(), clock: 0 };
        api.act(&meeting.path("/start")).await.ok();
        let title = details["title"].as_str().expect("a session has a title");
        for number in 0..members {
            let name = format!("{title}, member {number}");
            meeting.admit(&json!({ "name": name, "voting_weight": "1.5" })).await;
        }
        meeting
    }

    /// A path below the session.
    pub(crate) fn path(&self, rest: &str) -> String {
        format!("/sessions/{}{rest}", self.session)
    }

    /// Registers one more member with these details.
    pub(crate) async fn admit(&mut self, details: &Value) -> Answer {
        let member = any_id();
        let mut body = details.clone();
        body["user_id"] = json!(member);
        self.members.push(member);
        self.post("/attendance/register-attendee", &body).await
    }

    /// A command that must succeed.
    pub(crate) async fn post(&self, rest: &str, body: &Value) -> Answer {
        self.api.post(&self.path(rest), body).await.ok()
    }

    /// What is to hold from now on, which must succeed.
    pub(crate) async fn put(&self, rest: &str, body: &Value) -> Answer {
        self.api.put(&self.path(rest), body).await.ok()
    }

    /// A command without a body that must succeed.
    pub(crate) async fn act(&self, rest: &str) -> Answer {
        self.api.act(&self.path(rest)).await.ok()
    }

    /// The member asks for the floor, is given it, says `text` and gives it back.
    pub(crate) async fn speak(&mut self, member: Uuid, text: &str) -> Answer {
        let request = self
            .post("/floor/requests", &json!({ "user_id": member, "kind": "speech", "topic": text }))
            .await;
        let request = format!("/floor/requests/{}", request.member("request_id"));
        self.post(&format!("{request}/approve"), &json!({ "time_limit_seconds": 600 })).await;
        let chunk = self.say(member, text).await;
        self.act(&format!("{request}/finish")).await;
        chunk
    }

    /// The transcript takes down `text`.
    pub(crate) async fn say(&mut self, member: Uuid, text: &str) -> Answer {
        let body = chunk_of(member, self.clock, text);
        self.clock += 1000;
        self.post("/transcript/chunks", &body).await
    }

    /// Ends the session and seals its record.
    pub(crate) async fn close(&self) {
        self.act("/end").await;
        self.act("/seal").await;
    }

    /// The public proof.
    pub(crate) async fn proof(&self) -> Vec<u8> {
        self.api.get(&self.path("/audit-proof")).await.expect(200).body
    }
}

/// The whole feed of the tenant.
pub(crate) async fn feed(api: &Api) -> Vec<Value> {
    let (mut events, mut after) = (Vec::new(), 0);
    loop {
        let page = api.get(&format!("/events?after={after}&limit=500")).await.expect(200).json();
        let reached = page["reached"].as_u64().unwrap();
        events.extend(page["events"].as_array().unwrap().iter().cloned());
        if reached == after || Some(reached) >= page["head"].as_u64() {
            return events;
        }
        after = reached;
    }
}
