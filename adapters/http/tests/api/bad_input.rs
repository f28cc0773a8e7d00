//! Every bad input gets its problem, and leaves no event.

use axum::body::Body;
use axum::http::{Method, Request, StatusCode};
use serde_json::{Value, json};

use crate::service::{Service, meeting, person};

/// A body that is wrong in one member.
fn wrong(mut body: Value, member: &str, value: Value) -> String {
    body[member] = value;
    body.to_string()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bad_body_gets_its_problem_and_leaves_no_event() {
    let service = Service::start().await;
    let id = service.session_with(&[person(1)]).await;
    let attendee = json!({ "user_id": person(2) });
    let chunk = json!({ "language": "en", "start_ms": 0, "end_ms": 1, "text": "x", "confidence": 1, "source": "human" });
    let deep = "[".repeat(5_000);
    let inside = |path: &str| format!("/sessions/{id}/{path}");
    let (register, chunks) = (inside("attendance/register-attendee"), inside("transcript/chunks"));
    let cases: Vec<(String, String, &str, Option<&str>)> = vec![
        ("/sessions".into(), String::new(), "malformed-json", None),
        ("/sessions".into(), "{".into(), "malformed-json", None),
        ("/sessions".into(), "null".into(), "invalid-body", Some("")),
        ("/sessions".into(), "[]".into(), "invalid-body", None),
        ("/sessions".into(), "{} {}".into(), "invalid-body", None),
        ("/sessions".into(), format!("{{\"title\":{deep}"), "invalid-body", Some("/title")),
        ("/sessions".into(), wrong(meeting(), "extra", json!(1)), "invalid-body", Some("/extra")),
        ("/sessions".into(), wrong(meeting(), "title", json!(1)), "invalid-body", Some("/title")),
        ("/sessions".into(), wrong(meeting(), "title", json!("a\u{0}b")), "invalid-body", Some("/title")),
        ("/sessions".into(), wrong(meeting(), "title", json!("\u{7f}")), "invalid-body", Some("/title")),
        (
            "/sessions".into(),
            wrong(meeting(), "languages", json!(["en", "x"])),
            "invalid-body",
            Some("/languages/1"),
        ),
        (
            "/sessions".into(),
            wrong(meeting(), "limits", json!({ "capacity": -1 })),
            "invalid-body",
            Some("/limits/capacity"),
        ),
        (
            "/sessions".into(),
            wrong(meeting(), "limits", json!({ "x~/y": 1 })),
            "invalid-body",
            Some("/limits/x~0~1y"),
        ),
        (
            register.clone(),
            wrong(attendee.clone(), "user_id", json!("ada")),
            "invalid-body",
            Some("/user_id"),
        ),
        (
            register.clone(),
            wrong(attendee.clone(), "voting_weight", json!(1)),
            "invalid-body",
            Some("/voting_weight"),
        ),
        (register, wrong(attendee, "name", json!("x".repeat(201))), "invalid-body", Some("/name")),
        (chunks.clone(), wrong(chunk.clone(), "confidence", json!(1.1)), "invalid-body", Some("/confidence")),
        (chunks.clone(), wrong(chunk.clone(), "start_ms", json!(1e300)), "invalid-body", Some("/start_ms")),
        (chunks, r#"{"confidence": NaN}"#.into(), "malformed-json", None),
        (inside("start"), "{\"x\":1}".into(), "invalid-body", Some("/x")),
        (inside("floor/requests"), json!({ "kind": "song" }).to_string(), "invalid-body", Some("/kind")),
        (
            inside("governance/vote-opened"),
            json!({ "vote_id": "a/b" }).to_string(),
            "invalid-body",
            Some("/vote_id"),
        ),
    ];
    let head = service.head();
    for (path, body, slug, field) in cases {
        let request = Request::post(format!("/api/v1{path}")).header("content-type", "application/json");
        let answer = service.administrator().send(request.body(Body::from(body.clone())).unwrap()).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{path} {body:.80}");
        answer.is_problem(400, slug);
        if let Some(field) = field {
            assert_eq!(answer.json()["field"], field, "{path} {body:.80} {}", answer.text());
        }
    }
    assert_eq!(service.head(), head);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bad_parameter_gets_its_problem() {
    let service = Service::start().await;
    let id = service.session(true).await;
    for (path, parameter) in [
        ("/sessions?limit=0".to_owned(), "limit"),
        ("/sessions?limit=201".to_owned(), "limit"),
        ("/sessions?colour=red".to_owned(), "colour"),
        ("/sessions?status=gone".to_owned(), "status"),
        ("/sessions?starts_from=now".to_owned(), "starts_from"),
        ("/sessions?cursor=xyz".to_owned(), "cursor"),
        ("/sessions?title=".to_owned(), "title"),
        ("/sessions?at_least=-1".to_owned(), "at_least"),
        ("/sessions?at_least=18446744073709551615".to_owned(), "at_least"),
        ("/sessions/one".to_owned(), "id"),
        ("/sessions/%ff".to_owned(), "id"),
        (format!("/sessions/{id}/transcript?format=pdf"), "format"),
        (format!("/sessions/{id}/transcript?from_ms=-1"), "from_ms"),
        (format!("/sessions/{id}/attendance/quorum?at=0"), "at"),
        (format!("/sessions/{id}/receipts/inclusion?index=x"), "index"),
        (format!("/sessions/{id}/heads?limit=0"), "limit"),
    ] {
        let answer = service.chair().get(&path).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{path} {}", answer.text());
        answer.is_problem(400, "invalid-parameter");
        assert_eq!(answer.json()["parameter"], parameter, "{path} {}", answer.text());
    }
    service.chair().get("/sessions?limit=1&limit=2").await.is_problem(400, "invalid-parameter");
    let answer = service.chair().get_with("/sessions", &[("acta-at-least", "x")]).await;
    answer.is_problem(400, "invalid-parameter");
    assert_eq!(answer.json()["parameter"], "Acta-At-Least");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_of_another_type_or_size_is_refused() {
    let service = Service::start().await;
    let send = |kind: &'static str, body: Vec<u8>| {
        let request =
            Request::post("/api/v1/sessions").header("content-type", kind).body(Body::from(body)).unwrap();
        let chair = service.chair();
        async move { chair.send(request).await }
    };
    send("text/plain", b"{}".to_vec()).await.is_problem(415, "wrong-content-type");
    send("application/json", vec![b' '; 256 * 1024 + 1]).await.is_problem(413, "too-large");
    send("application/json", vec![b' '; 256 * 1024]).await.is_problem(400, "malformed-json");
    send("application/json", b"{\"title\":\"\xff\"}".to_vec()).await.expect(StatusCode::BAD_REQUEST);
    assert_eq!(service.head(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_path_or_method_that_is_not_there_gets_its_problem() {
    let service = Service::start().await;
    service.chair().get("/nothing").await.is_problem(404, "not-found");
    let answer = service.chair().call(Method::PUT, "/sessions", Value::Null, &[]).await;
    answer.is_problem(405, "method-not-allowed");
    let allow = answer.header("allow");
    assert!(allow.contains("GET") && allow.contains("POST"), "{allow}");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_answer_has_a_request_id_and_is_not_stored() {
    let service = Service::start().await;
    let answer = service.chair().get("/sessions").await;
    assert!(!answer.header("x-request-id").is_empty());
    assert_eq!(
        (answer.header("cache-control"), answer.header("x-content-type-options")),
        ("no-store", "nosniff")
    );
}
