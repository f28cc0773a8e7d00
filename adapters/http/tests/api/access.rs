//! Who may do what.

use acta_application::access::Role;
use acta_application::log::contract::moment;
use axum::body::Body;
use axum::http::{Method, Request, StatusCode};
use serde_json::Value;

use crate::service::{Service, meeting, person};

/// The operations that need no token.
const PUBLIC: [&str; 18] = [
    "get_audit_proof",
    "list_heads",
    "get_latest_head",
    "get_inclusion_receipt",
    "get_consistency_receipt",
    "get_health",
    "get_readiness",
    "get_liveness",
    "get_metrics",
    "get_jwks",
    "get_cose_keys",
    "get_evidence_keys",
    "login",
    "refresh",
    "logout",
    "issue_token",
    "get_token_keys",
    "get_server_metadata",
];

/// Every operation: method, path with its parameters filled in, id, and whether it declares security.
fn operations() -> Vec<(Method, String, String, bool)> {
    let document = acta_http::openapi_document();
    let mut operations = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        let path = path.replace("{chunk}", "1").replace("{subject}", "session");
        let path = ["{id}", "{userId}", "{requestId}"]
            .iter()
            .fold(path, |path, name| path.replace(name, &person(1).to_string()));
        for (method, operation) in item.as_object().unwrap() {
            let method: Method = method.to_uppercase().parse().unwrap();
            let id = operation["operationId"].as_str().unwrap().to_owned();
            operations.push((method, path.clone(), id, operation["security"].is_array()));
        }
    }
    operations
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_is_not_public_declares_security_and_wants_a_token() {
    let service = Service::start().await;
    let operations = operations();
    assert!(operations.len() > 30, "{}", operations.len());
    for (method, path, id, is_secured) in operations {
        assert_eq!(is_secured, !PUBLIC.contains(&id.as_str()), "{id}");
        let request = Request::builder().method(method).uri(&path).body(Body::empty()).unwrap();
        let answer = service.stranger().send(request).await;
        if is_secured {
            answer.is_problem(401, "unauthorized");
            assert!(answer.header("www-authenticate").starts_with("Bearer "), "{id}");
        } else {
            assert_ne!(answer.status, StatusCode::UNAUTHORIZED, "{id}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_is_foreign_or_over_is_refused() {
    let service = Service::start().await;
    let forged = service.stranger().get_with("/sessions", &[("authorization", "Bearer a.b.c")]).await;
    forged.is_problem(401, "unauthorized");
    assert!(forged.header("www-authenticate").contains("invalid_token"));
    let chair = service.chair();
    service.clock.set(moment(3_601));
    chair.get("/sessions").await.is_problem(401, "unauthorized");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_is_bound_to_no_key_is_for_reading() {
    let service = Service::start().await;
    let unbound = service.unbound(Role::Administrator);
    let headers = [("authorization", unbound.as_str())];
    service.stranger().get_with("/sessions", &headers).await.expect(StatusCode::OK);
    let refused = service.stranger().call(Method::POST, "/sessions", meeting(), &headers).await;
    refused.is_problem(401, "unauthorized");
    assert!(refused.header("www-authenticate").starts_with("DPoP "), "{refused:?}");
    assert_eq!(service.head(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_permission_that_is_missing_is_refused_before_the_body_is_read() {
    let service = Service::start().await;
    let participant = service.client(Role::Participant, person(1));
    participant.post("/sessions", meeting()).await.is_problem(403, "permission-needed");
    participant.post("/sessions", Value::Null).await.is_problem(403, "permission-needed");
    assert_eq!(service.head(), 0);
}
