//! Rules, groups, time accounts, pauses, and calls out of turn.

use acta_application::access::Role;
use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

use crate::service::{Service, person};

/// The path of the floor of a session in which these people are and each has asked to speak, and their requests.
async fn waiting(service: &Service, people: &[u128]) -> (String, Vec<String>) {
    let people: Vec<_> = people.iter().map(|number| person(*number)).collect();
    let path = format!("/sessions/{}/floor", service.session_with(&people).await);
    let mut requests = Vec::new();
    for one in people {
        let wish = json!({ "kind": "speech", "user_id": one });
        let done = service.chair().post(&format!("{path}/requests"), wish).await.expect(StatusCode::CREATED);
        requests.push(format!("{path}/requests/{}", done.json()["request_id"].as_str().unwrap()));
    }
    (path, requests)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_rules_of_the_floor_are_shown_as_they_were_set() {
    let service = Service::start().await;
    let path = format!("/sessions/{}/floor", service.session(false).await);
    let floor = service.chair().get(&path).await.expect(StatusCode::OK).json();
    assert_eq!(floor["rules"], json!({ "queue_policy": "priority-v1" }), "before anything was set");
    let rules = json!({ "queue_policy": "balance-v1", "warning_seconds": 20 });
    let set = service.chair().put(&format!("{path}/rules"), rules.clone()).await.expect(StatusCode::OK);
    assert_eq!(set.header("acta-position"), set.json()["position"].to_string());
    assert_eq!(service.chair().get(&path).await.json()["rules"], rules);
    let ada = service.client(Role::Participant, person(1));
    ada.put(&format!("{path}/rules"), rules).await.is_problem(403, "permission-needed");
}

#[tokio::test(flavor = "multi_thread")]
async fn groups_and_accounts_are_shown_as_they_were_set() {
    let service = Service::start().await;
    let (path, _) = waiting(&service, &[1, 2]).await;
    let chair = service.chair();
    let (group, ada) = (format!("{path}/attendees/{}/group", person(1)), format!("person:{}", person(1)));
    chair.put(&group, json!({ "group": "north" })).await.expect(StatusCode::OK);
    for account in ["group:north", &ada] {
        let limited = chair.put(&format!("{path}/accounts/{account}"), json!({ "limit_seconds": 90 })).await;
        limited.expect(StatusCode::OK);
    }
    let floor = chair.get(&path).await.json();
    assert_eq!(floor["groups"], json!([{ "user_id": person(1), "group": "north" }]));
    let account = |name: &str| json!({ "account": name, "spent_ms": 0, "limit_seconds": 90 });
    let accounts = floor["accounts"].as_array().unwrap();
    assert!(accounts.contains(&account("group:north")) && accounts.contains(&account(&ada)), "{floor}");

    chair.put(&group, json!({ "group": null })).await.expect(StatusCode::OK);
    chair
        .put(&format!("{path}/accounts/{ada}"), json!({ "limit_seconds": null }))
        .await
        .expect(StatusCode::OK);
    let floor = chair.get(&path).await.json();
    assert_eq!(floor["groups"], json!([]));
    let text = floor["accounts"].to_string();
    assert!(
        text.contains("group:north") && !text.contains(&ada),
        "an account without anything on it: {text}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn out_of_turn_and_beyond_the_account_need_a_reason() {
    let service = Service::start().await;
    let (path, requests) = waiting(&service, &[1, 2]).await;
    let chair = service.chair();
    let approve = format!("{}/approve", requests[1]);
    let head = service.head();
    chair.post(&approve, Value::Null).await.is_problem(409, "out-of-turn");
    assert_eq!(service.head(), head);
    let reason = json!({ "override_reason": "The motion is hers" });
    let done = chair.post(&approve, reason.clone()).await.expect(StatusCode::OK);
    assert_eq!(service.head(), head + 2, "the turn and why");
    assert_eq!(done.json()["position"], head + 2);
    chair.post(&format!("{}/finish", requests[1]), Value::Null).await.expect(StatusCode::OK);
    chair.post(&format!("{}/approve", requests[0]), reason).await.expect(StatusCode::OK);
    assert_eq!(service.head(), head + 4, "a reason that was not needed is not recorded");
    assert!(!chair.get(&path).await.text().contains("out-of-turn"));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_override_that_is_sent_twice_under_one_key_is_recorded_once() {
    let service = Service::start().await;
    let (_, requests) = waiting(&service, &[1, 2]).await;
    let (approve, reason) =
        (format!("{}/approve", requests[1]), json!({ "override_reason": "The motion is hers" }));
    let key = [("idempotency-key", "k-1")];
    let send = || async { service.chair().call(Method::POST, &approve, reason.clone(), &key).await };
    let (first, head) = (send().await.expect(StatusCode::OK), service.head());
    let second = send().await.expect(StatusCode::OK);
    assert_eq!((first.json(), second.header("idempotent-replayed")), (second.json(), "true"));
    assert_eq!(service.head(), head);
}

#[tokio::test(flavor = "multi_thread")]
async fn why_somebody_was_called_out_of_turn_is_told_to_those_who_may_know() {
    let service = Service::start().await;
    let (path, requests) = waiting(&service, &[1, 2]).await;
    let reason = json!({ "override_reason": "The motion is hers" });
    service.chair().post(&format!("{}/approve", requests[1]), reason).await.expect(StatusCode::OK);
    let overridden = |floor: Value| floor["turns"][0]["overridden"].clone();
    let told = json!({ "rules": ["queue-order"], "reason": "The motion is hers", "sealed": false });
    assert_eq!(overridden(service.chair().get(&path).await.json()), told);
    let shut = json!({ "rules": ["queue-order"], "reason": null, "sealed": true });
    assert_eq!(overridden(service.client(Role::Observer, person(7)).get(&path).await.json()), shut);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_paused_turn_has_no_end_until_it_goes_on() {
    let service = Service::start().await;
    let (path, requests) = waiting(&service, &[1]).await;
    let chair = service.chair();
    let (pause, resume) = (format!("{}/pause", requests[0]), format!("{}/resume", requests[0]));
    chair.post(&pause, Value::Null).await.is_problem(409, "not-speaking");
    let limit = json!({ "time_limit_seconds": 60 });
    chair.post(&format!("{}/approve", requests[0]), limit).await.expect(StatusCode::OK);
    chair.post(&resume, Value::Null).await.is_problem(409, "turn-not-paused");
    let turn = |floor: Value| floor["turns"][0].clone();
    let runs = turn(chair.get(&path).await.json());
    assert!(runs["ends_at"].is_string() && runs["paused_at"].is_null() && runs["warned"] == false, "{runs}");

    chair.post(&pause, Value::Null).await.expect(StatusCode::OK);
    chair.post(&pause, Value::Null).await.is_problem(409, "turn-paused");
    let stands = turn(chair.get(&path).await.json());
    assert!(stands["ends_at"].is_null() && stands["paused_at"].is_string(), "{stands}");
    assert!((1..=60_000).contains(&stands["remaining_ms"].as_u64().unwrap()), "{stands}");
    chair.post(&resume, Value::Null).await.expect(StatusCode::OK);
    let again = turn(chair.get(&path).await.json());
    assert!(again["ends_at"].is_string() && again["paused_at"].is_null(), "{again}");

    chair.post(&pause, Value::Null).await.expect(StatusCode::OK);
    chair.post(&format!("{}/finish", requests[0]), Value::Null).await.expect(StatusCode::OK);
}

#[tokio::test(flavor = "multi_thread")]
async fn rules_groups_and_accounts_that_are_none_are_refused() {
    let service = Service::start().await;
    let (path, requests) = waiting(&service, &[1]).await;
    let (chair, head) = (service.chair(), service.head());
    let group = format!("attendees/{}/group", person(1));
    for (rest, body, field) in [
        ("rules", json!({}), ""),
        ("rules", json!({ "queue_policy": "first-come" }), "/queue_policy"),
        ("rules", json!({ "queue_policy": "balance-v1", "warning_seconds": 0 }), "/warning_seconds"),
        ("rules", json!({ "queue_policy": "balance-v1", "warning_seconds": null }), "/warning_seconds"),
        ("rules", json!({ "queue_policy": "balance-v1", "warning_seconds": 3_601 }), "/warning_seconds"),
        ("rules", json!({ "queue_policy": "balance-v1", "speed": 1 }), "/speed"),
        (&group, json!({}), ""),
        (&group, json!({ "group": "The North" }), "/group"),
        (&group, json!({ "group": "" }), "/group"),
        ("accounts/group:north", json!({}), ""),
        ("accounts/group:north", json!({ "limit_seconds": 0 }), "/limit_seconds"),
        ("accounts/group:north", json!({ "limit_seconds": 604_801 }), "/limit_seconds"),
        ("accounts/group:north", json!({ "limit_seconds": 1.5 }), "/limit_seconds"),
    ] {
        let answer = chair.put(&format!("{path}/{rest}"), body.clone()).await;
        answer.is_problem(400, "invalid-body");
        assert_eq!(answer.json()["field"], field, "{rest} {body}");
    }
    for account in ["north", "group:", "person:7", "person:", "desk:1", "group:North"] {
        let answer = chair.put(&format!("{path}/accounts/{account}"), json!({ "limit_seconds": 1 })).await;
        answer.is_problem(400, "invalid-parameter");
        assert_eq!(answer.json()["parameter"], "account", "{account}");
    }
    let reason = json!({ "override_reason": "x".repeat(301) });
    let answer = chair.post(&format!("{}/approve", requests[0]), reason).await;
    answer.is_problem(400, "invalid-body");
    assert_eq!(service.head(), head);
}
