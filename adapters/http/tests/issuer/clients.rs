//! Clients, and the tokens that they get.

use axum::body::Body;
use axum::http::{Method, Request, StatusCode};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::service::Service;
use crate::somebody::{Answer, Somebody};

/// A client's id and secret.
pub(crate) struct Credentials {
    pub(crate) id: String,
    secret: String,
}

pub(crate) async fn registered(service: &Service, roles: &[&str]) -> Credentials {
    let body = json!({ "name": "scheduler", "roles": roles });
    let answer =
        service.administrator().await.post("/v2/clients", body).await.expect(StatusCode::CREATED).json();
    let text = |name: &str| answer[name].as_str().unwrap().to_owned();
    Credentials { id: text("client_id"), secret: text("client_secret") }
}

/// Asks for a token, with what `form` says besides.
pub(crate) async fn ask(
    client: &Somebody<'_>,
    credentials: &Credentials,
    form: &str,
    proven: bool,
) -> Answer {
    let basic = STANDARD.encode(format!("{}:{}", credentials.id, credentials.secret));
    let mut request = Request::post("/oauth/token")
        .header("authorization", format!("Basic {basic}"))
        .header("content-type", "application/x-www-form-urlencoded");
    if proven {
        request = request.header("dpop", client.proof(&Method::POST, "/oauth/token"));
    }
    client.raw(request.body(Body::from(format!("grant_type=client_credentials{form}"))).unwrap()).await
}

