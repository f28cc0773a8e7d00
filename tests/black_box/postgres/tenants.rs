//! Two tenants of one service: whatever one of them guesses, it sees and changes nothing of the other.

use futures::{StreamExt as _, stream};
use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use super::policies::nothing_foreign_is_seen;
use crate::api::{Answer, Api, send};
use crate::folder::Folder;
use crate::meeting::{Meeting, any_id, feed, session_called};
use crate::service::{PATIENCE, Service, eventually};

const SESSIONS: usize = 500;
/// In so many of them more happened than that they were made.
const BUSY: usize = 25;
/// Requests in flight.
const AT_ONCE: usize = 8;

/// A session, and what else somebody else could guess.
#[derive(Clone)]
struct Target {
    session: String,
    member: Uuid,
    request: String,
    code: String,
}

impl Target {
    /// A session in which nothing happened, or none at all.
    fn empty(session: String) -> Self {
        Self { session, member: any_id(), request: any_id().to_string(), code: "no-code".to_owned() }
    }
}

/// A tenant with its sessions; its name stands in every title.
pub(super) struct Tenant {
    pub(super) id: Uuid,
    name: &'static str,
    api: Api,
    targets: Vec<Target>,
}

impl Tenant {
    /// Makes `sessions` sessions, the first `busy` of them with people, requests and words in them.
    pub(super) async fn with(service: &Service, name: &'static str, sessions: usize, busy: usize) -> Self {
        let id = any_id();
        let api = service.person(id, any_id(), &["administrator"]).await;
        let making = (0..sessions).map(|number| {
            let (api, title) = (api.clone(), format!("{name} assembly {number}"));
            async move { if number < busy { held(&api, &title).await } else { planned(&api, &title).await } }
        });
        let targets = stream::iter(making).buffered(AT_ONCE).collect().await;
        Self { id, name, api, targets }
    }

    /// Gives it a user, with a password.
    pub(super) async fn has_a_user(&self) {
        let user = json!({ "login": format!("{}@example.org", self.name), "password": "a long way round", "roles": [] });
        self.api.post("//v2/users", &user).await.expect(201);
    }

    /// Fails if an answer to this tenant tells anything of `other`.
    #[track_caller]
    fn assert_nothing_of(&self, other: &Self, answer: &Answer) {
        let text = answer.text();
        let told = text.contains(other.name) || text.contains(&other.id.to_string());
        assert!(!told, "{} tells {} of {}: {text}", answer.what, self.name, other.name);
    }

    /// What it sees of its own, in order.
    async fn own(&self) -> Vec<Value> {
        feed(&self.api).await
    }
}

async fn planned(api: &Api, title: &str) -> Target {
    Target::empty(api.post("/sessions", &session_called(title)).await.expect(201).member("session_id"))
}

async fn held(api: &Api, title: &str) -> Target {
    let mut meeting = Meeting::begin(api, title, 1).await;
    let member = meeting.members[0];
    meeting.say(member, &format!("{title}: a word.")).await;
    let wish = json!({ "user_id": member, "kind": "speech", "topic": title });
    let request = meeting.post("/floor/requests", &wish).await.member("request_id");
    let code = meeting.post("/attendance/qr", &json!({ "user_id": any_id() })).await.member("token");
    Target { session: meeting.session, member, request, code }
}

/// A way to ask for a session, or to change it, that needs a token.
struct Route {
    method: Method,
    path: String,
    /// The name of its body's schema, or the media type of a body that has none.
    body: Option<String>,
}

/// All of them, from the service's own document.
async fn routes(service: &Service) -> Vec<Route> {
    let document = service.stranger().get("//api-docs/openapi.json").await.expect(200).json();
    let mut found = Vec::new();
    for (path, operations) in document["paths"].as_object().unwrap() {
        for (method, operation) in operations.as_object().unwrap() {
            if !path.contains("{id}") || operation["security"].is_null() {
                continue;
            }
            let body = operation.pointer("/requestBody/content").map(schema);
            let method = method.to_uppercase().parse().unwrap();
            found.push(Route { method, path: format!("/{path}"), body });
        }
    }
    assert!(found.len() > 25, "only {} routes are closed", found.len());
    found
}

