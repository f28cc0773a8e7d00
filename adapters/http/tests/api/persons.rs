use acta_application::access::Role;
use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

use crate::service::{Service, person};

#[tokio::test(flavor = "multi_thread")]
async fn a_person_who_was_erased_is_nowhere_to_be_read() {
    let service = Service::start().await;
    let id = service.session_with(&[person(1)]).await;
    let chunk = json!({ "speaker_id": person(1), "language": "en", "start_ms": 0, "end_ms": 1, "text": "My secret",
        "confidence": 1, "source": "human" });
    service
        .chair()
        .post(&format!("/sessions/{id}/transcript/chunks"), chunk.clone())
        .await
        .expect(StatusCode::CREATED);
    let path = format!("/sessions/{id}/persons/{}", person(1));
    service.chair().call(Method::DELETE, &path, Value::Null, &[]).await.is_problem(403, "permission-needed");
    let head = service.head();
    let erased =
        service.administrator().call(Method::DELETE, &path, Value::Null, &[]).await.expect(StatusCode::OK);
    assert!(erased.json()["erased_at"].is_string());
    assert_eq!(service.head(), head + 1, "that it was done is on the record");

    let attendee =
        service.chair().get(&format!("/sessions/{id}/attendance")).await.json()["attendees"][0].clone();
    assert_eq!((&attendee["name"], &attendee["sealed"]), (&Value::Null, &json!(true)));
    let transcript = format!("/sessions/{id}/transcript");
    assert_eq!(service.chair().get(&transcript).await.json()["chunks"][0]["text"], Value::Null);
    assert_eq!(service.chair().get(&format!("{transcript}?format=txt")).await.text(), "");
    service.chair().post(&format!("{transcript}/chunks"), chunk).await.is_problem(410, "person-erased");
    service.stranger().get(&format!("/sessions/{id}/audit-proof")).await.expect(StatusCode::OK);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_is_handed_out_to_whoever_may_read_a_dossier_until_it_is_destroyed() {
    let service = Service::start().await;
    let id = service.session_with(&[person(1)]).await;
    let path = format!("/sessions/{id}/keys/person:{}", person(1));
    service.chair().get(&path).await.is_problem(403, "permission-needed");
    let auditor = service.client(Role::Auditor, person(98));
    let key = auditor.get(&path).await.expect(StatusCode::OK).json();
    let events = auditor.get("/events?after=0").await.json();
    let sealed = events["events"].as_array().unwrap().iter().map(|event| &event["sealed"]);
    let mine = sealed.into_iter().find(|sealed| sealed["subject"] == key["subject"]).unwrap();
    assert_eq!(key["key_id"], mine["key_id"]);
    assert_eq!((&key["algorithm"], key["key"].as_str().unwrap().len()), (&json!("A256GCM"), 44));

    auditor.get(&format!("/sessions/{id}/keys/person:{}", person(5))).await.is_problem(404, "unknown-person");
    auditor.get(&format!("/sessions/{id}/keys/somebody")).await.is_problem(400, "invalid-parameter");
    let erase = format!("/sessions/{id}/persons/{}", person(1));
    service.administrator().call(Method::DELETE, &erase, Value::Null, &[]).await.expect(StatusCode::OK);
    auditor.get(&path).await.is_problem(410, "person-erased");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_looked_and_who_was_refused_is_on_the_record() {
    let service = Service::start().await;
    let id = service.session_with(&[person(1)]).await;
    let dossier = format!("/sessions/{id}/dossier");
    service.chair().get(&dossier).await.is_problem(403, "permission-needed");
    let auditor = service.client(Role::Auditor, person(97));
    auditor.get(&dossier).await.expect(StatusCode::OK);
    auditor.get(&format!("/sessions/{id}/keys/person:{}", person(1))).await.expect(StatusCode::OK);
    let erase = format!("/sessions/{id}/persons/{}", person(1));
    for _ in 0..2 {
        service.administrator().call(Method::DELETE, &erase, Value::Null, &[]).await.expect(StatusCode::OK);
    }

    let events = auditor.get("/events?after=0").await.json();
    let looks = events["events"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|event| event["stream"]["aggregate_type"] == "access");
    let looks: Vec<_> =
        looks.map(|event| (event["type"].clone(), event["metadata"]["actor"].clone())).collect();
    let by = |number| json!(format!("person:{}", person(number)));
    let expected = [
        (json!("access.refused.v1"), by(98)),
        (json!("access.dossier-read.v1"), by(97)),
        (json!("access.key-handed-out.v1"), by(97)),
        (json!("access.person-erased.v1"), by(99)),
    ];
    assert_eq!(looks, expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_erased_of_whom_a_session_holds_nothing() {
    let service = Service::start().await;
    let path = format!("/sessions/{}/persons/{}", service.session(true).await, person(5));
    let administrator = service.client(Role::Administrator, person(99));
    administrator.call(Method::DELETE, &path, Value::Null, &[]).await.is_problem(404, "unknown-person");
}
