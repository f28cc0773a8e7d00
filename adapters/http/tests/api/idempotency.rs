use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

use crate::service::{Service, meeting, person};

const KEY: [(&str, &str); 1] = [("idempotency-key", "k-1")];

#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_is_created_twice_under_one_key_is_created_once() {
    let service = Service::start().await;
    let create = || async { service.chair().call(Method::POST, "/sessions", meeting(), &KEY).await };
    let first = create().await.expect(StatusCode::CREATED);
    let second = create().await.expect(StatusCode::CREATED);
    assert_eq!(first.json(), second.json());
    assert_eq!((first.header("idempotent-replayed"), second.header("idempotent-replayed")), ("", "true"));
    assert_eq!(service.head(), first.json()["position"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repeated_command_answers_as_the_first_time_although_things_moved_on() {
    let service = Service::start().await;
    let id = service.session_with(&[person(1)]).await;
    let chunk = json!({ "language": "en", "start_ms": 0, "end_ms": 1, "text": "x", "confidence": 1, "source": "human" });
    for (path, body) in [
        ("floor/requests".to_owned(), json!({ "kind": "speech", "user_id": person(1) })),
        ("transcript/chunks".to_owned(), chunk),
        ("attendance/register-attendee".to_owned(), json!({ "user_id": person(2) })),
        (format!("attendance/{}/mark-left", person(2)), Value::Null),
        ("end".to_owned(), Value::Null),
    ] {
        let key = [("idempotency-key", path.as_str())];
        let path = format!("/sessions/{id}/{path}");
        let first = service.chair().call(Method::POST, &path, body.clone(), &key).await;
        let head = service.head();
        let second = service.chair().call(Method::POST, &path, body, &key).await;
        assert!(first.status.is_success(), "{path}: {}", first.text());
        assert_eq!((first.status, first.json()), (second.status, second.json()), "{path}");
        assert_eq!(second.header("idempotent-replayed"), "true", "{path}");
        assert_eq!(service.head(), head, "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_is_for_one_request() {
    let service = Service::start().await;
    service.chair().call(Method::POST, "/sessions", meeting(), &KEY).await.expect(StatusCode::CREATED);
    let mut other = meeting();
    other["title"] = json!("Another");
    service
        .chair()
        .call(Method::POST, "/sessions", other, &KEY)
        .await
        .is_problem(422, "idempotency-key-reused");
    service
        .administrator()
        .call(Method::POST, "/sessions", meeting(), &KEY)
        .await
        .expect(StatusCode::CREATED);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_has_its_form() {
    let service = Service::start().await;
    let long = "k".repeat(256);
    for key in ["", "a b", long.as_str()] {
        let headers = [("idempotency-key", key)];
        let answer = service.chair().call(Method::POST, "/sessions", meeting(), &headers).await;
        answer.is_problem(400, "invalid-parameter");
        assert_eq!(answer.json()["parameter"], "Idempotency-Key");
    }
    assert_eq!(service.head(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_traceparent_is_kept_with_the_event() {
    let service = Service::start().await;
    let trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    for header in [trace, "nonsense"] {
        service
            .chair()
            .call(Method::POST, "/sessions", meeting(), &[("traceparent", header)])
            .await
            .expect(StatusCode::CREATED);
    }
    let events = service.administrator().get("/events").await.json()["events"].clone();
    let of = |event: usize| events[event]["metadata"]["traceparent"].as_str().expect("it has one");
    // The same trace, and in it the span of the request and not that of whoever sent it.
    assert_eq!(of(0)[..36], trace[..36]);
    assert_ne!(of(0)[36..52], trace[36..52]);
    // Without one, a trace begins.
    assert_ne!(of(2)[3..35], trace[3..35]);
}
