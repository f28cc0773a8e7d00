//! Whatever is wrong with a request is said clearly, and leaves no event.

use reqwest::Method;
use reqwest::header::CONTENT_TYPE;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::api::{Answer, Api, send};
use crate::folder::Folder;
use crate::meeting::{Meeting, any_id, chunk_of, feed, session_called};
use crate::pass::{Holder, Wanted};
use crate::service::{Service, eventually};

/// A service, and a meeting on it.
async fn meeting(folder: &Folder, tenant: Uuid) -> (Service, Meeting) {
    let service = Service::start(folder).await;
    let api = service.administrator(tenant).await;
    let meeting = Meeting::begin(&api, "General meeting", 2).await;
    (service, meeting)
}

/// The position of the last event of all.
async fn head(api: &Api) -> u64 {
    api.get("/events?limit=1").await.expect(200).json()["head"].as_u64().unwrap()
}

/// A refusal: a problem document with a cause, of a status in the 400s.
#[track_caller]
fn refused(answer: &Answer) -> Value {
    assert!((400..500).contains(&answer.status), "{} gave {}: {}", answer.what, answer.status, answer.text());
    assert_eq!(
        answer.header("content-type"),
        "application/problem+json",
        "{}: {}",
        answer.what,
        answer.text()
    );
    let problem = answer.json();
    assert!(problem["type"].as_str().unwrap().starts_with("urn:acta:problem:"), "{problem}");
    assert!(problem["detail"].as_str().is_some_and(|detail| !detail.is_empty()), "{problem}");
    assert_eq!(problem["status"], answer.status, "{problem}");
    problem
}

/// `body` with another value at `pointer`.
fn with(body: &Value, pointer: &str, value: &Value) -> Value {
    let mut body = body.clone();
    let (parent, member) = pointer.rsplit_once('/').unwrap();
    body.pointer_mut(parent).unwrap()[member] = value.clone();
    body
}

#[tokio::test]
async fn a_member_out_of_its_form_is_named() {
    let folder = Folder::new().await;
    let (_service, meeting) = meeting(&folder, any_id()).await;
    let before = head(&meeting.api).await;
    let session = session_called("General meeting");
    let (register, chunk) =
        (json!({ "user_id": any_id(), "name": "Ada" }), chunk_of(meeting.members[0], 0, "Words."));
    let request = json!({ "user_id": meeting.members[0], "kind": "speech" });
    let qr = json!({ "user_id": any_id() });
    let long = |length: usize| json!("x".repeat(length));
    let cases = [
        ("/sessions", &session, "/titel", json!("x")),
        ("/sessions", &session, "/title", json!(7)),
        ("/sessions", &session, "/title", json!(null)),
        ("/sessions", &session, "/title", json!("  ")),
        ("/sessions", &session, "/title", json!("a\u{0}b")),
        ("/sessions", &session, "/title", long(301)),
        ("/sessions", &session, "/modality", json!("underwater")),
        ("/sessions", &session, "/languages", json!([])),
        ("/sessions", &session, "/languages", json!(["en", "en"])),
        ("/sessions", &session, "/schedule/starts_at", json!("tomorrow")),
        ("/sessions", &session, "/schedule/until", json!("2026-11-22T12:00:00Z")),
        ("/sessions", &session, "/limits", json!({ "capacity": -1 })),
        ("/sessions", &session, "/assembly_id", json!("a b")),
        ("/attendance/register-attendee", &register, "/user_id", json!("somebody")),
        ("/attendance/register-attendee", &register, "/name", long(201)),
        ("/attendance/register-attendee", &register, "/email", long(300)),
        ("/attendance/register-attendee", &register, "/voting_weight", json!("-1")),
        ("/attendance/register-attendee", &register, "/voting_weight", json!(1.5)),
        ("/attendance/qr", &qr, "/lifetime_seconds", json!(86_401)),
        ("/attendance/qr", &qr, "/lifetime_seconds", json!(0)),
        ("/attendance/qr", &qr, "/role", json!("king")),
        ("/floor/requests", &request, "/kind", json!("filibuster")),
        ("/floor/requests", &request, "/priority", json!(10)),
        ("/floor/requests", &request, "/priority", json!(1.5)),
        ("/floor/requests", &request, "/topic", json!("\u{7}")),
        ("/floor/requests", &request, "/override_reason", json!("x")),
        ("/transcript/chunks", &chunk, "/text", long(10_001)),
        ("/transcript/chunks", &chunk, "/text", json!("")),
        ("/transcript/chunks", &chunk, "/confidence", json!(1.01)),
        ("/transcript/chunks", &chunk, "/start_ms", json!(-5)),
        ("/transcript/chunks", &chunk, "/language", json!("klingon language")),
        ("/transcript/chunks", &chunk, "/source", json!("rumour")),
        ("/governance/vote-opened", &json!({ "vote_id": "v" }), "/vote_id", long(129)),
    ];
    for (path, body, pointer, value) in cases {
        let path = if path == "/sessions" { path.to_owned() } else { meeting.path(path) };
        let problem = refused(&meeting.api.post(&path, &with(body, pointer, &value)).await);
        let field = problem["field"].as_str().unwrap_or_default();
        let named = !field.is_empty() && (pointer.starts_with(field) || field.starts_with(pointer));
        assert!(named, "{path} {pointer} {value}: {problem}");
    }
    assert_eq!(head(&meeting.api).await, before, "a refused command leaves no event");
}

