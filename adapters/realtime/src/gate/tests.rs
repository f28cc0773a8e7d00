//! The gate over an API that speaks its contract.

use std::sync::Arc;
use std::time::Duration;

use acta_application::UseCaseError;
use acta_application::access::{Admitted, Permission, Principal, Revocations, Revoked};
use acta_application::log::{Actor, Position};
use acta_domain::{PersonId, SessionId, TenantId, Timestamp};
use async_trait::async_trait;
use axum::Router;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use serde_json::value::RawValue;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{Credentials, Gate, Handshake};
use crate::refusal::Refusal;

/// Takes back what it says, of everybody.
struct All(Option<Revoked>);

#[async_trait]
impl Revocations for All {
    async fn revoked(&self, _: &Admitted) -> Result<Option<Revoked>, UseCaseError> {
        Ok(self.0)
    }
}

fn session() -> SessionId {
    SessionId::new(Uuid::from_u128(7))
}

fn admitted(person: u128, proven: bool) -> Admitted {
    let actor = Actor::Person(PersonId::new(Uuid::from_u128(person)));
    let principal = Principal {
        tenant: TenantId::new(Uuid::from_u128(1)),
        actor,
        permissions: [Permission::SessionsRead].into(),
    };
    let expires_at = Timestamp::from_micros(900_000_000).unwrap();
    Admitted { principal, proven, expires_at, grant: None }
}

fn problem(status: StatusCode, slug: &str, headers: &[(&'static str, &'static str)]) -> Response {
    let document =
        json!({ "type": format!("urn:acta:problem:{slug}"), "status": status.as_u16(), "detail": slug });
    let mut answer = (status, document.to_string()).into_response();
    for (name, value) in headers {
        answer.headers_mut().insert(*name, HeaderValue::from_static(value));
    }
    answer
}

/// Lets persons in whose token is `person-<number>`, with the header it came in.
async fn live(uri: Uri, headers: HeaderMap) -> Response {
    assert_eq!(uri.path(), format!("/api/v1/sessions/{}/live", session()));
    let authorization = headers["authorization"].to_str().unwrap();
    let (scheme, token) = authorization.split_once(' ').unwrap();
    match token {
        "slow" => std::future::pending().await,
        "odd" => (StatusCode::IM_A_TEAPOT, "tea").into_response(),
        "busy" => problem(StatusCode::SERVICE_UNAVAILABLE, "unavailable", &[("retry-after", "3")]),
        "nonce" => problem(StatusCode::UNAUTHORIZED, "unauthorized", &[("dpop-nonce", "n1")]),
        token => {
            let person = token.strip_prefix("person-").unwrap().parse().unwrap();
            assert_eq!(headers.contains_key("dpop"), scheme == "DPoP");
            let mut answer = problem(StatusCode::UPGRADE_REQUIRED, "upgrade-required", &[]);
            answer.extensions_mut().insert(admitted(person, scheme == "DPoP"));
            answer
        }
    }
}

fn gate(revoked: Option<Revoked>) -> Gate {
    let api = Router::new().route("/api/v1/sessions/{id}/live", get(live));
    Gate::new(api, Arc::new(All(revoked)), Duration::from_secs(10))
}

fn credentials(token: &str, dpop: Option<&str>) -> Credentials {
    Credentials::new(token, dpop).unwrap()
}

fn raw(value: &Value) -> Box<RawValue> {
    serde_json::value::to_raw_value(value).unwrap()
}

fn document(refusal: &Refusal) -> Value {
    serde_json::from_str(refusal.document().get()).unwrap()
}

#[tokio::test]
async fn whoever_the_api_lets_in_comes_in() {
    let shown = credentials("person-1", Some("proof"));
    assert_eq!(gate(None).admit(session(), &shown).await.unwrap(), admitted(1, true));
    let shown = credentials("person-1", None);
    assert_eq!(gate(None).admit(session(), &shown).await.unwrap(), admitted(1, false));
}

#[tokio::test]
async fn a_refusal_of_the_api_is_told_as_it_is() {
    let refusal = gate(None).admit(session(), &credentials("nonce", Some("proof"))).await.unwrap_err();
    assert_eq!(
        (refusal.status, &*refusal.slug, refusal.dpop_nonce.as_deref()),
        (401, "unauthorized", Some("n1"))
    );
    let refusal = gate(None).admit(session(), &credentials("busy", None)).await.unwrap_err();
    assert_eq!(document(&refusal)["retry_after_seconds"], 3);
    let refusal = gate(None).admit(session(), &credentials("odd", None)).await.unwrap_err();
    assert_eq!(&*refusal.slug, "internal");
}

