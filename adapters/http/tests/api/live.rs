//! The door of the room, and requests of those whom it has let in.

use acta_application::access::{Admitted, Permission, Principal, Role, WriteQuotas};
use acta_application::log::Actor;
use acta_application::log::contract::moment;
use acta_domain::{PersonId, TenantId};
use axum::body::Body;
use axum::http::{Method, Request, StatusCode};
use axum::response::Response;
use serde_json::{Value, json};

use crate::service::{Answer, Service, person, tenant};

fn knock(session: &str) -> Request<Body> {
    Request::get(format!("/api/v1/sessions/{session}/live")).body(Body::empty()).unwrap()
}

fn admitted(of: &Response) -> Option<&Admitted> {
    of.extensions().get()
}

/// Somebody whom another door has let in, with the permissions of a chair.
fn somebody(proven: bool) -> Admitted {
    let principal = Principal {
        tenant: tenant(1),
        actor: Actor::Person(PersonId::new(person(98))),
        permissions: Role::Chair.permissions().iter().copied().collect(),
    };
    Admitted { principal, proven, expires_at: moment(600), grant: None }
}

/// Sends a request of `admitted` from inside.
async fn from_inside(service: &Service, admitted: &Admitted, method: Method, path: &str) -> Answer {
    let mut request =
        Request::builder().method(method).uri(format!("/api/v1{path}")).body(Body::empty()).unwrap();
    request.extensions_mut().insert(admitted.clone());
    service.stranger().send(request).await
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_may_read_a_session_is_let_into_its_room() {
    let service = Service::start().await;
    let session = service.session(false).await;
    let participant = service.client(Role::Participant, person(7));
    let answer = participant.open(knock(&session)).await;
    assert_eq!(answer.status(), StatusCode::UPGRADE_REQUIRED);
    assert_eq!(answer.headers()["upgrade"], "websocket");
    assert_eq!(answer.headers()["connection"], "upgrade");
    let admitted = admitted(&answer).unwrap();
    assert_eq!(admitted.principal.actor, Actor::Person(PersonId::new(person(7))));
    assert_eq!(admitted.principal.permissions, Role::Participant.permissions().iter().copied().collect());
    assert_eq!((admitted.proven, admitted.expires_at, admitted.grant), (true, moment(3_600), None));
    participant.send(knock(&session)).await.is_problem(426, "upgrade-required");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_is_bound_to_no_key_lets_in_to_watch() {
    let service = Service::start().await;
    let session = service.session(false).await;
    let mut request = knock(&session);
    request.headers_mut().insert("authorization", service.unbound(Role::Observer).parse().unwrap());
    let answer = service.stranger().open(request).await;
    assert!(!admitted(&answer).unwrap().proven);
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_else_is_let_in() {
    let service = Service::start().await;
    let session = service.session(false).await;
    let register = acta_application::register::register_of(tenant(1)).to_string();
    let other = service.client_of(
        TenantId::new(person(2)),
        Role::Administrator,
        Actor::Person(PersonId::new(person(5))),
    );
    let chair = service.chair();
    for (client, session, status, slug) in [
        (&service.stranger(), &session, 401, "unauthorized"),
        (&other, &session, 404, "unknown-session"),
        (&chair, &person(1).to_string(), 404, "unknown-session"),
        (&chair, &register, 404, "unknown-session"),
        (&chair, &"nonsense".to_owned(), 400, "invalid-parameter"),
    ] {
        assert_eq!(admitted(&client.open(knock(session)).await), None, "{slug}");
        client.send(knock(session)).await.is_problem(status, slug);
    }
    for query in ["after=-1", "after=x", "token=secret"] {
        let path = format!("/sessions/{session}/live?{query}");
        service.chair().get_with(&path, &[]).await.is_problem(400, "invalid-parameter");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_was_let_in_acts_by_the_same_rules() {
    let service = Service::start().await;
    let session = service.session(false).await;
    let (start, get) = (format!("/sessions/{session}/start"), format!("/sessions/{session}"));
    let watcher = somebody(false);
    from_inside(&service, &watcher, Method::GET, &get).await.expect(StatusCode::OK);
    let refused = from_inside(&service, &watcher, Method::POST, &start).await;
    refused.is_problem(401, "unauthorized");
    assert!(refused.header("www-authenticate").starts_with("DPoP "), "{refused:?}");
    let mut reader = somebody(true);
    reader.principal.permissions = [Permission::SessionsRead].into();
    from_inside(&service, &reader, Method::POST, &start).await.is_problem(403, "permission-needed");
    let mut foreign = somebody(true);
    foreign.principal.tenant = tenant(2);
    from_inside(&service, &foreign, Method::POST, &start).await.is_problem(404, "unknown-session");
    from_inside(&service, &somebody(true), Method::POST, &start).await.expect(StatusCode::OK);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_written_from_inside_counts_like_any_other() {
    let quotas = WriteQuotas { user: Some("2/min".parse().unwrap()), tenant: None };
    let service = Service::start_with(quotas).await;
    let session = service.session(false).await;
    let act = async |verb: &str| {
        from_inside(&service, &somebody(true), Method::POST, &format!("/sessions/{session}/{verb}")).await
    };
    act("start").await.expect(StatusCode::OK);
    let refused = act("end").await;
    refused.is_problem(429, "too-many-requests");
    assert!(!refused.header("retry-after").is_empty(), "{refused:?}");
    service
        .chair()
        .post(&format!("/sessions/{session}/end"), Value::Null)
        .await
        .is_problem(429, "too-many-requests");
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_was_let_in_does_not_outlive_their_token() {
    let service = Service::start().await;
    let session = service.session(false).await;
    service.clock.set(moment(600));
    let path = format!("/sessions/{session}");
    from_inside(&service, &somebody(true), Method::GET, &path).await.is_problem(401, "unauthorized");
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_lets_themselves_in_by_a_header() {
    let service = Service::start().await;
    let names = ["admitted", "x-admitted", "acta-admitted", "extensions", "x-tenant-id", "x-principal"];
    let told = json!({ "principal": person(98), "proven": true }).to_string();
    let headers: Vec<_> = names.iter().map(|name| (*name, told.as_str())).collect();
    let answer = service.stranger().call(Method::GET, "/sessions", Value::Null, &headers).await;
    answer.is_problem(401, "unauthorized");
}
