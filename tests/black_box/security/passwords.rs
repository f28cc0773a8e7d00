//! Guessing passwords is slow, counted, and keeps nobody else from their work.

use std::fs;
use std::net::Ipv4Addr;
use std::time::Duration;

use futures::future::join_all;
use reqwest::Method;
use serde_json::json;
use tokio::time::Instant;
use uuid::Uuid;

use super::sign_in::{PASSWORD, from, sign_in, signed_in, typed, user};
use crate::api::{Answer, Api, send};
use crate::folder::Folder;
use crate::meeting::{any_id, session_called};
use crate::service::Service;

const MEBIBYTE: u64 = 1 << 20;
/// How much more memory the service may take while 200 people sign in at once.
const MORE_MEMORY: u64 = 150 * MEBIBYTE;
/// How long somebody else may wait meanwhile, on a machine that is busy.
const WAIT: Duration = Duration::from_secs(10);

async fn log_in(api: &Api, tenant: Uuid, login: &str, password: &str) -> Answer {
    send(api.request(Method::POST, "//v2/login").json(&typed(tenant, login, password))).await
}

/// A line of what the kernel says of the process's memory, in bytes.
fn memory(service: &Service, line: &str) -> u64 {
    let status = fs::read_to_string(format!("/proc/{}/status", service.pid())).unwrap();
    let found = status.lines().find_map(|text| text.strip_prefix(line)).unwrap();
    found.trim_matches([':', '\t', ' ']).trim_end_matches(" kB").trim().parse::<u64>().unwrap() * 1024
}

#[tokio::test]
async fn two_hundred_at_once_who_sign_in_are_all_answered_and_take_little_memory() {
    let (folder, tenant) = (Folder::new().await, any_id());
    let service = Service::start(&folder).await;
    user(&service.administrator(tenant).await, "ada@example.org", &["chair"]).await;
    let before = memory(&service, "VmRSS");
    let addresses: Vec<_> = (2..12).map(|last| from(Ipv4Addr::new(127, 0, 0, last), service.url())).collect();
    let logins: Vec<_> = (0..200).map(|number| format!("person-{number}@example.org")).collect();
    let tries = logins.iter().enumerate();
    let tries = tries.map(|(number, login)| {
        log_in(&addresses[number % addresses.len()], tenant, login, "not the password")
    });
    let bystander = async {
        let mut longest = Duration::ZERO;
        for _ in 0..20 {
            let begin = Instant::now();
            service.stranger().get("//api/v1/health/live").await.expect(200);
            longest = longest.max(begin.elapsed());
        }
        longest
    };
    let (answers, longest) = tokio::join!(join_all(tries), bystander);
    let mut counts = std::collections::BTreeMap::new();
    for answer in &answers {
        *counts.entry(answer.status).or_insert(0) += 1;
        match answer.status {
            401 => assert!(answer.text().contains("login-refused"), "{}", answer.text()),
            429 | 503 => assert!(!answer.header("retry-after").is_empty(), "{}", answer.text()),
            other => panic!("{other}: {}", answer.text()),
        }
    }
    let more = memory(&service, "VmHWM").saturating_sub(before);
    eprintln!("200 at once: {counts:?}, {} MiB more, others waited {longest:?} at most", more / MEBIBYTE);
    assert!(counts.contains_key(&401), "somebody's password was looked at: {counts:?}");
    assert!(more < MORE_MEMORY, "{} MiB more", more / MEBIBYTE);
    assert!(longest < WAIT, "others waited {longest:?}");
    assert_eq!(
        log_in(&service.stranger(), tenant, "ada@example.org", PASSWORD).await.status,
        200,
        "afterwards all is well"
    );
    service.stop().await;
}

#[tokio::test]
async fn an_account_is_guessed_at_ten_times_from_wherever() {
    let (folder, tenant) = (Folder::new().await, any_id());
    let service = Service::start(&folder).await;
    let administrator = service.administrator(tenant).await;
    for login in ["ada@example.org", "grace@example.org"] {
        user(&administrator, login, &["chair"]).await;
    }
    for number in 0..10 {
        let api = from(Ipv4Addr::new(127, 0, 0, 2 + number), service.url());
        log_in(&api, tenant, "ada@example.org", "not the password").await.problem(401, "login-refused");
    }
    let elsewhere = from(Ipv4Addr::new(127, 0, 0, 20), service.url());
    // In another spelling it is the same account, and not even the right password tells which one it is.
    let refused =
        log_in(&elsewhere, tenant, " Ada@Example.org ", PASSWORD).await.problem(429, "too-many-requests");
    let seconds: u64 = refused.header("retry-after").parse().unwrap();
    assert!((1..=15 * 60).contains(&seconds), "{seconds}");
    log_in(&elsewhere, tenant, "grace@example.org", PASSWORD).await.expect(200);
    service.stop().await;
}