/// A body that is sent as it is.
async fn raw(api: &Api, path: &str, content_type: &str, body: Vec<u8>) -> Answer {
    send(api.request(Method::POST, path).header(CONTENT_TYPE, content_type).body(body)).await
}

#[tokio::test]
async fn a_body_that_is_no_json_or_too_much_is_refused() {
    let folder = Folder::new().await;
    let (_service, meeting) = meeting(&folder, any_id()).await;
    let before = head(&meeting.api).await;
    let (json, path) = ("application/json", "/sessions");
    let session = session_called("x").to_string().into_bytes();
    let deep = [b"{\"title\":".to_vec(), vec![b'['; 100_000]].concat();
    for (body, slug, status) in [
        (b"".to_vec(), "malformed-json", 400),
        (b"{".to_vec(), "malformed-json", 400),
        ([session.clone(), b"{}".to_vec()].concat(), "malformed-json", 400),
        (b"{\"title\":\"\xff\xfe\"}".to_vec(), "malformed-json", 400),
        (b"null".to_vec(), "invalid-body", 400),
        (b"[]".to_vec(), "invalid-body", 400),
        (b"{\"title\":NaN}".to_vec(), "malformed-json", 400),
        (vec![b' '; 300_000], "too-large", 413),
    ] {
        raw(&meeting.api, path, json, body).await.problem(status, slug);
    }
    refused(&raw(&meeting.api, path, json, deep).await);
    refused(&raw(&meeting.api, path, json, b"{\"title\":\"a\",\"title\":\"b\"}".to_vec()).await);
    raw(&meeting.api, path, "text/plain", session.clone()).await.problem(415, "wrong-content-type");
    raw(&meeting.api, path, "application/xml", session).await.problem(415, "wrong-content-type");
    assert_eq!(head(&meeting.api).await, before);
}

#[tokio::test]
async fn ten_megabytes_are_refused_without_being_read() {
    let folder = Folder::new().await;
    let (_service, meeting) = meeting(&folder, any_id()).await;
    let before = head(&meeting.api).await;
    let request = meeting.api.request(Method::POST, "/sessions").header(CONTENT_TYPE, "application/json");
    // The service may answer and close while the body is still on its way.
    match crate::api::try_send(request.body(vec![b' '; 10_000_000])).await {
        Ok(answer) => drop(answer.problem(413, "too-large")),
        Err(error) => assert!(error.is_request() || error.is_body(), "{error:?}"),
    }
    assert_eq!(head(&meeting.api).await, before);
}

