//! Users, and what administrators do with them.

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

use crate::service::{ADMINISTRATOR, PASSWORD, Service};

#[tokio::test(flavor = "multi_thread")]
async fn a_user_is_shown_with_who_granted_what_and_when() {
    let service = Service::start().await;
    let id = service.user("ada@example.org", &["participant"]).await;
    let administrator = service.administrator().await;
    let path = format!("/v2/users/{id}");
    administrator
        .put(&format!("{path}/permissions/feed:read"), json!({ "effect": "add" }))
        .await
        .expect(StatusCode::OK);
    let user = administrator.get(&path).await.expect(StatusCode::OK).json();
    let me = administrator.get("/v2/me").await.json()["actor"].clone();
    assert_eq!(
        (&user["login"], &user["name"]),
        (&json!("ada@example.org"), &json!("Name of ada@example.org"))
    );
    assert_eq!((&user["roles"][0]["role"], &user["roles"][0]["granted_by"]), (&json!("participant"), &me));
    assert_eq!(user["permissions"][0]["permission"], "feed:read");
    assert_eq!(
        (&user["permissions"][0]["effect"], &user["permissions"][0]["granted_by"]),
        (&json!("added"), &me)
    );
    assert!(user["permissions"][0]["granted_at"].is_string());
    assert_eq!(user["status"], "active");
    let listed = administrator.get("/v2/users").await.expect(StatusCode::OK).json();
    assert_eq!(listed["users"].as_array().unwrap().len(), 2);
    assert_eq!(listed["users"][1], user);
}

#[tokio::test(flavor = "multi_thread")]
async fn names_stay_shut_for_those_who_may_not_see_them() {
    let service = Service::start().await;
    let id = service.user("ada@example.org", &[]).await;
    let administrator = service.administrator().await;
    let clerk = json!({ "name": "clerk", "permissions": ["users:manage"] });
    administrator.post("/v2/roles", clerk).await.expect(StatusCode::CREATED);
    service.user("clerk@example.org", &["clerk"]).await;
    let clerk = service.signed_in("clerk@example.org").await;
    let user = clerk.get(&format!("/v2/users/{id}")).await.expect(StatusCode::OK).json();
    assert_eq!((&user["login"], &user["names_sealed"]), (&Value::Null, &json!(true)));
    let me = clerk.get("/v2/me").await.json();
    assert_eq!(me["users"][0]["login"], "clerk@example.org", "everybody sees their own name");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_login_is_one_user_and_no_more() {
    let service = Service::start().await;
    service.user("ada@example.org", &[]).await;
    let body = json!({ "login": " ADA@example.org", "password": PASSWORD });
    service.administrator().await.post("/v2/users", body).await.is_problem(409, "user-exists");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_user_who_is_created_again_under_the_same_key_is_created_once() {
    let service = Service::start().await;
    let administrator = service.administrator().await;
    let body = json!({ "login": "ada@example.org", "password": PASSWORD, "roles": ["observer"] });
    let headers = [("idempotency-key", "k-1")];
    let create = async || administrator.send(Method::POST, "/v2/users", body.clone(), true, &headers).await;
    let first = create().await.expect(StatusCode::CREATED);
    let again = create().await.expect(StatusCode::CREATED);
    assert_eq!(again.header("idempotent-replayed"), "true");
    assert_eq!(again.json(), first.json());
    service.signed_in("ada@example.org").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_user_that_nobody_made_is_unknown() {
    let service = Service::start().await;
    let administrator = service.administrator().await;
    let path = "/v2/users/00000000-0000-8000-8000-000000000009";
    administrator.get(path).await.is_problem(404, "unknown-user");
    administrator.post(&format!("{path}/disable"), Value::Null).await.is_problem(404, "unknown-user");
    administrator.put(&format!("{path}/roles/chair"), Value::Null).await.is_problem(404, "unknown-user");
    let password = json!({ "password": PASSWORD });
    administrator.post(&format!("{path}/password"), password).await.is_problem(404, "unknown-user");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_password_that_is_too_short_is_not_taken_and_leaves_no_user() {
    let service = Service::start().await;
    let administrator = service.administrator().await;
    let head = service.head();
    let body = json!({ "login": "ada@example.org", "password": "short" });
    administrator.post("/v2/users", body).await.is_problem(400, "password-refused");
    assert_eq!(service.head(), head);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_administrator_gives_others_a_password() {
    let service = Service::start().await;
    let body = json!({ "login": "ada@example.org" });
    let administrator = service.administrator().await;
    let id =
        administrator.post("/v2/users", body).await.expect(StatusCode::CREATED).json()["user_id"].clone();
    service.somebody().sign_in("ada@example.org", "").await.is_problem(401, "login-refused");
    let path = format!("/v2/users/{}/password", id.as_str().unwrap());
    administrator.post(&path, json!({ "password": PASSWORD })).await.expect(StatusCode::OK);
    service.pass(1);
    service.signed_in("ada@example.org").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_locks_themselves_out() {
    let service = Service::start().await;
    let administrator = service.administrator().await;
    let me = administrator.get("/v2/me").await.json()["users"][0]["user_id"].as_str().unwrap().to_owned();
    let path = format!("/v2/users/{me}");
    administrator.post(&format!("{path}/disable"), Value::Null).await.is_problem(409, "own-rights");
    administrator.delete(&format!("{path}/roles/administrator")).await.is_problem(409, "own-rights");
    let remove = json!({ "effect": "remove" });
    administrator
        .put(&format!("{path}/permissions/users:manage"), remove.clone())
        .await
        .is_problem(409, "own-rights");
    administrator.put(&format!("{path}/permissions/feed:read"), remove).await.expect(StatusCode::OK);
}

#[tokio::test(flavor = "multi_thread")]
async fn only_those_who_administer_users_do() {
    let service = Service::start().await;
    let id = service.user("ada@example.org", &["chair"]).await;
    let ada = service.signed_in("ada@example.org").await;
    ada.get("/v2/users").await.is_problem(403, "permission-needed");
    ada.put(&format!("/v2/users/{id}/roles/administrator"), Value::Null)
        .await
        .is_problem(403, "permission-needed");
    ada.get("/v2/audit").await.is_problem(403, "permission-needed");
    let administrator = service.administrator().await;
    let audit =
        administrator.get("/v2/audit?event_type=access.refused.v1").await.expect(StatusCode::OK).json();
    let operations: Vec<_> = audit["entries"]
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| entry["operation"].as_str().unwrap())
        .collect();
    assert_eq!(operations, ["list_audit", "grant_role", "list_users"]);
    service.somebody().get("/v2/users").await.is_problem(401, "unauthorized");
    let other =
        json!({ "login": ADMINISTRATOR, "password": PASSWORD, "new_password": "another long password" });
    ada.post("/v2/me/password", other).await.is_problem(401, "login-refused");
}
