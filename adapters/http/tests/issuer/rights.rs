//! What is granted, and what it does to the next token.

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::service::{PASSWORD, Service};
use crate::somebody::Somebody;

/// A tenant with somebody who administers users and may do little else.
async fn clerk(service: &Service) -> Somebody<'_> {
    let role = json!({ "name": "clerk", "permissions": ["users:manage", "sessions:read"] });
    service.administrator().await.post("/v2/roles", role).await.expect(StatusCode::CREATED);
    service.user("clerk@example.org", &["clerk"]).await;
    service.signed_in("clerk@example.org").await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_grant_counts_from_the_next_token_on() {
    let service = Service::start().await;
    let id = service.user("ada@example.org", &["observer"]).await;
    let mut ada = service.somebody();
    let refresh = ada.sign_in("ada@example.org", PASSWORD).await.refresh_token();
    assert_eq!(ada.permissions().await, ["sessions:read"]);
    let administrator = service.administrator().await;
    let path = format!("/v2/users/{id}");
    administrator.put(&format!("{path}/roles/auditor"), Value::Null).await.expect(StatusCode::OK);
    administrator
        .put(&format!("{path}/permissions/dossier:read"), json!({ "effect": "remove" }))
        .await
        .expect(StatusCode::OK);
    administrator
        .put(&format!("{path}/permissions/floor:request"), json!({ "effect": "add" }))
        .await
        .expect(StatusCode::OK);
    assert_eq!(ada.permissions().await, ["sessions:read"], "a token says what it said");
    let refresh = ada.refresh(&refresh).await.expect(StatusCode::OK).refresh_token();
    assert_eq!(
        ada.permissions().await,
        ["sessions:read", "floor:request", "persons:read", "feed:read", "audit:read"]
    );
    administrator.delete(&format!("{path}/roles/auditor")).await.expect(StatusCode::OK);
    administrator.delete(&format!("{path}/permissions/floor:request")).await.expect(StatusCode::OK);
    ada.refresh(&refresh).await.expect(StatusCode::OK);
    assert_eq!(ada.permissions().await, ["sessions:read"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_so_already_is_refused() {
    let service = Service::start().await;
    let id = service.user("ada@example.org", &["observer"]).await;
    let administrator = service.administrator().await;
    let path = format!("/v2/users/{id}");
    administrator
        .put(&format!("{path}/roles/observer"), Value::Null)
        .await
        .is_problem(409, "role-already-granted");
    administrator.delete(&format!("{path}/roles/chair")).await.is_problem(409, "role-not-granted");
    administrator
        .delete(&format!("{path}/permissions/feed:read"))
        .await
        .is_problem(409, "permission-not-changed");
    administrator.put(&format!("{path}/roles/nothing"), Value::Null).await.is_problem(409, "no-such-role");
    administrator
        .put(&format!("{path}/permissions/nothing"), json!({ "effect": "add" }))
        .await
        .is_problem(400, "invalid-parameter");
    administrator
        .put(&format!("{path}/permissions/feed:read"), json!({ "effect": "both" }))
        .await
        .is_problem(400, "invalid-body");
    administrator.post(&format!("{path}/enable"), Value::Null).await.is_problem(409, "user-not-disabled");
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_gives_others_more_than_they_have() {
    let service = Service::start().await;
    let clerk = clerk(&service).await;
    let head = service.head();
    let escalations = [
        clerk.post("/v2/users", json!({ "login": "x", "roles": ["administrator"] })).await,
        clerk.post("/v2/roles", json!({ "name": "x", "permissions": ["dossier:read"] })).await,
        clerk.put("/v2/roles/clerk", json!({ "permissions": ["users:manage", "persons:read"] })).await,
        clerk.post("/v2/clients", json!({ "name": "x", "roles": ["service"] })).await,
    ];
    for refused in escalations {
        refused.is_problem(403, "grants-more-than-held");
    }
    assert_eq!(service.head(), head);
    clerk.post("/v2/users", json!({ "login": "y", "roles": ["observer"] })).await.expect(StatusCode::CREATED);
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_gives_themselves_or_others_a_role_or_permission_that_they_lack() {
    let service = Service::start().await;
    let clerk = clerk(&service).await;
    let me = clerk.get("/v2/me").await.json()["users"][0]["user_id"].as_str().unwrap().to_owned();
    let other = service.user("ada@example.org", &["auditor"]).await;
    let administrator = service.administrator().await;
    let remove = json!({ "effect": "remove" });
    administrator
        .put(&format!("/v2/users/{other}/permissions/audit:read"), remove)
        .await
        .expect(StatusCode::OK);
    for user in [&me, &other] {
        let path = format!("/v2/users/{user}");
        clerk.put(&format!("{path}/roles/chair"), Value::Null).await.is_problem(403, "grants-more-than-held");
        let add = json!({ "effect": "add" });
        clerk
            .put(&format!("{path}/permissions/dossier:read"), add)
            .await
            .is_problem(403, "grants-more-than-held");
    }
    // To let it depend on the role again would give it back.
    let removed = format!("/v2/users/{other}/permissions/audit:read");
    clerk.delete(&removed).await.is_problem(403, "grants-more-than-held");
    clerk
        .put(&format!("/v2/users/{other}/permissions/feed:read"), json!({ "effect": "remove" }))
        .await
        .expect(StatusCode::OK);
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_gets_the_password_of_somebody_with_more_rights() {
    let service = Service::start().await;
    let clerk = clerk(&service).await;
    let auditor = service.user("ada@example.org", &["auditor"]).await;
    let password = json!({ "password": "a password that I know" });
    clerk
        .post(&format!("/v2/users/{auditor}/password"), password.clone())
        .await
        .is_problem(403, "grants-more-than-held");
    service.signed_in("ada@example.org").await;
    clerk.post(&format!("/v2/users/{auditor}/disable"), Value::Null).await.expect(StatusCode::OK);
    clerk
        .post(&format!("/v2/users/{auditor}/password"), password.clone())
        .await
        .is_problem(403, "grants-more-than-held");
    clerk
        .post(&format!("/v2/users/{auditor}/enable"), Value::Null)
        .await
        .is_problem(403, "grants-more-than-held");
    let observer = service.user("bob@example.org", &["observer"]).await;
    clerk.post(&format!("/v2/users/{observer}/password"), password).await.expect(StatusCode::OK);
}
