//! What is for other services is served to them alone: by certificate, on a listener of its own.

use std::error::Error as _;

use reqwest::Method;
use serde_json::json;
use uuid::Uuid;

use super::papers::{Authority, GOVERNANCE, Good, House};
use crate::api::{Answer, Api, Call, send, try_send};
use crate::folder::Folder;
use crate::meeting::{any_id, feed, session_called};
use crate::service::{Service, eventually};

/// A service with an internal listener, and its papers.
async fn start(folder: &Folder) -> (Service, House) {
    let house = House::new();
    let mut command = folder.serve();
    house.tell(&mut command);
    (Service::spawn(folder, command).await, house)
}

fn create(api: &Api, tenant: Uuid) -> Call {
    let request = api.request(Method::POST, "/sessions").header("X-Tenant-Id", tenant);
    request.json(&session_called("General meeting"))
}

/// What the governance service says about `session`.
async fn act(api: &Api, tenant: Uuid, session: &str, what: &str) -> Answer {
    let path = format!("/sessions/{session}/{what}");
    send(api.request(Method::POST, &path).header("X-Tenant-Id", tenant)).await
}

/// Fails unless the connection ends before there is an answer.
async fn assert_turned_away(http: reqwest::Client, url: &str, what: &str) {
    let asked = try_send(create(&Api::by(http, url), any_id())).await;
    let error = asked.map(|answer| answer.text()).expect_err(what);
    assert!(error.source().is_some() && !error.is_timeout(), "{what}: {error:?}");
}

#[tokio::test]
async fn without_the_right_certificate_nobody_gets_in() {
    let folder = Folder::new().await;
    let (service, house) = start(&folder).await;
    let url = service.internal_url().await;
    let foreign = Authority::new("clients");
    for (what, paper) in [
        ("no certificate", None),
        ("one of a foreign authority", Some(foreign.client(GOVERNANCE, Good::Now))),
        ("one that has expired", Some(house.clients.client(GOVERNANCE, Good::NoMore))),
        ("one that is not good yet", Some(house.clients.client(GOVERNANCE, Good::NotYet))),
    ] {
        assert_turned_away(house.caller(paper.as_ref()), &url, what).await;
    }
    let plain = reqwest::get(url.replacen("https", "http", 1)).await.map(|answer| answer.status());
    assert!(plain.is_err(), "without TLS: {plain:?}");
    let stranger = Api::by(house.caller(Some(&house.clients.client("kitchen.example", Good::Now))), &url);
    send(create(&stranger, any_id())).await.problem(403, "certificate-not-allowed");
    let watching = stranger.request(Method::GET, "/sessions").header("X-Tenant-Id", any_id());
    send(watching).await.problem(403, "certificate-not-allowed");
    service.stop().await;
}

#[tokio::test]
async fn the_right_certificate_creates_and_ends_a_session() {
    let (folder, tenant) = (Folder::new().await, any_id());
    let (service, house) = start(&folder).await;
    let governance = Api::by(house.governance(), &service.internal_url().await);
    let created = send(create(&governance, tenant)).await.expect(201);
    let session = created.member("session_id");
    act(&governance, tenant, &session, "start").await.ok();
    let opened = governance.request(Method::POST, &format!("/sessions/{session}/governance/vote-opened"));
    send(opened.header("X-Tenant-Id", tenant).json(&json!({ "vote_id": "vote-1" }))).await.ok();
    act(&governance, any_id(), &session, "end").await.problem(404, "unknown-session");
    let closed = governance.request(Method::POST, &format!("/sessions/{session}/governance/vote-closed"));
    send(closed.header("X-Tenant-Id", tenant).json(&json!({ "vote_id": "vote-1" }))).await.ok();
    act(&governance, tenant, &session, "end").await.ok();
    let nameless = governance.request(Method::POST, "/sessions").json(&session_called("General meeting"));
    send(nameless).await.problem(400, "invalid-parameter");
    let events = feed(&service.administrator(tenant).await).await;
    assert!(events.iter().all(|event| event["metadata"]["actor"] == "service:governance"), "{events:?}");
    service.stop().await;
}

#[tokio::test]
async fn what_is_for_other_services_is_not_served_to_the_public() {
    let (folder, tenant) = (Folder::new().await, any_id());
    let (service, house) = start(&folder).await;
    let governance = Api::by(house.governance(), &service.internal_url().await);
    let session = send(create(&governance, tenant)).await.expect(201).member("session_id");
    let administrator = service.administrator(tenant).await;
    administrator.post("/sessions", &session_called("General meeting")).await.problem(403, "internal-only");
    let path = |rest: &str| format!("/sessions/{session}/{rest}");
    administrator.act(&path("end")).await.problem(403, "internal-only");
    for mark in ["vote-opened", "vote-closed"] {
        let vote = json!({ "vote_id": "vote-1" });
        administrator.post(&path(&format!("governance/{mark}")), &vote).await.problem(403, "internal-only");
    }
    for mark in ["assembly-activated", "assembly-completed"] {
        let assembly = json!({ "assembly_id": "assembly-1" });
        administrator
            .post(&path(&format!("governance/{mark}")), &assembly)
            .await
            .problem(403, "internal-only");
    }
    // Whoever has no token at all is told no more.
    service
        .stranger()
        .post("/sessions", &session_called("General meeting"))
        .await
        .problem(403, "internal-only");
    administrator.act(&path("start")).await.ok();
    service.stop().await;
}

/// Another authority's clients are let in from now on, once the service has looked; by `tell` it is told to.
async fn takes_another_authority(service: &Service, house: &House, tell: bool) {
    let (url, tenant) = (service.internal_url().await, any_id());
    let old = Api::by(house.governance(), &url);
    send(create(&old, tenant)).await.expect(201);
    let others = Authority::new("other clients");
    let paper = others.client(GOVERNANCE, Good::Now);
    assert_turned_away(house.caller(Some(&paper)), &url, "a client of an authority to come").await;
    house.let_in(&others);
    if tell {
        service.signal("-HUP").await;
    }
    eventually("the new authority's clients are let in", async || {
        let new = Api::by(house.caller(Some(&paper)), &url);
        try_send(create(&new, tenant)).await.ok().filter(|answer| answer.status == 201)
    })
    .await;
    // On a new connection: one that was open before may live on.
    assert_turned_away(house.governance(), &url, "a client of the old authority").await;
    house.let_in(&house.clients);
    service.signal("-HUP").await;
    eventually("the old authority's clients are let in again", async || {
        try_send(create(&Api::by(house.governance(), &url), tenant))
            .await
            .ok()
            .filter(|answer| answer.status == 201)
    })
    .await;
}

#[tokio::test]
async fn other_certificates_are_taken_without_a_restart() {
    let folder = Folder::new().await;
    let (service, house) = start(&folder).await;
    takes_another_authority(&service, &house, false).await;
    takes_another_authority(&service, &house, true).await;
    service.stop().await;
}