#[tokio::test]
async fn an_unknown_thing_is_not_found() {
    let folder = Folder::new().await;
    let (_service, meeting) = meeting(&folder, any_id()).await;
    let (api, nobody, before) = (&meeting.api, any_id(), head(&meeting.api).await);
    for path in [
        "",
        "/attendance",
        "/attendance/quorum",
        "/floor",
        "/transcript",
        "/dossier",
        "/audit-proof",
        "/heads",
    ] {
        api.get(&format!("/sessions/{nobody}{path}")).await.problem(404, "unknown-session");
    }
    for path in ["/start", "/end", "/seal"] {
        api.act(&format!("/sessions/{nobody}{path}")).await.problem(404, "unknown-session");
    }
    let request = meeting.path(&format!("/floor/requests/{nobody}/withdraw"));
    api.act(&request).await.problem(404, "unknown-speech-request");
    let fix = json!({ "text": "x" });
    api.post(&meeting.path("/transcript/chunks/77/corrections"), &fix).await.problem(404, "unknown-chunk");
    api.get("/nothing").await.problem(404, "not-found");
    api.get("//nothing").await.problem(404, "not-found");
    let wrong_method = api.delete("/sessions").await.problem(405, "method-not-allowed");
    assert!(wrong_method.header("allow").contains("POST"), "{}", wrong_method.header("allow"));
    for path in [
        "/sessions/not-a-uuid",
        "/sessions/not-a-uuid/floor",
        "/sessions?limit=0",
        "/sessions?limit=x",
        "/sessions?colour=red",
    ] {
        api.get(path).await.problem(400, "invalid-parameter");
    }
    refused(&api.get(&meeting.path("/transcript?cursor=%00")).await);
    refused(&api.get(&meeting.path("/receipts/inclusion?index=-1")).await);
    refused(&api.get(&meeting.path("/receipts/consistency?from=0&to=2")).await);
    refused(&api.get(&meeting.path("/attendance/quorum?at=yesterday")).await);
    refused(&api.get("/events?after=18446744073709551616").await);
    assert_eq!(head(api).await, before);
}

#[tokio::test]
async fn a_malformed_header_is_refused() {
    let folder = Folder::new().await;
    let (_service, meeting) = meeting(&folder, any_id()).await;
    let before = head(&meeting.api).await;
    for (name, value) in [
        ("Idempotency-Key", "a b"),
        ("Idempotency-Key", ""),
        ("Acta-At-Least", "soon"),
        ("If-Match", "seven"),
    ] {
        let (method, path) = if name == "Acta-At-Least" { (Method::GET, "") } else { (Method::PATCH, "") };
        let request = meeting.api.request(method, &meeting.path(path)).header(name, value);
        let problem = refused(&send(request.json(&json!({ "modality": "hybrid" }))).await);
        assert_eq!(
            problem["parameter"].as_str().unwrap_or_default().to_lowercase(),
            name.to_lowercase(),
            "{problem}"
        );
    }
    assert_eq!(head(&meeting.api).await, before);
}

#[tokio::test]
async fn a_command_in_the_wrong_state_is_refused() {
    let folder = Folder::new().await;
    let (_service, meeting) = meeting(&folder, any_id()).await;
    let (api, member) = (&meeting.api, meeting.members[0]);
    let planned = api.post("/sessions", &session_called("Planned")).await.expect(201);
    let planned = format!("/sessions/{}", planned.member("session_id"));
    let before = head(api).await;
    api.act(&meeting.path("/start")).await.problem(409, "session-not-scheduled");
    api.act(&format!("{planned}/end")).await.problem(409, "session-not-active");
    api.act(&format!("{planned}/seal")).await.problem(409, "session-not-over");
    let change = api.request(Method::PATCH, &meeting.path("")).json(&json!({ "modality": "virtual" }));
    send(change).await.problem(409, "session-not-scheduled");
    api.post(&meeting.path("/cancel"), &json!({})).await.problem(409, "session-not-scheduled");
    let again = json!({ "user_id": member, "name": "Ada" });
    api.post(&meeting.path("/attendance/register-attendee"), &again).await.problem(409, "already-present");
    let wish = json!({ "user_id": any_id(), "kind": "speech" });
    api.post(&meeting.path("/floor/requests"), &wish).await.problem(409, "requester-not-present");
    api.act(&meeting.path(&format!("/attendance/{}/mark-left", any_id()))).await.expect(409);
    api.act(&meeting.path(&format!("/floor/attendees/{member}/unmute"))).await.problem(409, "not-muted");
    refused(&api.post(&format!("{planned}/transcript/chunks"), &chunk_of(member, 0, "x")).await);
    refused(
        &api.post(&format!("{planned}/floor/requests"), &json!({ "user_id": member, "kind": "speech" }))
            .await,
    );
    let backwards = with(&chunk_of(member, 5000, "x"), "/end_ms", &json!(4000));
    refused(&api.post(&meeting.path("/transcript/chunks"), &backwards).await);
    assert_eq!(head(api).await, before);

    meeting.close().await;
    let closed = head(api).await;
    refused(&api.post(&meeting.path("/transcript/chunks"), &chunk_of(member, 0, "x")).await);
    refused(&api.post(&meeting.path("/governance/vote-opened"), &json!({ "vote_id": "late" })).await);
    refused(&api.act(&meeting.path(&format!("/attendance/{member}/mark-left"))).await);
    let rules = json!({ "queue_policy": "balance-v1" });
    refused(&api.put(&meeting.path("/floor/rules"), &rules).await);
    assert_eq!(head(api).await, closed, "nothing follows a seal");
}

