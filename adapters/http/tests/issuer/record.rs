//! What is left behind: every grant in the log, and no secret anywhere.

use std::path::Path;

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::service::{ADMINISTRATOR, PASSWORD, Service};

#[tokio::test(flavor = "multi_thread")]
async fn who_did_what_to_whom_is_in_the_log_and_in_the_audit() {
    let service = Service::start().await;
    let id = service.user("ada@example.org", &["observer"]).await;
    let administrator = service.administrator().await;
    administrator.put(&format!("/v2/users/{id}/roles/chair"), Value::Null).await.expect(StatusCode::OK);
    administrator
        .post("/v2/roles", json!({ "name": "x", "permissions": [] }))
        .await
        .expect(StatusCode::CREATED);
    administrator
        .post("/v2/clients", json!({ "name": "y", "roles": ["x"] }))
        .await
        .expect(StatusCode::CREATED);
    let wanted = [
        "user.created.v1",
        "user.role-granted.v1",
        "sign-in.started.v1",
        "user.created.v1",
        "user.role-granted.v1",
        "sign-in.started.v1",
        "user.role-granted.v1",
        "role.defined.v1",
        "client.registered.v1",
    ];
    assert_eq!(service.events().await, wanted);
    let audit = administrator.get("/v2/audit").await.expect(StatusCode::OK).json();
    let entries = audit["entries"].as_array().unwrap();
    let newest_first: Vec<_> = entries.iter().map(|entry| entry["event_type"].as_str().unwrap()).collect();
    assert_eq!(newest_first, wanted.iter().rev().copied().collect::<Vec<_>>());
    let granted = &entries[2];
    assert_eq!((&granted["role"], &granted["user_id"]), (&json!("chair"), &json!(id)));
    assert_eq!(granted["who"], administrator.get("/v2/me").await.json()["actor"]);
    assert_eq!(entries[8]["who"], "service:setup");
}

/// Whether any file below `folder` has `text` in it.
fn holds(folder: &Path, text: &str) -> bool {
    std::fs::read_dir(folder).unwrap().any(|entry| {
        let path = entry.unwrap().path();
        let bytes = if path.is_dir() { return holds(&path, text) } else { std::fs::read(&path).unwrap() };
        bytes.windows(text.len()).any(|window| window == text.as_bytes())
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn no_password_login_name_secret_or_token_is_in_any_file() {
    let service = Service::start().await;
    service.user("ada@example.org", &["observer"]).await;
    let mut ada = service.somebody();
    let refresh = ada.sign_in("ada@example.org", PASSWORD).await.refresh_token();
    let client = json!({ "name": "scheduler", "roles": ["service"] });
    let administrator = service.administrator().await;
    let client = administrator.post("/v2/clients", client).await.expect(StatusCode::CREATED).json();
    administrator.get("/v2/users").await.expect(StatusCode::OK);
    let secret = client["client_secret"].as_str().unwrap();
    assert!(holds(&service.data(), "scheduler"), "the files are looked through");
    let token = ada.token.as_deref().unwrap();
    for text in [PASSWORD, ADMINISTRATOR, "ada@example.org", "Name of", secret, &refresh, token] {
        assert!(!holds(&service.data(), text), "{text}");
    }
}
