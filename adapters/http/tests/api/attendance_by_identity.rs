use acta_application::access::Role;
use acta_application::neighbours::EvidenceRefusal;
use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

use crate::neighbours::Papers;
use crate::service::{Service, person};

const SAMPLE: &str = "QWRhJ3MgZmFjZQ==";

#[tokio::test(flavor = "multi_thread")]
async fn a_sample_lets_its_person_in_once() {
    let service = Service::start_beside(Papers::default().of(SAMPLE, person(1)).neighbours()).await;
    let path = format!("/sessions/{}/attendance", service.session(true).await);
    let validate = format!("{path}/validate-biometric");
    let (ada, bob) =
        (service.client(Role::Participant, person(1)), service.client(Role::Participant, person(2)));
    bob.post(&validate, json!({ "sample": SAMPLE })).await.is_problem(403, "evidence-for-another-person");
    bob.post(&validate, json!({ "sample": SAMPLE, "user_id": person(1) })).await.is_problem(403, "not-yours");
    ada.post(&validate, json!({ "sample": "bm90IGhlcnM=" })).await.is_problem(403, "evidence-not-accepted");
    let done = ada.post(&validate, json!({ "sample": SAMPLE })).await.expect(StatusCode::OK).json();
    assert_eq!(done["user_id"], person(1).to_string());
    let left = format!("{path}/{}/mark-left", person(1));
    service.chair().post(&left, Value::Null).await.expect(StatusCode::OK);
    let shown = json!({ "sample": SAMPLE, "user_id": person(1) });
    service.chair().post(&validate, shown).await.is_problem(409, "evidence-replayed");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_large_sample_passes_and_a_larger_one_does_not() {
    let largest = "A".repeat(180_000);
    let service = Service::start_beside(Papers::default().of(&largest, person(1)).neighbours()).await;
    let path = format!("/sessions/{}/attendance/validate-biometric", service.session(true).await);
    let ada = service.client(Role::Participant, person(1));
    let answer = ada.post(&path, json!({ "sample": format!("{largest}A") })).await;
    answer.is_problem(400, "invalid-body");
    assert_eq!(answer.json()["field"], "/sample");
    let key = [("idempotency-key", "k-1")];
    for replayed in ["", "true"] {
        let answer = ada.call(Method::POST, &path, json!({ "sample": largest }), &key).await;
        assert_eq!(answer.expect(StatusCode::OK).header("idempotent-replayed"), replayed);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn without_an_identity_service_no_sample_is_looked_at() {
    let service = Service::start().await;
    let path = format!("/sessions/{}/attendance/validate-biometric", service.session(true).await);
    let head = service.head();
    let answer = service.client(Role::Participant, person(1)).post(&path, json!({ "sample": SAMPLE })).await;
    answer.is_problem(503, "not-configured");
    assert!(answer.text().contains("IDENTITY_SERVICE_URL"), "{}", answer.text());
    assert_eq!(service.head(), head);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_is_none_of_ours_goes_to_the_identity_service() {
    let papers = Papers::default()
        .of("theirs", person(1))
        .refusing("late", EvidenceRefusal::Expired)
        .refusing("spent", EvidenceRefusal::Used)
        .refusing("elsewhere", EvidenceRefusal::OtherSession)
        .refusing("bobs", EvidenceRefusal::OtherPerson);
    let service = Service::start_beside(papers.neighbours()).await;
    let path = format!("/sessions/{}/attendance/validate-qr", service.session(true).await);
    let ada = service.client(Role::Participant, person(1));
    for (token, status, slug) in [
        ("unknown", 403, "evidence-not-accepted"),
        ("late", 409, "evidence-expired"),
        ("spent", 409, "evidence-replayed"),
        ("elsewhere", 409, "evidence-for-another-session"),
        ("bobs", 403, "evidence-for-another-person"),
    ] {
        ada.post(&path, json!({ "token": token })).await.is_problem(status, slug);
    }
    ada.post(&path, json!({ "token": "theirs" })).await.expect(StatusCode::OK);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_older_paths_do_the_same() {
    let papers = Papers::default().of("token", person(1)).of("CODE", person(2)).of(SAMPLE, person(3));
    let service = Service::start_beside(papers.neighbours()).await;
    let path = format!("/sessions/{}", service.session(true).await);
    for (number, segment, body) in [
        (1, "validate-qr", json!({ "token": "token" })),
        (2, "validate-code", json!({ "code": "CODE", "method": "sms" })),
        (3, "validate-biometric", json!({ "sample": SAMPLE })),
    ] {
        let somebody = service.client(Role::Participant, person(number));
        let done = somebody.post(&format!("{path}/{segment}"), body).await.expect(StatusCode::OK);
        assert_eq!(done.json()["user_id"], person(number).to_string());
    }
    let chair = service.chair();
    let left = format!("{path}/attendance/{}/mark-left", person(1));
    chair.post(&left, Value::Null).await.expect(StatusCode::OK);
    let body = json!({ "user_id": person(1) });
    chair.post(&format!("{path}/register-attendee"), body.clone()).await.expect(StatusCode::OK);
    let again = chair.post(&format!("{path}/attendance/register-attendee"), body).await;
    again.is_problem(409, "already-present");
}
