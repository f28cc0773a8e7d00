use acta_application::access::Role;
use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::service::{Service, person};

/// `body` with a place, and what its person says to that.
fn at_a_place(mut body: Value, consent: Option<bool>) -> Value {
    body["geolocation"] = json!({ "latitude": -33.4489, "longitude": -70.6693, "accuracy_meters": 35 });
    if let Some(consent) = consent {
        body["geolocation_consent"] = consent.into();
    }
    body
}

#[tokio::test(flavor = "multi_thread")]
async fn a_place_is_not_taken_without_consent() {
    let service = Service::start().await;
    let id = service.session(true).await;
    let head = service.head();
    let chair = service.chair();
    for (segment, body) in [
        ("validate-qr", json!({ "token": "a.b.c" })),
        ("validate-code", json!({ "code": "000000" })),
        ("validate-biometric", json!({ "sample": "QUJD" })),
        ("register-attendee", json!({ "user_id": person(1) })),
    ] {
        for consent in [None, Some(false)] {
            let path = format!("/sessions/{id}/attendance/{segment}");
            let answer = chair.post(&path, at_a_place(body.clone(), consent)).await;
            answer.is_problem(400, "invalid-body");
            assert_eq!(answer.json()["field"], "/geolocation_consent", "{segment}");
            assert!(!answer.text().contains("33.4489"), "{}", answer.text());
        }
    }
    assert_eq!(service.head(), head);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_place_is_kept_sealed_and_shown_to_whoever_may_read_names() {
    let service = Service::start().await;
    let path = format!("/sessions/{}/attendance", service.session(true).await);
    let chair = service.chair();
    let contact = json!({ "user_id": person(1), "name": "Ada" });
    let qr = chair.post(&format!("{path}/qr"), contact).await.expect(StatusCode::OK);
    let scan = at_a_place(json!({ "token": qr.json()["token"] }), Some(true));
    let ada = service.client(Role::Participant, person(1));
    ada.post(&format!("{path}/validate-qr"), scan).await.expect(StatusCode::OK);
    let seen = chair.get(&path).await.expect(StatusCode::OK).json()["attendees"][0].clone();
    assert_eq!((&seen["name"], &seen["geolocation"]), (&json!("Ada"), &json!("geo:-33.4489,-70.6693;u=35")));
    let observer = service.client(Role::Observer, person(7)).get(&path).await.json()["attendees"][0].clone();
    assert_eq!((&observer["geolocation"], &observer["sealed"]), (&Value::Null, &json!(true)));
    let events = service.administrator().get("/events").await;
    assert!(!events.text().contains("33.4489"), "{}", events.text());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_place_lies_on_the_earth() {
    let service = Service::start().await;
    let path = format!("/sessions/{}/attendance/register-attendee", service.session(true).await);
    for (member, value) in
        [("latitude", json!(90.5)), ("longitude", json!(-200)), ("accuracy_meters", json!(-1))]
    {
        let mut body = at_a_place(json!({ "user_id": person(1) }), Some(true));
        body["geolocation"][member] = value;
        let answer = service.chair().post(&path, body).await;
        answer.is_problem(400, "invalid-body");
        assert_eq!(answer.json()["field"], format!("/geolocation/{member}"), "{}", answer.text());
    }
}
