//! What a call can be about.

use reqwest::Method;
use serde_json::json;
use uuid::Uuid;

use super::super::sign_in;
use super::cast::Caller;
use crate::api::{Api, send};
use crate::meeting::{any_id, chunk_of, session_called};

/// Everything that a call can name: a session with somebody in it, who asked for the floor, and said something; a user, a role, a client.
#[derive(Debug, Clone)]
pub(super) struct Target {
    pub(super) session: String,
    pub(super) member: Uuid,
    /// Somebody wants to speak,
    pub(super) request: String,
    /// and to reply.
    pub(super) reply: String,
    pub(super) code: String,
    pub(super) chunk: u64,
    pub(super) user: String,
    pub(super) role: String,
    pub(super) client: String,
}

impl Target {
    /// Has `scheduler` create a session, and `administrator` do the rest. `member` is in it.
    pub(super) async fn make(scheduler: &Caller, administrator: &Api, member: Uuid) -> Self {
        let create = scheduler.request(Method::POST, "/sessions").json(&session_called("General meeting"));
        let session = send(create).await.expect(201).member("session_id");
        let made = Uses { api: administrator, session: &session };
        let (request, reply, code, chunk) = made.play(member).await;
        let name = format!("t-{}", any_id());
        let user =
            sign_in::user(administrator, &format!("{name}@example.org"), &["observer"]).await.to_string();
        let role = json!({ "name": name, "permissions": ["sessions:read"] });
        administrator.post("//v2/roles", &role).await.expect(201);
        let client = administrator.post("//v2/clients", &json!({ "name": name, "roles": ["service"] })).await;
        let client = client.expect(201).member("client_id");
        Self { session, member, request, reply, code, chunk, user, role: name, client }
    }

    /// The request for the floor that `operation` is about: one that is withdrawn is none that can be given a turn.
    pub(super) fn request_for(&self, operation: &str) -> &str {
        if operation == "withdraw_speech" { &self.reply } else { &self.request }
    }

    /// What nobody outside the tenant is to see.
    pub(super) fn names(&self) -> impl Iterator<Item = String> {
        let Self { session, member, user, role, client, .. } = self.clone();
        [session, member.to_string(), user, role, client].into_iter()
    }
}

/// What happens in a session.
struct Uses<'a> {
    api: &'a Api,
    session: &'a str,
}

impl Uses<'_> {
    fn path(&self, rest: &str) -> String {
        format!("/sessions/{}{rest}", self.session)
    }

    /// `member` arrives, asks for the floor, has a code and says something.
    async fn play(&self, member: Uuid) -> (String, String, String, u64) {
        self.api.act(&self.path("/start")).await.ok();
        let attendee = json!({ "user_id": member, "name": "Ada" });
        self.api.post(&self.path("/attendance/register-attendee"), &attendee).await.ok();
        let request = self.ask(member, "speech").await;
        let reply = self.ask(member, "reply").await;
        let code = self.api.post(&self.path("/attendance/qr"), &json!({ "user_id": member })).await.ok();
        let chunk =
            self.api.post(&self.path("/transcript/chunks"), &chunk_of(member, 0, "Words.")).await.ok();
        (request, reply, code.member("token"), chunk.json()["chunk"].as_u64().unwrap())
    }

    /// `member` asks for the floor.
    async fn ask(&self, member: Uuid, kind: &str) -> String {
        let wish = json!({ "user_id": member, "kind": kind });
        self.api.post(&self.path("/floor/requests"), &wish).await.ok().member("request_id")
    }
}