#[tokio::test(start_paused = true)]
async fn nobody_waits_for_ever_to_be_let_in() {
    let refusal = gate(None).admit(session(), &credentials("slow", None)).await.unwrap_err();
    assert_eq!(&*refusal.slug, "unavailable");
}

#[tokio::test]
async fn what_was_taken_back_lets_nobody_in() {
    let refusal = gate(Some(Revoked::UserDisabled)).admit(session(), &credentials("person-1", None)).await;
    let refusal = refusal.unwrap_err();
    assert_eq!((&*refusal.slug, &*refusal.detail), ("unauthorized", "the user was disabled"));
}

#[tokio::test]
async fn a_token_is_renewed_by_one_of_the_same_person_that_promises_no_less() {
    let gate = gate(None);
    let mine = credentials("person-1", Some("proof"));
    assert_eq!(gate.renew(session(), &mine, &admitted(1, true)).await.unwrap(), admitted(1, true));
    let unproven = credentials("person-1", None);
    assert!(gate.renew(session(), &unproven, &admitted(1, false)).await.is_ok());
    for (shown, present) in [(&mine, admitted(2, true)), (&unproven, admitted(1, true))] {
        let refusal = gate.renew(session(), shown, &present).await.unwrap_err();
        assert_eq!(&*refusal.slug, "unauthorized");
    }
}

#[test]
fn a_handshake_says_who_comes_where_and_since_when() {
    for (name, after) in [("session_id", json!(5)), ("sessionId", json!("5"))] {
        let said = json!({ "token": "t", "dpop": "p", name: session(), "after": after, "pid": "x" });
        let handshake = Handshake::parse(&raw(&said)).unwrap();
        assert_eq!(handshake.session().unwrap(), session());
        assert_eq!(handshake.after, Some(Position::new(5)));
    }
    let handshake = Handshake::parse(&raw(&json!({ "token": "t", "dpop": null, "after": null }))).unwrap();
    assert_eq!(handshake.after, None);
    assert_eq!(document(&handshake.session().unwrap_err())["field"], "/session_id");
}

#[test]
fn what_is_wrong_with_a_handshake_is_named() {
    for (said, slug, field) in [
        (json!([]), "invalid-body", Value::Null),
        (json!("t"), "invalid-body", Value::Null),
        (json!({}), "unauthorized", json!("/token")),
        (json!({ "token": 1 }), "invalid-body", json!("/token")),
        (json!({ "token": "" }), "invalid-body", json!("/token")),
        (json!({ "token": "a b" }), "invalid-body", json!("/token")),
        (json!({ "token": "a\nb" }), "invalid-body", json!("/token")),
        (json!({ "token": "t", "dpop": "é" }), "invalid-body", json!("/dpop")),
        (json!({ "token": "t", "after": -1 }), "invalid-body", json!("/after")),
        (json!({ "token": "t", "after": "x" }), "invalid-body", json!("/after")),
        (json!({ "token": "t", "session_id": "x" }), "invalid-body", json!("/session_id")),
        (json!({ "token": "t", "to/ken": "x" }), "invalid-body", json!("/to~1ken")),
    ] {
        let refusal = Handshake::parse(&raw(&said)).unwrap_err();
        assert_eq!((&*refusal.slug, &document(&refusal)["field"]), (slug, &field), "{said}");
    }
    let refusal = Credentials::parse(&raw(&json!({ "token": "t", "after": 1 }))).unwrap_err();
    assert_eq!(document(&refusal)["field"], "/after");
}

#[test]
fn the_credentials_of_a_request_are_taken_as_they_were_sent() {
    let headers = |pairs: &[(&'static str, &'static str)]| -> HeaderMap {
        let header = |(name, value): &(&'static str, &'static str)| {
            (HeaderName::from_static(name), HeaderValue::from_static(value))
        };
        pairs.iter().map(header).collect()
    };
    let sent = headers(&[
        ("authorization", "DPoP a"),
        ("authorization", "Bearer b"),
        ("dpop", "p"),
        ("cookie", "c"),
    ]);
    let kept = Credentials::of_request(&sent).unwrap().headers();
    assert_eq!(kept.get_all("authorization").iter().count(), 2);
    assert_eq!((kept.len(), kept.contains_key("cookie")), (3, false));
    assert!(Credentials::of_request(&headers(&[("dpop", "p")])).is_none());
}

#[test]
fn credentials_are_not_printed() {
    assert_eq!(format!("{:?}", credentials("secret", Some("secret"))), "Credentials { .. }");
}
