use acta_application::access::Role;
use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::service::{Service, person};

fn chunk(number: u64, text: &str) -> Value {
    json!({ "speaker_id": person(1), "language": "en", "start_ms": number * 1_000, "end_ms": number * 1_000 + 900,
        "text": text, "confidence": 0.5, "source": "speech_to_text" })
}

#[tokio::test(flavor = "multi_thread")]
async fn chunks_are_added_corrected_and_read_in_pages() {
    let service = Service::start().await;
    let path = format!("/sessions/{}/transcript", service.session_with(&[person(1)]).await);
    let chair = service.chair();
    for number in 0..3 {
        let done =
            chair.post(&format!("{path}/chunks"), chunk(number, "Ordre!")).await.expect(StatusCode::CREATED);
        assert_eq!(done.json()["chunk"], number + 1);
    }
    let correction = json!({ "text": "Order!" });
    chair.post(&format!("{path}/chunks/2/corrections"), correction.clone()).await.expect(StatusCode::OK);
    chair.post(&format!("{path}/chunks/9/corrections"), correction).await.is_problem(404, "unknown-chunk");

    let page = chair.get(&format!("{path}?limit=2")).await.expect(StatusCode::OK).json();
    assert_eq!(
        (&page["chunks"][0]["text"], &page["chunks"][1]["text"]),
        (&json!("Ordre!"), &json!("Order!"))
    );
    let rest = chair.get(&format!("{path}?limit=2&cursor={}", page["next"].as_str().unwrap())).await.json();
    assert_eq!(rest["chunks"].as_array().unwrap().len(), 1);
    let middle = chair.get(&format!("{path}?from_ms=1000&until_ms=2000")).await.json();
    assert_eq!(middle["chunks"][0]["chunk"], 2);
    assert_eq!(middle["chunks"].as_array().unwrap().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_transcript_comes_as_a_file() {
    let service = Service::start().await;
    let path = format!("/sessions/{}/transcript", service.session_with(&[person(1)]).await);
    service.chair().post(&format!("{path}/chunks"), chunk(1, "Order!")).await.expect(StatusCode::CREATED);
    let vtt = service.chair().get(&format!("{path}?format=vtt")).await.expect(StatusCode::OK);
    assert_eq!(vtt.header("content-type"), "text/vtt; charset=utf-8");
    assert_eq!(vtt.text(), "WEBVTT\n\n1\n00:00:01.000 --> 00:00:01.900\n<v Person 1>Order!\n\n");
    let text = service.chair().get_with(&path, &[("accept", "text/plain")]).await.expect(StatusCode::OK);
    assert_eq!(text.text(), "[00:00:01] Person 1: Order!\n");
    service.chair().get_with(&path, &[("accept", "image/png")]).await.is_problem(406, "not-acceptable");
    let observer = service.client(Role::Observer, person(7));
    observer.get(&format!("{path}?format=srt")).await.is_problem(403, "permission-needed");
    assert_eq!(observer.get(&path).await.json()["chunks"][0]["sealed"], true);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_chunk_that_ends_before_it_starts_is_refused() {
    let service = Service::start().await;
    let path = format!("/sessions/{}/transcript/chunks", service.session(true).await);
    let mut body = chunk(1, "Order!");
    body["end_ms"] = json!(0);
    let answer = service.chair().post(&path, body).await;
    answer.is_problem(400, "chunk-ends-before-start");
    assert_eq!(answer.json()["field"], "/end_ms");
}
