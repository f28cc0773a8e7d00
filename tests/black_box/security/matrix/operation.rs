//! The operations of the service, and how each is called.

use reqwest::Method;
use serde_json::{Value, json};

use super::super::sign_in::PASSWORD;
use super::cast::{Caller, Others};
use super::outcome::Outcome;
use super::target::Target;
use crate::api::{Answer, Call, send};
use crate::meeting::{any_id, chunk_of, session_called};
use crate::service::{Service, eventually};

/// A way to call the service.
#[derive(Debug)]
pub(super) struct Operation {
    pub(super) id: String,
    pub(super) tag: String,
    pub(super) method: Method,
    pub(super) path: String,
    /// Whether it needs no token.
    pub(super) is_open: bool,
    /// The name of its body's schema, or the media type of a body that has none.
    body: Option<String>,
}

/// All of them, from the service's own document; those that take something away come last.
pub(super) async fn operations(service: &Service) -> Vec<Operation> {
    let document = service.stranger().get("//api-docs/openapi.json").await.expect(200).json();
    let mut found = Vec::new();
    for (path, operations) in document["paths"].as_object().unwrap() {
        for (method, operation) in operations.as_object().unwrap() {
            found.push(Operation {
                id: operation["operationId"].as_str().unwrap().to_owned(),
                tag: operation["tags"][0].as_str().unwrap().to_owned(),
                method: method.to_uppercase().parse().unwrap(),
                path: path.clone(),
                is_open: operation["security"].is_null(),
                body: operation.pointer("/requestBody/content").map(schema),
            });
        }
    }
    found.sort_by_key(|operation| (operation.method == Method::DELETE, operation.id == "finish_speech"));
    assert!(found.len() > 60, "only {} operations are described", found.len());
    found
}

fn schema(content: &Value) -> String {
    let (media, content) = content.as_object().unwrap().iter().next().unwrap();
    let name = content.pointer("/schema/$ref").and_then(Value::as_str);
    name.filter(|_| media == "application/json")
        .map_or(media.clone(), |name| name.rsplit('/').next().unwrap().to_owned())
}

impl Operation {
    /// What it comes to for `caller`, in their own tenant: about themselves and about another person.
    pub(super) async fn play_in_own_tenant(&self, caller: &Caller) -> Outcome {
        if self.is_open {
            return self.play_open(caller).await;
        }
        let own = Outcome::of(self, &self.call(caller, caller.own()).await);
        if !self.path.contains("{id}") {
            return own;
        }
        match (own, Outcome::of(self, &self.call(caller, caller.another()).await)) {
            (own, another) if own == another => own,
            (Outcome::May, Outcome::NotTheirs) => Outcome::MayForOneself,
            (own, another) => panic!("{}: {} gets {own} and {another}", self.id, caller.name),
        }
    }

    /// Anybody may; evidence is there as soon as the service has signed it.
    async fn play_open(&self, caller: &Caller) -> Outcome {
        eventually("the evidence is there", async || {
            let outcome = Outcome::of(self, &self.call(caller, caller.own()).await);
            (outcome != Outcome::NotThere).then_some(outcome)
        })
        .await
    }

    /// What it comes to for `caller` with what is another tenant's, if there is a way to name that.
    pub(super) async fn play_on_others(&self, caller: &Caller, others: &Others) -> Option<Outcome> {
        let is_list = self.method == Method::GET;
        if self.is_open || !(is_list || self.path.contains('{')) {
            return None;
        }
        // For themselves, so that nothing but the tenant is wrong about it.
        let target = Target { member: caller.own().member, ..others.target.clone() };
        let answer = self.call(caller, &target).await;
        let outcome = Outcome::of(self, &answer);
        if self.path.contains('{') || outcome != Outcome::May {
            return Some(outcome);
        }
        let told = others.target.names().find(|name| answer.text().contains(name));
        assert!(told.is_none(), "{} tells {} of {told:?}", self.id, caller.name);
        Some(Outcome::NothingOfIt)
    }

    async fn call(&self, caller: &Caller, target: &Target) -> Answer {
        let request = caller.request(self.method.clone(), &format!("/{}", self.path_to(target)));
        send(match &self.body {
            Some(schema) => self.with_body(request, schema, target),
            None => request,
        })
        .await
    }