#[track_caller]
fn is_error(answer: &Answer, status: u16, error: &str) {
    let text = String::from_utf8_lossy(&answer.body);
    assert_eq!(answer.status.as_u16(), status, "{text}");
    assert_eq!(answer.json()["error"], error, "{text}");
    assert_eq!(answer.header("cache-control"), "no-store");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_gets_a_token_that_is_bound_to_its_key_and_acts_as_its_service() {
    let service = Service::start().await;
    let credentials = registered(&service, &["service"]).await;
    let mut client = service.somebody();
    let answer = ask(&client, &credentials, "", true).await.expect(StatusCode::OK);
    assert_eq!(answer.json()["token_type"], "DPoP");
    assert_eq!(answer.header("cache-control"), "no-store");
    client.token = Some(answer.json()["access_token"].as_str().unwrap().to_owned());
    let me = client.get("/v2/me").await.expect(StatusCode::OK).json();
    assert_eq!(me["actor"], "service:scheduler");
    let scope: Vec<_> = answer.json()["scope"].as_str().unwrap().split(' ').map(str::to_owned).collect();
    assert_eq!(json!(scope), me["permissions"]);
    let session = json!({ "title": "Meeting", "modality": "virtual", "languages": ["en"],
        "schedule": { "starts_at": "2026-11-22T10:00:00Z" } });
    client.post("/api/v1/sessions", session).await.expect(StatusCode::CREATED);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_scope_narrows_a_token_and_never_widens_it() {
    let service = Service::start().await;
    let credentials = registered(&service, &["service"]).await;
    let client = service.somebody();
    let narrow =
        ask(&client, &credentials, "&scope=feed:read+sessions:read", false).await.expect(StatusCode::OK);
    assert_eq!(
        (&narrow.json()["scope"], &narrow.json()["token_type"]),
        (&json!("sessions:read feed:read"), &json!("Bearer"))
    );
    is_error(&ask(&client, &credentials, "&scope=users:manage", false).await, 400, "invalid_scope");
    is_error(&ask(&client, &credentials, "&scope=openid", false).await, 400, "invalid_scope");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_is_not_known_or_has_another_secret_gets_nothing() {
    let service = Service::start().await;
    let good = registered(&service, &["service"]).await;
    let client = service.somebody();
    let other = registered(&service, &["service"]).await;
    let unknown = "acta_AAAAAAAAAAAAAAAAAAAAAQAAAAAAAAAAAAAAAAAAAAI";
    for (id, secret) in [
        (good.id.as_str(), other.secret.as_str()),
        (unknown, &good.secret),
        ("x", &good.secret),
        (&good.id, ""),
    ] {
        let credentials = Credentials { id: id.to_owned(), secret: secret.to_owned() };
        let refused = ask(&client, &credentials, "", true).await;
        is_error(&refused, 401, "invalid_client");
        assert!(refused.header("www-authenticate").starts_with("Basic "));
    }
    ask(&client, &good, "", true).await.expect(StatusCode::OK);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_for_a_token_that_is_none_is_answered_in_the_form_of_oauth() {
    let service = Service::start().await;
    let client = service.somebody();
    let request = Request::post("/oauth/token").body(Body::empty()).unwrap();
    is_error(&client.raw(request).await, 400, "invalid_request");
    let request = Request::post("/oauth/token")
        .header("content-type", "application/x-www-form-urlencoded")
        .body(Body::from("grant_type=password"))
        .unwrap();
    is_error(&client.raw(request).await, 400, "unsupported_grant_type");
    let credentials = registered(&service, &["service"]).await;
    let basic = STANDARD.encode(format!("{}:{}", credentials.id, credentials.secret));
    let request = Request::post("/oauth/token")
        .header("authorization", format!("Basic {basic}"))
        .header("content-type", "application/x-www-form-urlencoded")
        .header("dpop", client.proof(&Method::POST, "/v2/login"))
        .body(Body::from("grant_type=client_credentials"))
        .unwrap();
    is_error(&client.raw(request).await, 400, "invalid_dpop_proof");
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_secrets_are_limited_per_address() {
    let service = Service::start().await;
    let client = service.somebody();
    let wrong = Credentials { id: "x".to_owned(), secret: "y".to_owned() };
    for _ in 0..30 {
        is_error(&ask(&client, &wrong, "", false).await, 401, "invalid_client");
    }
    let limited = ask(&client, &wrong, "", false).await;
    assert_eq!(limited.status, StatusCode::TOO_MANY_REQUESTS);
    assert!(!limited.header("retry-after").is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_secret_before_a_rotation_goes_on_being_good_for_a_day() {
    let service = Service::start().await;
    let old = registered(&service, &["service"]).await;
    let administrator = service.administrator().await;
    let path = format!("/v2/clients/{}", old.id);
    let rotated =
        administrator.post(&format!("{path}/secret"), Value::Null).await.expect(StatusCode::OK).json();
    let new =
        Credentials { id: old.id.clone(), secret: rotated["client_secret"].as_str().unwrap().to_owned() };
    let client = service.somebody();
    for credentials in [&old, &new] {
        ask(&client, credentials, "", true).await.expect(StatusCode::OK);
    }
    service.pass(86_400);
    is_error(&ask(&client, &old, "", true).await, 401, "invalid_client");
    ask(&client, &new, "", true).await.expect(StatusCode::OK);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_changes_its_roles_and_is_revoked_for_good() {
    let service = Service::start().await;
    let credentials = registered(&service, &["service"]).await;
    let administrator = service.administrator().await;
    let path = format!("/v2/clients/{}", credentials.id);
    administrator
        .put(&format!("{path}/roles"), json!({ "roles": ["observer"] }))
        .await
        .expect(StatusCode::OK);
    administrator
        .put(&format!("{path}/roles"), json!({ "roles": ["nothing"] }))
        .await
        .is_problem(409, "no-such-role");
    let client = service.somebody();
    let narrow = ask(&client, &credentials, "", true).await.expect(StatusCode::OK);
    assert_eq!(narrow.json()["scope"], "sessions:read");
    administrator.delete(&path).await.expect(StatusCode::OK);
    is_error(&ask(&client, &credentials, "", true).await, 401, "invalid_client");
    administrator.delete(&path).await.is_problem(409, "client-revoked");
    administrator.post(&format!("{path}/secret"), Value::Null).await.is_problem(409, "client-revoked");
    let listed = administrator.get("/v2/clients").await.expect(StatusCode::OK).json();
    assert_eq!(
        (&listed["clients"][0]["client_id"], &listed["clients"][0]["status"]),
        (&json!(credentials.id), &json!("revoked"))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_secret_is_shown_once() {
    let service = Service::start().await;
    let administrator = service.administrator().await;
    let body = json!({ "name": "scheduler", "roles": ["service"] });
    let headers = [("idempotency-key", "k-1")];
    let register =
        async || administrator.send(Method::POST, "/v2/clients", body.clone(), true, &headers).await;
    let first = register().await.expect(StatusCode::CREATED).json();
    let again = register().await.expect(StatusCode::CREATED);
    assert_eq!(again.header("idempotent-replayed"), "true");
    assert_eq!(again.json()["client_id"], first["client_id"]);
    assert_eq!(again.json().get("client_secret"), None);
    let credentials = Credentials {
        id: first["client_id"].as_str().unwrap().to_owned(),
        secret: first["client_secret"].as_str().unwrap().to_owned(),
    };
    ask(&service.somebody(), &credentials, "", true).await.expect(StatusCode::OK);
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_gets_the_secret_of_a_client_with_more_rights() {
    let service = Service::start().await;
    let credentials = registered(&service, &["service"]).await;
    let role = json!({ "name": "clerk", "permissions": ["users:manage"] });
    service.administrator().await.post("/v2/roles", role).await.expect(StatusCode::CREATED);
    service.user("clerk@example.org", &["clerk"]).await;
    let clerk = service.signed_in("clerk@example.org").await;
    let path = format!("/v2/clients/{}", credentials.id);
    clerk.post(&format!("{path}/secret"), Value::Null).await.is_problem(403, "grants-more-than-held");
    clerk
        .put(&format!("{path}/roles"), json!({ "roles": ["auditor"] }))
        .await
        .is_problem(403, "grants-more-than-held");
    clerk.put(&format!("{path}/roles"), json!({ "roles": [] })).await.expect(StatusCode::OK);
}