fn schema(content: &Value) -> String {
    let (media, content) = content.as_object().unwrap().iter().next().unwrap();
    let name = content.pointer("/schema/$ref").and_then(Value::as_str);
    name.map_or(media.clone(), |name| name.rsplit('/').next().unwrap().to_owned())
}

impl Route {
    /// What `api` is answered when it tries this on `target`, with everything else as it should be.
    async fn try_on(&self, api: &Api, target: &Target) -> Answer {
        let path = self.path.replace("{id}", &target.session).replace("{userId}", &target.member.to_string());
        let path = path
            .replace("{requestId}", &target.request)
            .replace("{account}", "group:north")
            .replace("{chunk}", "1")
            .replace("{subject}", "session");
        let request = api.request(self.method.clone(), &path);
        send(match self.body.as_deref() {
            Some(media @ "text/csv") => {
                request.header("Content-Type", media).body(format!("user_id\n{}\n", target.member))
            }
            Some(schema) => request.json(&body(schema, target)),
            None => request,
        })
        .await
    }
}

/// A body that would be accepted in a session of one's own.
fn body(schema: &str, target: &Target) -> Value {
    let member = target.member;
    match schema {
        "UpdateSessionBody" => json!({ "title": "Taken over" }),
        "CancelSessionBody" | "DenySpeechBody" => json!({ "reason": "because" }),
        "AssemblyBody" => json!({ "assembly_id": "assembly-1" }),
        "VoteBody" => json!({ "vote_id": "vote-1" }),
        "IssueQrBody" | "RegisterAttendeeBody" => json!({ "user_id": member }),
        "RefuseAttendeeBody" => json!({ "user_id": member, "method": "manual", "reason": "other" }),
        "ValidateQrBody" => json!({ "token": target.code }),
        "ValidateCodeBody" => json!({ "user_id": member, "code": "000000" }),
        "ValidateBiometricBody" => json!({ "user_id": member, "sample": "c2FtcGxl" }),
        "IssueCodeBody" => json!({ "user_id": member, "method": "email", "to": "ada@example.org" }),
        "NoteSignalsBody" => json!({ "signals": [{ "user_id": member, "source": "manual", "channel": "list",
            "sign": "arrived", "observed_at": "2026-01-01T10:00:00Z" }] }),
        "RequestSpeechBody" => json!({ "user_id": member, "kind": "speech" }),
        "ApproveSpeechBody" => json!({ "time_limit_seconds": 60 }),
        "SetFloorRulesBody" => json!({ "queue_policy": "balance-v1", "warning_seconds": 15 }),
        "AssignGroupBody" => json!({ "group": "north" }),
        "SetTimeAccountBody" => json!({ "limit_seconds": 600 }),
        "AddChunkBody" => crate::meeting::chunk_of(member, 0, "Words."),
        "CorrectChunkBody" => json!({ "text": "Other words." }),
        other => panic!("what does a {other} look like?"),
    }
}

/// Asks with each of `targets`; the answers must be 404 and tell nothing of `owner`.
async fn is_told_nothing(guesser: &Tenant, owner: &Tenant, route: &Route, targets: &[Target]) {
    let asked = targets.iter().map(|target| route.try_on(&guesser.api, target));
    let answers: Vec<Answer> = stream::iter(asked).buffer_unordered(AT_ONCE).collect().await;
    for answer in answers {
        guesser.assert_nothing_of(owner, &answer);
        answer.problem(404, "unknown-session");
    }
}

/// Tries every way that there is to get at the sessions of `owner`.
async fn guess(service: &Service, guesser: &Tenant, owner: &Tenant) {
    let read = Route { method: Method::GET, path: "/sessions/{id}".to_owned(), body: None };
    is_told_nothing(guesser, owner, &read, &owner.targets).await;
    let nobodys: Vec<_> = owner.targets.iter().map(|_| Target::empty(any_id().to_string())).collect();
    is_told_nothing(guesser, owner, &read, &nobodys).await;
    let sample = &owner.targets[..BUSY.min(owner.targets.len())];
    for route in routes(service).await {
        is_told_nothing(guesser, owner, &route, sample).await;
    }
}

