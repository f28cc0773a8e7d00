use acta_application::access::Role;
use acta_application::log::contract::moment;
use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

use crate::service::{Service, person};

#[tokio::test(flavor = "multi_thread")]
async fn people_are_registered_leave_and_come_back() {
    let service = Service::start().await;
    let chair = service.chair();
    let path = format!("/sessions/{}/attendance", service.session(true).await);
    let ada = person(1);
    let body = json!({ "user_id": ada, "name": "Ada", "email": "ada@example.org", "voting_weight": "3.25" });
    let done = chair.post(&format!("{path}/register-attendee"), body.clone()).await.expect(StatusCode::OK);
    assert_eq!(done.json()["user_id"], ada.to_string());
    chair.post(&format!("{path}/register-attendee"), body).await.is_problem(409, "already-present");
    chair.post(&format!("{path}/{ada}/mark-left"), Value::Null).await.expect(StatusCode::OK);
    chair.post(&format!("{path}/{ada}/mark-left"), Value::Null).await.is_problem(409, "not-present");
    chair.post(&format!("{path}/{ada}/mark-returned"), Value::Null).await.expect(StatusCode::OK);

    let attendee = chair.get(&path).await.expect(StatusCode::OK).json()["attendees"][0].clone();
    assert_eq!((&attendee["name"], &attendee["email"]), (&json!("Ada"), &json!("ada@example.org")));
    assert_eq!((&attendee["status"], &attendee["voting_weight"]), (&json!("present"), &json!("3.25")));
    assert_eq!(attendee["intervals"].as_array().unwrap().len(), 2);
    let seen = service.client(Role::Observer, person(7)).get(&path).await.json()["attendees"][0].clone();
    assert_eq!((&seen["name"], &seen["sealed"]), (&Value::Null, &json!(true)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_quorum_is_counted_at_a_moment() {
    let service = Service::start().await;
    service.clock.set(moment(10));
    let id = service.session_with(&[person(1), person(2)]).await;
    service.clock.set(moment(20));
    let left = format!("/sessions/{id}/attendance/{}/mark-left", person(2));
    service.chair().post(&left, Value::Null).await.expect(StatusCode::OK);
    service.clock.set(moment(30));
    let quorum = format!("/sessions/{id}/attendance/quorum");
    let now = service.chair().get(&quorum).await.expect(StatusCode::OK).json();
    assert_eq!((&now["present"], &now["voting_weight"]), (&json!(1), &json!("0")));
    let before = service.chair().get(&format!("{quorum}?at=2026-01-01T00:00:15Z")).await.json();
    assert_eq!(before["present"], 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_capacity_of_a_session_holds() {
    let service = Service::start().await;
    let id = service.session_with(&[person(1), person(2), person(3)]).await;
    let path = format!("/sessions/{id}/attendance");
    service
        .chair()
        .post(&format!("{path}/register-attendee"), json!({ "user_id": person(4) }))
        .await
        .is_problem(409, "capacity-reached");
    let refusal = json!({ "user_id": person(4), "method": "manual", "reason": "capacity_reached", "note": "Came late" });
    service.chair().post(&format!("{path}/refuse"), refusal).await.expect(StatusCode::OK);
    let refused = service.chair().get(&format!("{path}?status=refused")).await.json();
    assert_eq!(refused["attendees"][0]["refusals"][0]["note"], "Came late");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_qr_code_lets_its_person_in_once() {
    let service = Service::start().await;
    let path = format!("/sessions/{}/attendance", service.session(true).await);
    let issued = service
        .chair()
        .post(&format!("{path}/qr"), json!({ "user_id": person(1) }))
        .await
        .expect(StatusCode::OK);
    assert_eq!(issued.json()["expires_at"], "2026-01-01T00:15:00.000000Z");
    let scan = json!({ "token": issued.json()["token"] });
    let (ada, bob) =
        (service.client(Role::Participant, person(1)), service.client(Role::Participant, person(2)));
    let validate = format!("{path}/validate-qr");
    bob.post(&validate, scan.clone()).await.is_problem(403, "qr-for-another-person");
    ada.post(&validate, scan.clone()).await.expect(StatusCode::OK);
    service
        .chair()
        .post(&format!("{path}/{}/mark-left", person(1)), Value::Null)
        .await
        .expect(StatusCode::OK);
    service.chair().post(&validate, scan).await.is_problem(409, "evidence-replayed");
    ada.post(&validate, json!({ "token": "a.b.c" })).await.is_problem(400, "qr-invalid");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_qr_code_comes_as_a_picture_too() {
    let service = Service::start().await;
    let path = format!("/sessions/{}/attendance/qr", service.session(true).await);
    let chair = service.chair();
    let body = json!({ "user_id": person(1) });
    let as_type =
        async |accept: &str| chair.call(Method::POST, &path, body.clone(), &[("accept", accept)]).await;
    let png = as_type("image/png").await.expect(StatusCode::OK);
    assert_eq!(png.header("content-type"), "image/png");
    assert!(png.body.starts_with(b"\x89PNG"));
    let svg = as_type("image/svg+xml").await.expect(StatusCode::OK);
    assert!(svg.text().contains("<svg"));
    as_type("text/html").await.is_problem(406, "not-acceptable");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_qr_code_expires() {
    let service = Service::start().await;
    let path = format!("/sessions/{}/attendance", service.session(true).await);
    let body = json!({ "user_id": person(1), "lifetime_seconds": 60 });
    let issued = service.chair().post(&format!("{path}/qr"), body).await.expect(StatusCode::OK);
    service.clock.set(moment(61));
    let scan = json!({ "token": issued.json()["token"] });
    service.chair().post(&format!("{path}/validate-qr"), scan).await.is_problem(409, "qr-expired");
}
