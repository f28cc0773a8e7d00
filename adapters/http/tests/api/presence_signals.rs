//! What was seen of people, told through the API, and when they were there.

use acta_application::access::Role;
use acta_application::log::contract;
use axum::http::{Method, StatusCode};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::service::{Answer, Service, person};

fn signal(who: Uuid, source: &str, sign: &str, minute: u32) -> Value {
    let observed_at = format!("2025-12-31T23:{minute:02}:00Z");
    json!({ "user_id": who, "source": source, "channel": "participant-7", "sign": sign, "observed_at": observed_at })
}

fn moment(minute: u32) -> String {
    format!("2025-12-31T23:{minute:02}:00.000000Z")
}

async fn note(service: &Service, session: &str, signals: &[Value]) -> Answer {
    let path = format!("/sessions/{session}/presence/signals");
    service.chair().post(&path, json!({ "signals": signals })).await
}

async fn intervals(service: &Service, session: &str, who: Uuid) -> Value {
    let reader = service.client(Role::Observer, person(50));
    let answer = reader.get(&format!("/sessions/{session}/attendance/{who}/intervals")).await;
    answer.expect(StatusCode::OK).json()
}

#[tokio::test(flavor = "multi_thread")]
async fn signals_become_intervals_in_whichever_order_they_come_and_however_often() {
    let service = Service::start().await;
    let id = service.session(true).await;
    let (who, other) = (person(7), person(8));
    let seen = [
        signal(who, "provider", "arrived", 10),
        signal(who, "manual", "arrived", 20),
        signal(who, "provider", "departed", 30),
        signal(who, "manual", "departed", 40),
    ];
    let again: Vec<_> = seen.iter().rev().chain(&seen[..1]).cloned().collect();
    note(&service, &id, &again[..3]).await.expect(StatusCode::OK);
    note(&service, &id, &again).await.expect(StatusCode::OK);
    let report = intervals(&service, &id, who).await;
    let expected = json!({ "user_id": who, "rule": "presence-v1", "contradictions": [], "intervals": [
        { "from": moment(10), "to": moment(20), "sources": ["provider"] },
        { "from": moment(20), "to": moment(30), "sources": ["provider", "manual"] },
        { "from": moment(30), "to": moment(40), "sources": ["manual"] },
    ] });
    assert_eq!(report, expected);
    let nobody = json!({ "user_id": other, "rule": "presence-v1", "contradictions": [], "intervals": [] });
    assert_eq!(intervals(&service, &id, other).await, nobody);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_known_already_is_nothing_new() {
    let service = Service::start().await;
    let id = service.session(false).await;
    let seen = [signal(person(7), "provider", "arrived", 10)];
    note(&service, &id, &seen).await.expect(StatusCode::OK);
    note(&service, &id, &seen).await.is_problem(409, "nothing-new");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_door_is_a_source_and_what_contradicts_it_is_shown() {
    let service = Service::start().await;
    let who = person(7);
    let id = service.session_with(&[who]).await;
    note(&service, &id, &[signal(who, "provider", "arrived", 10)]).await.expect(StatusCode::OK);
    let left = format!("/sessions/{id}/attendance/{who}/mark-left");
    service.clock.set(contract::moment(60));
    service.chair().post(&left, Value::Null).await.expect(StatusCode::OK);
    let report = intervals(&service, &id, who).await;
    let (came, gone) = ("2026-01-01T00:00:00.000000Z", "2026-01-01T00:01:00.000000Z");
    assert_eq!(
        report["intervals"],
        json!([
            { "from": moment(10), "to": came, "sources": ["provider"] },
            { "from": came, "to": gone, "sources": ["door", "provider"] },
            { "from": gone, "sources": ["provider"] },
        ])
    );
    let after = json!([{ "kind": "seen_after_leaving", "from": gone, "sources": ["provider"] }]);
    assert_eq!(report["contradictions"], after);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_open_ends_with_the_session_and_a_late_signal_is_taken_until_it_is_sealed() {
    let service = Service::start().await;
    let (id, who) = (service.session(true).await, person(7));
    service.chair().post(&format!("/sessions/{id}/end"), Value::Null).await.expect(StatusCode::OK);
    note(&service, &id, &[signal(who, "provider", "arrived", 10)]).await.expect(StatusCode::OK);
    let over = "2026-01-01T00:00:00.000000Z";
    let expected = json!([{ "from": moment(10), "to": over, "sources": ["provider"] }]);
    assert_eq!(intervals(&service, &id, who).await["intervals"], expected);
    service.chair().post(&format!("/sessions/{id}/seal"), Value::Null).await.expect(StatusCode::OK);
    let late = note(&service, &id, &[signal(who, "provider", "departed", 20)]).await;
    late.is_problem(409, "session-sealed");
}

#[tokio::test(flavor = "multi_thread")]
async fn signals_that_nobody_can_have_seen_are_refused_where_they_are_wrong() {
    let service = Service::start().await;
    let id = service.session(true).await;
    let good = signal(person(7), "provider", "arrived", 10);
    let wrong = |member: &str, value: Value| {
        let mut signal = good.clone();
        signal[member] = value;
        json!({ "signals": [good.clone(), signal] })
    };
    let cases = [
        (wrong("observed_at", json!("2026-01-01T00:01:01Z")), "/signals/1/observed_at"),
        (wrong("observed_at", json!("yesterday")), "/signals/1/observed_at"),
        (wrong("source", json!("door")), "/signals/1/source"),
        (wrong("source", json!("socket")), "/signals/1/source"),
        (wrong("channel", json!("")), "/signals/1/channel"),
        (wrong("channel", json!("c".repeat(129))), "/signals/1/channel"),
        (wrong("sign", json!("vanished")), "/signals/1/sign"),
        (wrong("user_id", json!("ada@example.org")), "/signals/1/user_id"),
        (json!({ "signals": [] }), "/signals"),
        (json!({ "signals": vec![good.clone(); 501] }), "/signals"),
    ];
    let before = service.head();
    for (body, field) in cases {
        let path = format!("/sessions/{id}/presence/signals");
        let problem = service.chair().post(&path, body).await;
        problem.is_problem(400, "invalid-body");
        assert_eq!(problem.json()["field"], field, "{}", problem.json());
    }
    assert_eq!(service.head(), before);
}

#[tokio::test(flavor = "multi_thread")]
async fn only_whoever_runs_the_session_tells_what_was_seen_and_once() {
    let service = Service::start().await;
    let id = service.session(true).await;
    let body = json!({ "signals": [signal(person(7), "manual", "arrived", 10)] });
    let path = format!("/sessions/{id}/presence/signals");
    for role in [Role::Observer, Role::Participant] {
        let answer = service.client(role, person(7)).post(&path, body.clone()).await;
        answer.is_problem(403, "permission-needed");
    }
    let nowhere = format!("/sessions/{}/presence/signals", person(1234));
    let answer = service.chair().post(&nowhere, body.clone()).await;
    answer.is_problem(404, "unknown-session");
    let webhook = async || {
        service.chair().call(Method::POST, &path, body.clone(), &[("idempotency-key", "a-webhook")]).await
    };
    let first = webhook().await.expect(StatusCode::OK);
    assert_eq!(webhook().await.expect(StatusCode::OK).body, first.body, "sent again, it is done once");
}