/// All pages of the list of sessions.
async fn listed(api: &Api, query: &str) -> Vec<Answer> {
    let mut pages = vec![api.get(&format!("/sessions?limit=200{query}")).await.expect(200)];
    while let Some(next) = pages.last().unwrap().json()["next"].as_str() {
        pages.push(api.get(&format!("/sessions?limit=200{query}&cursor={next}")).await.expect(200));
    }
    pages
}

fn count(pages: &[Answer]) -> usize {
    pages.iter().map(|page| page.json()["sessions"].as_array().unwrap().len()).sum()
}

/// Lists, searches and feeds show a tenant all of its own and nothing else.
async fn sees_its_own(tenant: &Tenant, other: &Tenant) {
    let all = listed(&tenant.api, "").await;
    assert_eq!(count(&all), tenant.targets.len());
    for page in &all {
        tenant.assert_nothing_of(other, page);
    }
    assert_eq!(count(&listed(&tenant.api, &format!("&title={}", tenant.name)).await), tenant.targets.len());
    assert_eq!(count(&listed(&tenant.api, &format!("&title={}", other.name)).await), 0);
    let cursor = other.api.get("/sessions?limit=3").await.expect(200).json()["next"].clone();
    if let Some(cursor) = cursor.as_str() {
        let page = tenant.api.get(&format!("/sessions?limit=200&cursor={cursor}")).await;
        tenant.assert_nothing_of(other, &page);
    }
    let sessions: Vec<_> = tenant.targets.iter().map(|target| json!(target.session)).collect();
    for event in tenant.own().await {
        assert!(sessions.contains(&event["session_id"]), "{event}");
    }
}

/// The live feed, read from its begin to its end, tells a tenant of its own sessions only.
async fn streams_its_own(tenant: &Tenant, other: &Tenant) {
    let last = tenant.own().await.last().unwrap()["commitment"].as_str().map(str::to_owned);
    let last = last.expect("an event has a commitment");
    let live = tenant.api.request(Method::GET, "/events").header("Accept", "text/event-stream");
    let mut stream = live.header("Last-Event-ID", 0).send().await.unwrap().bytes_stream();
    let mut told = String::new();
    let reading = async {
        while !told.contains(&last) {
            told.push_str(&String::from_utf8_lossy(&stream.next().await.expect("it goes on").unwrap()));
        }
    };
    tokio::time::timeout(PATIENCE, reading).await.expect("the last event arrives");
    let seen = |target: &Target| told.contains(&target.session);
    assert!(tenant.targets.iter().all(seen), "all of its own sessions are there");
    assert!(!other.targets.iter().any(seen), "{} is streamed sessions of {}", tenant.name, other.name);
}

/// Waits until the views know every event.
async fn views_are_complete(service: &Service, tenants: [&Tenant; 2]) {
    let mut last = 0;
    for tenant in tenants {
        last = last.max(tenant.own().await.last().unwrap()["position"].as_u64().unwrap());
    }
    eventually("the views know every event", async || {
        let health = service.stranger().get("//health").await.json();
        let projections = health["projections"].as_array().unwrap();
        projections.iter().all(|one| one["position"].as_u64() >= Some(last)).then_some(())
    })
    .await;
}

#[tokio::test]
async fn two_tenants_of_500_sessions_each_see_and_change_nothing_of_each_other() {
    let folder = Folder::postgres().await;
    let service = Service::start(&folder).await;
    let (red, blue) = tokio::join!(
        Tenant::with(&service, "Vermilion", SESSIONS, BUSY),
        Tenant::with(&service, "Ultramarine", SESSIONS, BUSY)
    );
    views_are_complete(&service, [&red, &blue]).await;
    let before = (red.own().await, blue.own().await);
    guess(&service, &red, &blue).await;
    guess(&service, &blue, &red).await;
    assert!((red.own().await, blue.own().await) == before, "a guess has changed something");
    sees_its_own(&red, &blue).await;
    sees_its_own(&blue, &red).await;
    streams_its_own(&red, &blue).await;
    streams_its_own(&blue, &red).await;
    red.has_a_user().await;
    blue.has_a_user().await;
    nothing_foreign_is_seen(&folder, red.id, blue.id).await;
    service.stop().await;
}