#[tokio::test]
async fn an_address_guesses_thirty_times_whoever_it_guesses_at() {
    let (folder, tenant) = (Folder::new().await, any_id());
    let service = Service::start(&folder).await;
    user(&service.administrator(tenant).await, "ada@example.org", &["chair"]).await;
    let [guesser, elsewhere] = [2, 3].map(|last| from(Ipv4Addr::new(127, 0, 0, last), service.url()));
    // What is right does not count.
    for _ in 0..5 {
        log_in(&guesser, tenant, "ada@example.org", PASSWORD).await.expect(200);
    }
    for number in 0..30 {
        let login = format!("person-{number}@example.org");
        log_in(&guesser, any_id(), &login, PASSWORD).await.problem(401, "login-refused");
    }
    log_in(&guesser, tenant, "ada@example.org", PASSWORD).await.problem(429, "too-many-requests");
    // A header that anybody can write makes it no other address.
    let forged = guesser.request(Method::POST, "//v2/login").header("X-Forwarded-For", "192.0.2.7");
    send(forged.json(&typed(tenant, "ada@example.org", PASSWORD))).await.problem(429, "too-many-requests");
    log_in(&elsewhere, tenant, "ada@example.org", PASSWORD).await.expect(200);
    service.stop().await;
}

#[tokio::test]
async fn an_address_guesses_the_secrets_of_clients_thirty_times() {
    let folder = Folder::new().await;
    let service = Service::start(&folder).await;
    let administrator = service.administrator(any_id()).await;
    let client =
        administrator.post("//v2/clients", &json!({ "name": "scheduler", "roles": ["service"] })).await;
    let (id, secret) = (client.member("client_id"), client.member("client_secret"));
    let [guesser, elsewhere] = [2, 3].map(|last| from(Ipv4Addr::new(127, 0, 0, last), service.url()));
    for _ in 0..30 {
        let refused = asks_for_token(&guesser, &id, "not the secret").await.expect(401);
        assert_eq!(refused.member("error"), "invalid_client");
    }
    let refused = asks_for_token(&guesser, &id, &secret).await.expect(429);
    assert!(!refused.header("retry-after").is_empty(), "{}", refused.text());
    asks_for_token(&elsewhere, &id, &secret).await.expect(200);
    service.stop().await;
}

async fn asks_for_token(api: &Api, id: &str, secret: &str) -> Answer {
    let form =
        format!("grant_type=client_credentials&client_id={id}&client_secret={}", secret.replace(' ', "+"));
    let request = api.request(Method::POST, "//oauth/token");
    send(request.header("Content-Type", "application/x-www-form-urlencoded").body(form)).await
}

#[tokio::test]
async fn whoever_signs_in_with_a_key_may_write_and_without_one_may_only_read() {
    let (folder, tenant) = (Folder::new().await, any_id());
    let service = Service::start(&folder).await;
    let administrator = service.administrator(tenant).await;
    user(&administrator, "ada@example.org", &["chair"]).await;
    let ada = signed_in(&administrator, "ada@example.org", PASSWORD).await;
    let session = session_called("General meeting");
    ada.post("/sessions", &session).await.expect(201);
    ada.get("//v2/users").await.problem(403, "permission-needed");
    sign_in(&administrator, "ada@example.org", "not the password").await.problem(401, "login-refused");
    let token = log_in(&service.stranger(), tenant, "ada@example.org", PASSWORD).await.expect(200);
    assert_eq!(token.member("token_type"), "Bearer");
    let bearer = format!("Bearer {}", token.member("access_token"));
    let with = |method| service.stranger().request(method, "/sessions").header("Authorization", &bearer);
    send(with(Method::GET)).await.expect(200);
    send(with(Method::POST).json(&session)).await.problem(401, "unauthorized");
    service.stop().await;
}
