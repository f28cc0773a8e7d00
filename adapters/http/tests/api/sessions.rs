use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

use crate::service::{Service, meeting, person, tenant};
use acta_application::access::Role;
use acta_application::log::Actor;
use acta_domain::PersonId;

#[tokio::test(flavor = "multi_thread")]
async fn a_session_is_created_and_read() {
    let service = Service::start().await;
    let created = service.chair().post("/sessions", meeting()).await.expect(StatusCode::CREATED);
    let body = created.json();
    let id = body["session_id"].as_str().unwrap();
    assert_eq!(
        (&body["position"], &body["session_index"], &body["version"]),
        (&json!(2), &json!(1), &json!(2))
    );
    assert_eq!(created.header("location"), format!("/api/v1/sessions/{id}"));
    assert_eq!(created.header("acta-position"), "2");

    let read = service.chair().get(&format!("/sessions/{id}")).await.expect(StatusCode::OK);
    let session = read.json();
    assert_eq!(read.header("etag"), "\"2\"");
    assert_eq!(read.header("acta-position"), "2");
    assert_eq!(session["title"], "Assemblée générale");
    assert_eq!(session["status"], "scheduled");
    assert_eq!(session["schedule"]["ends_at"], "2026-11-22T12:00:00.000000Z");
    assert_eq!(session["limits"], json!({ "capacity": 3, "concurrent_turns": 1 }));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_goes_through_its_life() {
    let service = Service::start().await;
    let chair = service.chair();
    let id = service.session(true).await;
    for (step, version) in [("end", 4), ("seal", 5)] {
        let done = chair.post(&format!("/sessions/{id}/{step}"), Value::Null).await.expect(StatusCode::OK);
        assert_eq!(done.json()["version"], version, "{step}");
    }
    let session = chair.get(&format!("/sessions/{id}")).await.json();
    assert_eq!((&session["status"], &session["sealed"]), (&json!("completed"), &json!(true)));
    chair.post(&format!("/sessions/{id}/start"), Value::Null).await.is_problem(409, "session-sealed");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_is_cancelled_with_a_reason_that_only_some_see() {
    let service = Service::start().await;
    let id = service.session(false).await;
    let path = format!("/sessions/{id}");
    service
        .chair()
        .post(&format!("{path}/cancel"), json!({ "reason": "No quorum" }))
        .await
        .expect(StatusCode::OK);
    assert_eq!(service.chair().get(&path).await.json()["cancellation_reason"], "No quorum");
    let seen = service.client(Role::Observer, person(7)).get(&path).await.json();
    assert_eq!((&seen["title"], &seen["title_sealed"]), (&Value::Null, &json!(true)));
    assert_eq!(seen.get("cancellation_reason"), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_is_made_only_for_the_version_it_was_meant_for() {
    let service = Service::start().await;
    let path = format!("/sessions/{}", service.session(false).await);
    let chair = service.chair();
    let body = json!({ "title": "Other" });
    let change = async |tag: &str| chair.call(Method::PATCH, &path, body.clone(), &[("if-match", tag)]).await;
    let done = change("\"2\"").await.expect(StatusCode::OK);
    let changed = done.header("etag").to_owned();
    change("\"2\"").await.is_problem(412, "version-mismatch");
    change("1").await.is_problem(400, "invalid-parameter");
    change(&changed).await.expect(StatusCode::OK);
    let last = change("*").await.expect(StatusCode::OK).json();
    let session = chair.get(&path).await.json();
    assert_eq!((&session["title"], &session["version"]), (&json!("Other"), &last["version"]));
}

#[tokio::test(flavor = "multi_thread")]
async fn sessions_are_listed_in_pages_and_found_by_title() {
    let service = Service::start().await;
    let chair = service.chair();
    for hour in 10..13 {
        let mut body = meeting();
        body["schedule"] = json!({ "starts_at": format!("2026-11-22T{hour}:00:00Z") });
        chair.post("/sessions", body).await.expect(StatusCode::CREATED);
    }
    let first = chair.get("/sessions?limit=2").await.expect(StatusCode::OK).json();
    assert_eq!(first["sessions"].as_array().unwrap().len(), 2);
    let next = first["next"].as_str().unwrap();
    let last = chair.get(&format!("/sessions?limit=2&cursor={next}")).await.json();
    assert_eq!(last["sessions"].as_array().unwrap().len(), 1);
    assert_eq!(last.get("next"), None);

    let found = chair.get("/sessions?title=ASSEMBLEE&starts_from=2026-11-22T12:00:00Z").await.json();
    assert_eq!(found["sessions"].as_array().unwrap().len(), 1);
    let observer = service.client(Role::Observer, person(7));
    observer.get("/sessions?title=x").await.is_problem(403, "permission-needed");
}

#[tokio::test(flavor = "multi_thread")]
async fn assemblies_and_votes_are_recorded() {
    let service = Service::start().await;
    let chair = service.chair();
    let id = service.session(true).await;
    let say = |what: &str, body: Value| {
        let path = format!("/sessions/{id}/governance/{what}");
        let chair = &chair;
        async move { chair.post(&path, body).await }
    };
    say("assembly-activated", json!({ "assembly_id": "a-1" })).await.expect(StatusCode::OK);
    say("vote-opened", json!({ "vote_id": "v-1" })).await.expect(StatusCode::OK);
    say("vote-opened", json!({ "vote_id": "v-1" })).await.is_problem(409, "vote-already-opened");
    chair.post(&format!("/sessions/{id}/end"), Value::Null).await.is_problem(409, "vote-still-open");
    say("vote-closed", json!({ "vote_id": "v-1" })).await.expect(StatusCode::OK);
    say("assembly-completed", json!({ "assembly_id": "a-1" })).await.expect(StatusCode::OK);
    let session = chair.get(&format!("/sessions/{id}")).await.json();
    assert_eq!(session["votes"][0]["vote_id"], "v-1");
    assert!(session["votes"][0]["closed_at"].is_string());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_sessions_of_another_tenant_do_not_exist() {
    let service = Service::start().await;
    let id = service.session(true).await;
    let other = service.client_of(tenant(2), Role::Administrator, Actor::Person(PersonId::new(person(7))));
    other.get(&format!("/sessions/{id}")).await.is_problem(404, "unknown-session");
    other.post(&format!("/sessions/{id}/end"), Value::Null).await.is_problem(404, "unknown-session");
    other.get(&format!("/sessions/{id}/dossier")).await.is_problem(404, "unknown-session");
    assert_eq!(other.get("/sessions").await.json()["sessions"], json!([]));
    assert_eq!(other.get("/events").await.json()["events"], json!([]));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_nobody_made_is_unknown() {
    let service = Service::start().await;
    let path = format!("/sessions/{}", person(5));
    for below in [
        "",
        "/attendance",
        "/attendance/quorum",
        "/floor",
        "/transcript",
        "/audit-proof",
        "/heads",
        "/heads/latest",
    ] {
        service.chair().get(&format!("{path}{below}")).await.is_problem(404, "unknown-session");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_read_that_the_views_cannot_answer_yet_says_how_far_they_are() {
    let service = Service::start().await;
    let id = service.session(false).await;
    let answer = service.chair().get_with(&format!("/sessions/{id}"), &[("acta-at-least", "1000")]).await;
    answer.is_problem(412, "view-behind");
    assert_eq!(answer.json()["position"], 2);
}