    /// Where it is called about `target`.
    fn path_to(&self, target: &Target) -> String {
        let user =
            if self.path.starts_with("/v2/") { target.user.clone() } else { target.member.to_string() };
        let path = self
            .path
            .replace("{id}", &target.session)
            .replace("{userId}", &user)
            .replace("{requestId}", target.request_for(&self.id))
            .replace("{account}", "group:north")
            .replace("{chunk}", &target.chunk.to_string())
            .replace("{subject}", "session")
            .replace("{role}", if self.path.contains("{userId}") { "participant" } else { &target.role })
            .replace("{permission}", "floor:request")
            .replace("{clientId}", &target.client);
        assert!(!path.contains('{'), "{}: what is to stand in {path}?", self.id);
        match self.id.as_str() {
            "get_consistency_receipt" => format!("{path}?from=1"),
            "get_inclusion_receipt" => format!("{path}?index=0"),
            _ => path,
        }
    }

    fn with_body(&self, request: Call, schema: &str, target: &Target) -> Call {
        if schema == "application/x-www-form-urlencoded" {
            let form = "grant_type=client_credentials&client_id=nobody&client_secret=nothing";
            return request.header("Content-Type", schema).body(form);
        }
        if schema == "text/csv" {
            return request.header("Content-Type", schema).body(format!("user_id\n{}\n", target.member));
        }
        request.json(&self.body(schema, target))
    }

    /// A body that would be accepted where one may.
    fn body(&self, schema: &str, target: &Target) -> Value {
        let (member, fresh) = (target.member, format!("t-{}", any_id()));
        match schema {
            "CreateSessionBody" => session_called("Another meeting"),
            "UpdateSessionBody" => json!({ "title": "Another title" }),
            "CancelSessionBody" | "DenySpeechBody" => json!({ "reason": "because" }),
            "AssemblyBody" => json!({ "assembly_id": "assembly-1" }),
            "VoteBody" => json!({ "vote_id": "vote-1" }),
            "IssueQrBody" | "RegisterAttendeeBody" => json!({ "user_id": member }),
            "NoteSignalsBody" => {
                json!({ "signals": [{ "user_id": member, "source": "manual", "channel": fresh,
                "sign": "arrived", "observed_at": "2026-01-01T10:00:00Z" }] })
            }
            "RefuseAttendeeBody" => json!({ "user_id": member, "method": "manual", "reason": "other" }),
            "ValidateQrBody" => json!({ "token": target.code }),
            "ValidateCodeBody" => json!({ "user_id": member, "code": "000000" }),
            "ValidateBiometricBody" => json!({ "user_id": member, "sample": "c2FtcGxl" }),
            "IssueCodeBody" => json!({ "user_id": member, "method": "email", "to": "ada@example.org" }),
            "RequestSpeechBody" => json!({ "user_id": member, "kind": "point_of_order" }),
            // What else was asked for in the same session may come first.
            "ApproveSpeechBody" => json!({ "time_limit_seconds": 60, "override_reason": "because" }),
            "SetFloorRulesBody" => json!({ "queue_policy": "balance-v1", "warning_seconds": 15 }),
            "AssignGroupBody" => json!({ "group": "north" }),
            "SetTimeAccountBody" => json!({ "limit_seconds": 600 }),
            "AddChunkBody" => chunk_of(member, 2_000, "Words."),
            "CorrectChunkBody" => json!({ "text": "Other words." }),
            "CreateUserBody" => json!({ "login": format!("{fresh}@example.org"), "roles": [] }),
            "SetPasswordBody" => json!({ "password": PASSWORD }),
            "ChangePermissionBody" => json!({ "effect": "add" }),
            "DefineRoleBody" => json!({ "name": fresh, "permissions": ["sessions:read"] }),
            "ChangeRoleBody" => json!({ "permissions": ["sessions:read", "feed:read"] }),
            "RegisterClientBody" => json!({ "name": fresh, "roles": ["service"] }),
            "ChangeClientRolesBody" => json!({ "roles": ["observer"] }),
            "ChangePasswordBody" => {
                json!({ "login": fresh, "password": PASSWORD, "new_password": "another good one" })
            }
            "LoginBody" => json!({ "tenant_id": any_id(), "login": fresh, "password": PASSWORD }),
            "RefreshBody" => json!({ "refresh_token": "nonsense" }),
            other => panic!("{}: what does a {other} look like?", self.id),
        }
    }
}
