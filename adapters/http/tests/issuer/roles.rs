//! Roles that a tenant defines.

use acta_application::access::Role;
use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::service::{PASSWORD, Service};

#[tokio::test(flavor = "multi_thread")]
async fn a_role_is_defined_changed_retired_and_defined_again() {
    let service = Service::start().await;
    let administrator = service.administrator().await;
    let role = json!({ "name": "scribe", "permissions": ["transcript:write"] });
    let defined = administrator.post("/v2/roles", role.clone()).await.expect(StatusCode::CREATED);
    assert_eq!(defined.header("location"), "/v2/roles/scribe");
    administrator.post("/v2/roles", role.clone()).await.is_problem(409, "role-already-defined");
    service.user("ada@example.org", &["scribe"]).await;
    let mut ada = service.somebody();
    let refresh = ada.sign_in("ada@example.org", PASSWORD).await.refresh_token();
    assert_eq!(ada.permissions().await, ["transcript:write"]);
    let changed = json!({ "permissions": ["transcript:write", "sessions:read"] });
    administrator.put("/v2/roles/scribe", changed).await.expect(StatusCode::OK);
    let refresh = ada.refresh(&refresh).await.refresh_token();
    assert_eq!(ada.permissions().await, ["sessions:read", "transcript:write"]);
    administrator.delete("/v2/roles/scribe").await.expect(StatusCode::OK);
    let refresh = ada.refresh(&refresh).await.refresh_token();
    assert_eq!(ada.permissions().await, Vec::<String>::new());
    administrator.put("/v2/roles/scribe", json!({ "permissions": [] })).await.is_problem(404, "unknown-role");
    administrator.post("/v2/roles", role).await.expect(StatusCode::CREATED);
    ada.refresh(&refresh).await.expect(StatusCode::OK);
    assert_eq!(ada.permissions().await, ["transcript:write"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn roles_are_listed_the_built_in_ones_first() {
    let service = Service::start().await;
    let administrator = service.administrator().await;
    let role = json!({ "name": "scribe", "permissions": ["transcript:write"] });
    administrator.post("/v2/roles", role).await.expect(StatusCode::CREATED);
    let listed = administrator.get("/v2/roles").await.expect(StatusCode::OK).json();
    let names: Vec<_> =
        listed["roles"].as_array().unwrap().iter().map(|role| role["name"].as_str().unwrap()).collect();
    let (own, built_in) = names.split_last().unwrap();
    assert_eq!(*own, "scribe");
    assert_eq!(built_in, Role::ALL.map(Role::name));
    let is_built_in = |place: usize| &listed["roles"][place]["built_in"];
    assert_eq!((is_built_in(0), is_built_in(built_in.len())), (&json!(true), &json!(false)));
    assert!(listed["roles"][built_in.len()]["changed_by"].is_string());
    let retired = administrator.get("/v2/roles?status=retired").await.json();
    assert_eq!(retired["roles"], json!([]));
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_changes_a_role_that_is_built_in() {
    let service = Service::start().await;
    let administrator = service.administrator().await;
    let body = json!({ "name": "chair", "permissions": [] });
    administrator.post("/v2/roles", body).await.is_problem(409, "role-built-in");
    administrator.put("/v2/roles/chair", json!({ "permissions": [] })).await.is_problem(409, "role-built-in");
    administrator.delete("/v2/roles/chair").await.is_problem(409, "role-built-in");
    administrator.delete("/v2/roles/Chair").await.is_problem(400, "invalid-parameter");
    administrator.post("/v2/roles", Value::Null).await.is_problem(415, "wrong-content-type");
}
