//! Nobody writes more than their share: per user and per tenant, at all instances together, and otherwise where an operator says so.

use std::path::PathBuf;

use acta_throwaway::Redis;
use futures::{StreamExt as _, stream};
use serde_json::json;
use tempfile::TempDir;
use tokio::process::Command;
use tokio::time::Instant;
use uuid::Uuid;

use crate::api::{Answer, Api};
use crate::folder::Folder;
use crate::meeting::{Meeting, any_id, session_called};
use crate::service::{Service, eventually};

/// Starts a service on `folder` with these settings.
async fn start(folder: &Folder, settings: &[(&str, &str)]) -> Service {
    let mut command = folder.serve();
    // A busy machine is not what is looked at.
    command.env("DATABASE_ACQUIRE_TIMEOUT", "30");
    for (name, value) in settings {
        command.env(name, value);
    }
    Service::spawn(folder, command).await
}

async fn create(api: &Api) -> Answer {
    api.post("/sessions", &session_called("General meeting")).await
}

/// How many sessions `api` creates until it is refused, and the refusal.
async fn until_refused(api: &Api) -> (u64, Answer) {
    for number in 0.. {
        let answer = create(api).await;
        if answer.status != 201 {
            return (number, answer.problem(429, "too-many-requests"));
        }
        assert!(number < 1_000, "there is no limit");
    }
    unreachable!("it counts for ever")
}

async fn member(service: &Service, tenant: Uuid) -> Api {
    service.person(tenant, any_id(), &["chair"]).await
}

#[track_caller]
fn retry_after(answer: &Answer) -> u64 {
    answer.header("retry-after").parse().expect("it says when to come again")
}

