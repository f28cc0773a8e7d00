//! Clients that send every command until they know its outcome.

use std::sync::Arc;
use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use super::load::Load;
use crate::api::{Answer, try_send};
use crate::instances::Ways;
use crate::meeting::{any_id, chunk_of};

/// How long a client waits before it repeats what could not be done.
const PAUSE: Duration = Duration::from_millis(20);

/// The event of a command: its type, and a member of its payload that no other such event has, with its value.
pub(super) type Trace = (&'static str, &'static str, String);

/// A command that a client sends until it knows the outcome.
struct Command {
    path: &'static str,
    body: Value,
    trace: Trace,
}

/// A command whose outcome is known.
pub(super) struct Acknowledged {
    pub(super) trace: Trace,
    pub(super) position: u64,
}

/// A client, with what it must not forget when the service dies.
pub(super) struct Client {
    number: u64,
    sent: u64,
    /// The path of the session.
    session: String,
    /// Somebody who is in the room.
    speaker: Uuid,
    /// Whom the client let in last, and what they asked for.
    guest: Uuid,
    request: String,
    /// In the order of the acknowledgements.
    pub(super) acknowledged: Vec<Acknowledged>,
}

impl Client {
    pub(super) fn new(number: u64, session: String, speaker: Uuid) -> Self {
        let request = String::new();
        Self { number, sent: 0, session, speaker, guest: speaker, request, acknowledged: Vec::new() }
    }

    /// A guest comes in, asks for the floor and thinks better of it; in between, words are taken down.
    fn next(&mut self) -> Command {
        self.sent += 1;
        match self.sent % 6 {
            1 => self.let_in(),
            2 => self.ask_for_the_floor(),
            4 => self.withdraw(),
            _ => self.take_down(),
        }
    }

    fn let_in(&mut self) -> Command {
        self.guest = any_id();
        let body = json!({ "user_id": self.guest, "name": format!("Guest of {}", self.number), "voting_weight": "1" });
        let trace = ("attendance.validated.v1", "person_id", self.guest.to_string());
        Command { path: "/attendance/register-attendee", body, trace }
    }

    fn ask_for_the_floor(&self) -> Command {
        let body = json!({ "user_id": self.guest, "kind": "speech" });
        let trace = ("speech.requested.v1", "person_id", self.guest.to_string());
        Command { path: "/floor/requests", body, trace }
    }

    fn withdraw(&self) -> Command {
        let trace = ("speech.withdrawn.v1", "request_id", self.request.clone());
        Command { path: "/floor/requests/{}/withdraw", body: json!({}), trace }
    }

    fn take_down(&self) -> Command {
        let start = self.number * 1_000_000_000 + self.sent * 1000;
        let body = chunk_of(self.speaker, start, &format!("Words {} of {}", self.sent, self.number));
        let trace = ("transcript.chunk.v1", "start_ms", start.to_string());
        Command { path: "/transcript/chunks", body, trace }
    }

    /// Sends commands until nothing more is wanted.
    pub(super) async fn work(mut self, mut ways: Ways, load: Arc<Load>) -> Self {
        while load.take().await {
            let command = self.next();
            let already_acknowledged = load.highest();
            let answer = self.send(&command, &mut ways).await;
            let position = answer.position();
            assert!(position > already_acknowledged, "{position} was sent after {already_acknowledged}");
            if command.trace.0 == "speech.requested.v1" {
                self.request = answer.member("request_id");
            }
            self.acknowledged.push(Acknowledged { trace: command.trace, position });
            load.note(position, answer.header("idempotent-replayed") == "true");
        }
        self
    }

    /// Sends one command under one idempotency key to one instance after the other.
    async fn send(&self, command: &Command, ways: &mut Ways) -> Answer {
        let key = format!("client-{}-{}", self.number, self.sent);
        let path = format!("{}{}", self.session, command.path.replace("{}", &self.request));
        loop {
            let api = ways.current().await;
            let request = api.request(Method::POST, &path).header("Idempotency-Key", &key);
            match try_send(request.json(&command.body)).await {
                Ok(answer) if answer.status != 503 => return answer.ok(),
                Ok(_) | Err(_) => ways.leave(),
            }
            tokio::time::sleep(PAUSE).await;
        }
    }
}