#[tokio::test]
async fn who_may_not_is_told_so_and_no_more() {
    let folder = Folder::new().await;
    let tenant = any_id();
    let (service, meeting) = meeting(&folder, tenant).await;
    let before = head(&meeting.api).await;
    let path = meeting.path("");
    let no_token = service.stranger().get(&path).await.problem(401, "unauthorized");
    assert!(no_token.header("www-authenticate").starts_with("Bearer"));
    let genuine = meeting.api.pass().token();
    for token in [
        "nonsense".to_owned(),
        altered(genuine, 0),
        altered(genuine, 1),
        altered(genuine, 2),
        unsigned(genuine),
    ] {
        meeting.api.with_token(&token).get(&path).await.problem(401, "unauthorized");
    }
    let member = service.person(tenant, meeting.members[0], &["participant"]).await;
    for (path, body) in [
        ("/end", json!({})),
        ("/attendance/register-attendee", json!({ "user_id": any_id() })),
        ("/transcript/chunks", chunk_of(meeting.members[0], 0, "x")),
        ("/governance/vote-opened", json!({ "vote_id": "v" })),
    ] {
        member.post(&meeting.path(path), &body).await.problem(403, "permission-needed");
    }
    member
        .delete(&meeting.path(&format!("/persons/{}", meeting.members[0])))
        .await
        .problem(403, "permission-needed");
    member.get(&meeting.path("/dossier")).await.problem(403, "permission-needed");
    let for_another = json!({ "user_id": meeting.members[1], "kind": "speech" });
    refused(&member.post(&meeting.path("/floor/requests"), &for_another).await);

    let foreigner = service.administrator(any_id()).await;
    foreigner.act(&meeting.path("/end")).await.problem(404, "unknown-session");
    let body = json!({ "user_id": any_id(), "name": "Eve" });
    foreigner
        .post(&meeting.path("/attendance/register-attendee"), &body)
        .await
        .problem(404, "unknown-session");
    // That an erasure and a dossier were refused is on the record, and nothing else.
    assert_eq!(head(&meeting.api).await, before + 2);
    assert_eq!(feed(&foreigner).await.len(), 0);
}

/// A token with one character changed in its header (0), its claims (1) or its signature (2).
fn altered(token: &str, part: usize) -> String {
    let mut parts: Vec<_> = token.split('.').map(str::to_owned).collect();
    let place = parts[part].len() / 2;
    let other = if parts[part].as_bytes()[place] == b'A' { "B" } else { "A" };
    parts[part].replace_range(place..=place, other);
    parts.join(".")
}

/// A token that says it needs no signature: `{"alg":"none"}`.
fn unsigned(token: &str) -> String {
    let claims = token.split('.').nth(1).unwrap();
    format!("eyJhbGciOiJub25lIn0.{claims}.")
}

#[tokio::test]
async fn an_expired_token_is_refused() {
    let folder = Folder::new().await;
    let service = Service::start(&folder).await;
    let (holder, roles) = (Holder::Service("tests"), &["administrator"]);
    let api = service.reader(&Wanted { tenant: any_id(), holder, roles, lifetime: 1 }).await;
    let answer = eventually("the token expires", async || {
        let answer = api.get("/sessions").await;
        (answer.status != 200).then_some(answer)
    });
    let problem = answer.await.problem(401, "unauthorized").json();
    assert!(problem["detail"].as_str().unwrap().contains("expired"), "{problem}");
}