#[tokio::test]
async fn a_user_writes_ten_times_a_minute_and_a_tenant_a_hundred_times_if_nothing_else_is_said() {
    let (folder, tenant) = (Folder::new().await, any_id());
    let mut command: Command = folder.serve();
    command.env_remove("RATE_LIMIT_USER").env_remove("RATE_LIMIT_TENANT");
    let service = Service::spawn(&folder, command).await;
    let api = member(&service, tenant).await;
    let begin = Instant::now();
    let first = create(&api).await.expect(201);
    assert_eq!(first.header("ratelimit-policy"), r#""user";q=10;w=60, "tenant";q=100;w=60"#);
    assert!(first.header("ratelimit").starts_with(r#""user";r=9;t="#), "{}", first.header("ratelimit"));
    let (more, refused) = until_refused(&api).await;
    // What is used up comes back over the minute.
    let returned = begin.elapsed().as_secs() / 6 + 1;
    assert!((9..=9 + returned).contains(&more), "{} were taken", more + 1);
    assert!((1..=60).contains(&retry_after(&refused)), "{}", refused.header("retry-after"));
    assert!(refused.header("ratelimit").starts_with(r#""user";r=0;t="#), "{}", refused.header("ratelimit"));
    // Reading is not writing, and others are not they.
    api.get("/sessions").await.expect(200);
    create(&member(&service, tenant).await).await.expect(201);
    create(&member(&service, any_id()).await).await.expect(201);
    service.stop().await;
}

#[tokio::test]
async fn all_users_of_a_tenant_together_write_no_more_than_the_tenant_may() {
    let (folder, tenant) = (Folder::new().await, any_id());
    let service = start(&folder, &[("RATE_LIMIT_USER", "3/h"), ("RATE_LIMIT_TENANT", "5/h")]).await;
    let (one, other) = (member(&service, tenant).await, member(&service, tenant).await);
    assert_eq!(until_refused(&one).await.0, 3);
    let (number, refused) = until_refused(&other).await;
    assert_eq!(number, 2, "the tenant has 5 together");
    assert!(refused.json()["detail"].as_str().unwrap().contains("tenant"), "{}", refused.text());
    assert_eq!(until_refused(&member(&service, any_id()).await).await.0, 3, "another tenant has its own");
    service.stop().await;
}

#[tokio::test]
async fn instances_that_share_redis_count_together() {
    let (folder, redis, tenant) = (Folder::postgres().await, Redis::start().await.unwrap(), any_id());
    let settings =
        [("REDIS_URL", &*redis.url()), ("RATE_LIMIT_USER", "6/h"), ("RATE_LIMIT_TENANT", "unlimited")];
    let (one, other) = (start(&folder, &settings).await, start(&folder, &settings).await);
    let here = member(&one, tenant).await;
    let there = here.at(other.url());
    for _ in 0..3 {
        create(&here).await.expect(201);
        create(&there).await.expect(201);
    }
    create(&here).await.problem(429, "too-many-requests");
    create(&there).await.problem(429, "too-many-requests");
    // Without the others, each counts by itself, and says so. A write needs the shared memory of proofs, so none gets that far.
    redis.kill().await.unwrap();
    eventually("the health tells", async || {
        let health = one.stranger().get("//api/v1/health").await.json();
        let mut features = health["features"].as_array().unwrap().iter();
        features.any(|feature| feature["status"] == "degraded").then_some(())
    })
    .await;
    one.stop().await;
    other.stop().await;
}

/// A file of quotas.
fn quotas(text: &str) -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("quotas.toml");
    std::fs::write(&file, text).unwrap();
    (folder, file)
}

#[tokio::test]
async fn an_operation_and_a_tenant_may_have_quotas_of_their_own() {
    let (folder, special, usual) = (Folder::new().await, any_id(), any_id());
    let (_kept, file) = quotas(&format!(
        "[[rule]]\noperation = \"create_session\"\nuser = \"2/h\"\n\n\
         [[rule]]\noperation = \"create_session\"\ntenant_id = \"{special}\"\nuser = \"4/h\"\n\n\
         [[rule]]\noperation = \"start_session\"\nuser = \"unlimited\"\n"
    ));
    let settings = [
        ("RATE_LIMITS", file.to_str().unwrap()),
        ("RATE_LIMIT_USER", "3/h"),
        ("RATE_LIMIT_TENANT", "unlimited"),
    ];
    let service = start(&folder, &settings).await;
    let api = member(&service, usual).await;
    let session = create(&api).await.expect(201).member("session_id");
    assert_eq!(until_refused(&api).await.0, 1, "two in all");
    assert_eq!(until_refused(&member(&service, special).await).await.0, 4);
    for _ in 0..10 {
        assert_ne!(api.act(&format!("/sessions/{session}/start")).await.status, 429, "this one is free");
    }
    let title = json!({ "title": "Another" });
    let change = async || {
        let request = api.request(reqwest::Method::PATCH, &format!("/sessions/{session}"));
        crate::api::send(request.json(&title)).await
    };
    for _ in 0..3 {
        assert_ne!(change().await.status, 429, "what has no quota of its own has the usual one");
    }
    change().await.problem(429, "too-many-requests");
    service.stop().await;
}

#[tokio::test]
async fn a_file_of_quotas_that_cannot_be_read_keeps_the_service_from_starting() {
    let folder = Folder::new().await;
    for (text, told) in
        [("[[rule]]\noperation = \"create_session\"\n", "sets"), ("[[rule]]\nuser = \"ten\"\n", "quota")]
    {
        let (_kept, file) = quotas(text);
        let mut command = folder.serve();
        command.env("RATE_LIMITS", &file);
        let said = crate::folder::refusal(command).await;
        assert!(said.contains("is not a file of quotas") && said.contains(told), "{said}");
    }
}

#[tokio::test]
async fn a_tenant_has_no_more_active_sessions_and_participants_than_it_may() {
    let (folder, small, large) = (Folder::new().await, any_id(), any_id());
    let (_kept, file) =
        quotas(&format!("[[tenant]]\ntenant_id = \"{large}\"\nactive_sessions = 3\nparticipants = 5\n"));
    let settings =
        [("RATE_LIMITS", file.to_str().unwrap()), ("MAX_ACTIVE_SESSIONS", "1"), ("MAX_PARTICIPANTS", "2")];
    let service = start(&folder, &settings).await;
    for (tenant, sessions, people) in [(small, 1, 2), (large, 3, 5)] {
        let api = service.administrator(tenant).await;
        let mut meetings = Vec::new();
        for number in 0..sessions {
            meetings.push(Meeting::begin(&api, &format!("Meeting {number}"), 0).await);
        }
        let one_more = create(&api).await.expect(201).member("session_id");
        let start = format!("/sessions/{one_more}/start");
        api.act(&start).await.problem(409, "too-many-sessions");
        for number in 0..people {
            meetings[number % sessions].admit(&json!({ "name": "Ada" })).await;
        }
        let guest = json!({ "user_id": any_id(), "name": "Grace" });
        let register = meetings[0].path("/attendance/register-attendee");
        api.post(&register, &guest).await.problem(409, "too-many-participants");
        // Whoever leaves makes room, and so does a session that ends.
        let first = meetings[0].members[0];
        meetings[0].act(&format!("/attendance/{first}/mark-left")).await;
        api.post(&register, &guest).await.ok();
        meetings[0].act("/end").await;
        eventually("there is room for another", async || (api.act(&start).await.status == 200).then_some(()))
            .await;
    }
    service.stop().await;
}

/// Writes that are tried, and how many of them a tenant may do.
const TRIED: usize = 1_000;
const ALLOWED: usize = 100;

#[tokio::test]
#[ignore = "a thousand writes take a while: `make chaos`"]
async fn chaos_of_a_thousand_writes_at_two_instances_exactly_as_many_are_done_as_may_be() {
    let (folder, redis, tenant) = (Folder::postgres().await, Redis::start().await.unwrap(), any_id());
    let quota = format!("{ALLOWED}/24h");
    let settings =
        [("REDIS_URL", &*redis.url()), ("RATE_LIMIT_USER", "unlimited"), ("RATE_LIMIT_TENANT", &*quota)];
    let (one, other) = (start(&folder, &settings).await, start(&folder, &settings).await);
    let here = member(&one, tenant).await;
    let there = here.at(other.url());
    let tries = (0..TRIED).map(|number| create([&here, &there][number % 2]));
    let answers: Vec<_> = stream::iter(tries).buffer_unordered(16).collect().await;
    let done = answers.iter().filter(|answer| answer.status == 201).count();
    let refused = answers.iter().filter(|answer| answer.status == 429).count();
    assert_eq!((done, refused), (ALLOWED, TRIED - ALLOWED));
    one.stop().await;
    other.stop().await;
}
