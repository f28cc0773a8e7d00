//! Signing in, renewing and signing out.

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

use crate::service::{ADMINISTRATOR, PASSWORD, Service};

#[tokio::test(flavor = "multi_thread")]
async fn a_login_with_a_proof_gives_tokens_that_are_bound_to_its_key() {
    let service = Service::start().await;
    let mut somebody = service.somebody();
    let answer = somebody.sign_in(ADMINISTRATOR, PASSWORD).await.expect(StatusCode::OK);
    assert_eq!((&answer.json()["token_type"], &answer.json()["expires_in"]), (&json!("DPoP"), &json!(900)));
    assert_eq!(answer.header("cache-control"), "no-store");
    let (_, attributes) = answer.header("set-cookie").split_once("; ").unwrap();
    assert_eq!(attributes, "HttpOnly; SameSite=Strict; Path=/v2; Max-Age=2592000; Secure");
    assert_eq!(somebody.permissions().await.len(), acta_domain::Permission::ALL.len());
    let mut thief = service.somebody();
    thief.token.clone_from(&somebody.token);
    thief.get("/v2/me").await.is_problem(401, "unauthorized");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_login_without_a_proof_gives_a_token_that_reads_and_never_writes() {
    let service = Service::start().await;
    let body = json!({ "login": ADMINISTRATOR, "password": PASSWORD });
    let answer =
        service.somebody().send(Method::POST, "/v2/login", body, false, &[]).await.expect(StatusCode::OK);
    assert_eq!(answer.json()["token_type"], "Bearer");
    let token = format!("Bearer {}", answer.json()["access_token"].as_str().unwrap());
    let headers = [("authorization", token.as_str())];
    let somebody = service.somebody();
    somebody.send(Method::GET, "/v2/users", Value::Null, false, &headers).await.expect(StatusCode::OK);
    let body = json!({ "name": "x", "permissions": [] });
    somebody.send(Method::POST, "/v2/roles", body, false, &headers).await.is_problem(401, "unauthorized");
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_told_what_was_wrong_with_a_login() {
    let service = Service::start().await;
    let disabled = service.user("off@example.org", &["participant"]).await;
    let administrator = service.administrator().await;
    administrator.post(&format!("/v2/users/{disabled}/disable"), Value::Null).await.expect(StatusCode::OK);
    let head = service.head();
    let mut answers = Vec::new();
    for (login, password) in [
        (ADMINISTRATOR, "wrong password"),
        ("nobody@example.org", PASSWORD),
        ("off@example.org", PASSWORD),
        ("a\u{0}b", PASSWORD),
        ("", ""),
    ] {
        let answer = service.somebody().sign_in(login, password).await;
        answer.is_problem(401, "login-refused");
        assert!(!answer.header("www-authenticate").is_empty());
        assert_eq!(answer.header("set-cookie"), "");
        answers.push(answer.body);
    }
    answers.dedup();
    assert_eq!(answers.len(), 1);
    assert_eq!(service.head(), head, "a login that is refused leaves no event");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_login_is_the_same_however_it_is_typed() {
    let service = Service::start().await;
    service.somebody().sign_in(" Root@Example.ORG ", PASSWORD).await.expect(StatusCode::OK);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_login_names_its_tenant() {
    let service = Service::start().await;
    let login = async |tenant: &str| {
        let body = json!({ "tenant_id": tenant, "login": ADMINISTRATOR, "password": PASSWORD });
        service.somebody().send(Method::POST, "/v2/login", body, true, &[]).await
    };
    login("00000000-0000-0000-0000-000000000001").await.expect(StatusCode::OK);
    login("00000000-0000-0000-0000-000000000002").await.is_problem(401, "login-refused");
    login("nothing").await.is_problem(400, "invalid-body");
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_passwords_are_limited_per_account_and_right_ones_are_not() {
    let service = Service::start().await;
    for _ in 0..12 {
        service.somebody().sign_in(ADMINISTRATOR, PASSWORD).await.expect(StatusCode::OK);
    }
    for _ in 0..10 {
        service.somebody().sign_in(ADMINISTRATOR, "wrong password").await.is_problem(401, "login-refused");
    }
    let refused = service.somebody().sign_in(ADMINISTRATOR, PASSWORD).await;
    refused.is_problem(429, "too-many-requests");
    let wait: i64 = refused.header("retry-after").parse().unwrap();
    assert!((1..=900).contains(&wait), "{wait}");
    service.pass(wait);
    service.somebody().sign_in(ADMINISTRATOR, PASSWORD).await.expect(StatusCode::OK);
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_passwords_are_limited_per_address_whatever_the_account() {
    let service = Service::start().await;
    for number in 0..30 {
        let login = format!("guess-{number}@example.org");
        service.somebody().sign_in(&login, PASSWORD).await.is_problem(401, "login-refused");
    }
    service.somebody().sign_in("guess-30@example.org", PASSWORD).await.is_problem(429, "too-many-requests");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refresh_token_is_good_once_and_ends_the_sign_in_when_it_comes_again() {
    let service = Service::start().await;
    let mut somebody = service.somebody();
    let first = somebody.sign_in(ADMINISTRATOR, PASSWORD).await.refresh_token();
    let second = somebody.refresh(&first).await.expect(StatusCode::OK).refresh_token();
    let third = somebody.refresh(&second).await.expect(StatusCode::OK).refresh_token();
    somebody.permissions().await;
    let reused = somebody.refresh(&first).await;
    reused.is_problem(401, "refresh-reused");
    assert!(reused.header("set-cookie").contains("Max-Age=0"));
    somebody.refresh(&third).await.is_problem(401, "refresh-refused");
    let events = service.events().await;
    let of_sign_ins: Vec<_> = events.iter().filter(|name| name.starts_with("sign-in.")).collect();
    let wanted =
        ["sign-in.started.v1", "sign-in.renewed.v1", "sign-in.renewed.v1", "sign-in.reuse-detected.v1"];
    assert_eq!(of_sign_ins, wanted);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_who_show_a_refresh_token_at_once_one_gets_tokens_and_then_nobody() {
    let service = Service::start().await;
    let mut somebody = service.somebody();
    let first = somebody.sign_in(ADMINISTRATOR, PASSWORD).await.refresh_token();
    somebody.token = None;
    let body = json!({ "refresh_token": first });
    let shown = (0..8).map(|_| somebody.send(Method::POST, "/v2/refresh", body.clone(), true, &[]));
    let answers = futures::future::join_all(shown).await;
    let good: Vec<_> = answers.iter().filter(|answer| answer.status == StatusCode::OK).collect();
    assert_eq!(good.len(), 1);
    somebody.refresh(&good[0].refresh_token()).await.is_problem(401, "refresh-refused");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refresh_token_comes_as_a_cookie_too() {
    let service = Service::start().await;
    let mut somebody = service.somebody();
    let first = somebody.sign_in(ADMINISTRATOR, PASSWORD).await.refresh_token();
    somebody.token = None;
    let cookie = format!("theme=dark; acta_refresh={first}");
    let headers = [("cookie", cookie.as_str())];
    somebody.send(Method::POST, "/v2/refresh", Value::Null, true, &headers).await.expect(StatusCode::OK);
    somebody.post("/v2/refresh", Value::Null).await.is_problem(400, "invalid-parameter");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refresh_token_is_worth_nothing_without_its_key() {
    let service = Service::start().await;
    let mut somebody = service.somebody();
    let first = somebody.sign_in(ADMINISTRATOR, PASSWORD).await.refresh_token();
    service.somebody().refresh(&first).await.is_problem(401, "refresh-refused");
    let body = json!({ "refresh_token": first });
    let unproven = service.somebody().send(Method::POST, "/v2/refresh", body, false, &[]).await;
    unproven.is_problem(401, "refresh-refused");
    somebody.refresh(&first).await.expect(StatusCode::OK);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_text_that_is_no_refresh_token_is_refused() {
    let service = Service::start().await;
    let mut somebody = service.somebody();
    let good = somebody.sign_in(ADMINISTRATOR, PASSWORD).await.refresh_token();
    let mut changed = good.clone().into_bytes();
    changed[50] = if changed[50] == b'A' { b'B' } else { b'A' };
    for token in ["", "x", &"A".repeat(91), &String::from_utf8(changed).unwrap()] {
        somebody.refresh(token).await.is_problem(401, "refresh-refused");
    }
    somebody.refresh(&good).await.expect(StatusCode::OK);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_signed_out_renews_nothing() {
    let service = Service::start().await;
    let mut somebody = service.somebody();
    let first = somebody.sign_in(ADMINISTRATOR, PASSWORD).await.refresh_token();
    somebody.token = None;
    for _ in 0..2 {
        let body = json!({ "refresh_token": first });
        let out =
            somebody.send(Method::POST, "/v2/logout", body, false, &[]).await.expect(StatusCode::NO_CONTENT);
        assert_eq!(
            out.header("set-cookie"),
            "acta_refresh=; HttpOnly; SameSite=Strict; Path=/v2; Max-Age=0; Secure"
        );
    }
    somebody.refresh(&first).await.is_problem(401, "refresh-refused");
    assert_eq!(service.events().await.iter().filter(|name| *name == "sign-in.ended.v1").count(), 1);
    somebody.send(Method::POST, "/v2/logout", Value::Null, false, &[]).await.expect(StatusCode::NO_CONTENT);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sign_in_ends_by_itself_after_30_days() {
    let service = Service::start().await;
    let mut somebody = service.somebody();
    let first = somebody.sign_in(ADMINISTRATOR, PASSWORD).await.refresh_token();
    service.pass(30 * 86_400 - 60);
    let renewed = somebody.refresh(&first).await.expect(StatusCode::OK);
    assert!(renewed.header("set-cookie").contains("Max-Age=60;"));
    service.pass(60);
    somebody.refresh(&renewed.refresh_token()).await.is_problem(401, "refresh-refused");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_password_ends_every_sign_in_from_before() {
    let service = Service::start().await;
    let mut somebody = service.somebody();
    let first = somebody.sign_in(ADMINISTRATOR, PASSWORD).await.refresh_token();
    service.pass(1);
    let change = |old: &str| json!({ "login": ADMINISTRATOR, "password": old, "new_password": "another long password" });
    somebody.post("/v2/me/password", change("wrong password")).await.is_problem(401, "login-refused");
    for _ in 0..2 {
        let headers = [("idempotency-key", "k-1")];
        let changed = somebody.send(Method::POST, "/v2/me/password", change(PASSWORD), true, &headers).await;
        changed.expect(StatusCode::OK);
    }
    somebody.refresh(&first).await.is_problem(401, "refresh-refused");
    service.pass(1);
    service.somebody().sign_in(ADMINISTRATOR, PASSWORD).await.is_problem(401, "login-refused");
    let mut again = service.somebody();
    let fresh =
        again.sign_in(ADMINISTRATOR, "another long password").await.expect(StatusCode::OK).refresh_token();
    again.refresh(&fresh).await.expect(StatusCode::OK);
    assert_eq!(service.events().await.iter().filter(|name| *name == "sign-in.ended.v1").count(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_was_disabled_for_a_moment_signs_in_anew() {
    let service = Service::start().await;
    let user = service.user("ada@example.org", &["participant"]).await;
    let mut ada = service.somebody();
    let first = ada.sign_in("ada@example.org", PASSWORD).await.refresh_token();
    service.pass(1);
    let administrator = service.administrator().await;
    administrator.post(&format!("/v2/users/{user}/disable"), Value::Null).await.expect(StatusCode::OK);
    administrator.post(&format!("/v2/users/{user}/enable"), Value::Null).await.expect(StatusCode::OK);
    ada.refresh(&first).await.is_problem(401, "refresh-refused");
    service.pass(1);
    ada.token = None;
    ada.sign_in("ada@example.org", PASSWORD).await.expect(StatusCode::OK);
}
