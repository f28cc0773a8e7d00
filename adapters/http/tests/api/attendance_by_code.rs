use acta_application::access::Role;
use acta_application::log::Actor;
use acta_application::log::contract::moment;
use acta_domain::AttendanceMethod;
use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

use crate::neighbours::{Papers, Postbox};
use crate::service::{Client, Service, person, tenant};

const NUMBER: &str = "+56221234567";

/// Asks for a code for `whom`, to be sent to [`NUMBER`].
async fn issue(client: &Client<'_>, path: &str, whom: u128) -> Value {
    let body = json!({ "user_id": person(whom), "method": "sms", "to": NUMBER });
    client.post(&format!("{path}/codes"), body).await.expect(StatusCode::CREATED).json()
}

/// Another code than `code`.
fn wrong(code: &str) -> String {
    let last = if code.ends_with('0') { '1' } else { '0' };
    format!("{}{last}", &code[..code.len() - 1])
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_that_was_sent_lets_its_person_in_once() {
    let postbox = Postbox::new();
    let service = Service::start_beside(postbox.neighbours()).await;
    let path = format!("/sessions/{}/attendance", service.session(true).await);
    let issued = issue(&service.chair(), &path, 1).await;
    assert_eq!(issued["expires_at"], "2026-01-01T00:10:00.000000Z");
    assert!(issued["code_id"].is_string() && issued["position"].is_u64(), "{issued}");
    let (method, to, code) = postbox.last();
    assert_eq!((method, to.as_str()), (AttendanceMethod::Sms, NUMBER));

    let validate = format!("{path}/validate-code");
    let (ada, bob) =
        (service.client(Role::Participant, person(1)), service.client(Role::Participant, person(2)));
    bob.post(&validate, json!({ "code": code })).await.is_problem(409, "no-code");
    bob.post(&validate, json!({ "code": code, "user_id": person(1) })).await.is_problem(403, "not-yours");
    let done = ada.post(&validate, json!({ "code": code })).await.expect(StatusCode::OK).json();
    assert_eq!(done["user_id"], person(1).to_string());
    let seen = service.chair().get(&path).await.json()["attendees"][0].clone();
    assert_eq!((&seen["method"], &seen["status"]), (&json!("sms"), &json!("present")));

    let left = format!("{path}/{}/mark-left", person(1));
    service.chair().post(&left, Value::Null).await.expect(StatusCode::OK);
    ada.post(&validate, json!({ "code": code })).await.is_problem(409, "evidence-replayed");
}

#[tokio::test(flavor = "multi_thread")]
async fn five_wrong_codes_void_the_one_that_was_sent() {
    let postbox = Postbox::new();
    let service = Service::start_beside(postbox.neighbours()).await;
    let path = format!("/sessions/{}/attendance", service.session(true).await);
    issue(&service.chair(), &path, 1).await;
    let code = postbox.last().2;
    let (ada, validate) = (service.client(Role::Participant, person(1)), format!("{path}/validate-code"));
    for tries_left in (0..5).rev() {
        let answer = ada.post(&validate, json!({ "code": wrong(&code) })).await;
        answer.is_problem(403, "code-wrong");
        let detail = answer.json()["detail"].as_str().unwrap().to_owned();
        assert!(detail.contains(&format!("{tries_left} more")), "{detail}");
    }
    ada.post(&validate, json!({ "code": code })).await.is_problem(409, "no-code");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_expires_and_a_newer_one_takes_its_place() {
    let postbox = Postbox::new();
    let service = Service::start_beside(postbox.neighbours()).await;
    let path = format!("/sessions/{}/attendance", service.session(true).await);
    let chair = service.chair();
    let validate = format!("{path}/validate-code");
    issue(&chair, &path, 1).await;
    service.clock.set(moment(601));
    let shown = json!({ "code": postbox.last().2, "user_id": person(1) });
    chair.post(&validate, shown).await.is_problem(409, "evidence-expired");
    let body =
        json!({ "user_id": person(1), "method": "email", "to": "ada@example.org", "lifetime_seconds": 60 });
    let issued = chair.post(&format!("{path}/codes"), body).await.expect(StatusCode::CREATED).json();
    assert_eq!(issued["expires_at"], "2026-01-01T00:11:01.000000Z");
    let shown = json!({ "code": postbox.last().2, "user_id": person(1) });
    chair.post(&validate, shown).await.expect(StatusCode::OK);
    assert_eq!(chair.get(&path).await.json()["attendees"][0]["method"], "email");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_is_issued_once_under_one_key() {
    let postbox = Postbox::new();
    let service = Service::start_beside(postbox.neighbours()).await;
    let path = format!("/sessions/{}/attendance/codes", service.session(true).await);
    let body = json!({ "user_id": person(1), "method": "sms", "to": NUMBER });
    let chair = service.chair();
    let key = [("idempotency-key", "k-1")];
    let first = chair.call(Method::POST, &path, body.clone(), &key).await.expect(StatusCode::CREATED);
    let second = chair.call(Method::POST, &path, body, &key).await.expect(StatusCode::CREATED);
    assert_eq!(first.json(), second.json());
    assert_eq!(second.header("idempotent-replayed"), "true");
    assert!(postbox.count() >= 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_anything_that_brings_codes_none_is_made() {
    let service = Service::start().await;
    let path = format!("/sessions/{}/attendance", service.session(true).await);
    let head = service.head();
    let body = json!({ "user_id": person(1), "method": "sms", "to": NUMBER });
    let answer = service.chair().post(&format!("{path}/codes"), body).await;
    answer.is_problem(503, "not-configured");
    assert!(answer.text().contains("NOTIFICATIONS_SERVICE_URL"), "{}", answer.text());
    assert_eq!(answer.header("retry-after"), "");
    assert_eq!(service.head(), head);
    let shown = json!({ "code": "000000", "user_id": person(1) });
    service.chair().post(&format!("{path}/validate-code"), shown).await.is_problem(409, "no-code");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_that_cannot_be_sent_is_a_neighbours_failure() {
    let postbox = Postbox::new();
    let service = Service::start_beside(postbox.neighbours()).await;
    let path = format!("/sessions/{}/attendance/codes", service.session(true).await);
    postbox.close();
    let body = json!({ "user_id": person(1), "method": "sms", "to": NUMBER });
    let answer = service.chair().post(&path, body).await;
    answer.is_problem(503, "neighbour-unavailable");
    assert_eq!(answer.header("retry-after"), "1");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_goes_to_an_address_of_its_method() {
    let postbox = Postbox::new();
    let service = Service::start_beside(postbox.neighbours()).await;
    let path = format!("/sessions/{}/attendance/codes", service.session(true).await);
    for (method, to) in
        [("sms", "ada@example.org"), ("email", NUMBER), ("email", "ada"), ("sms", "0221234567")]
    {
        let body = json!({ "user_id": person(1), "method": method, "to": to });
        let answer = service.chair().post(&path, body).await;
        answer.is_problem(400, "invalid-body");
        assert_eq!(answer.json()["field"], "/to");
        assert!(!answer.text().contains(to), "{}", answer.text());
    }
    let manual = json!({ "user_id": person(1), "method": "manual", "to": NUMBER });
    service.chair().post(&path, manual).await.is_problem(400, "invalid-body");
    let participant = service.client(Role::Participant, person(1));
    let own = json!({ "user_id": person(1), "method": "sms", "to": NUMBER });
    participant.post(&path, own).await.is_problem(403, "permission-needed");
    assert_eq!(postbox.count(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_of_the_identity_service_lets_in_too() {
    let service = Service::start_beside(Papers::default().of("ELSE-WHERE", person(1)).neighbours()).await;
    let path = format!("/sessions/{}/attendance/validate-code", service.session(true).await);
    let ada = service.client(Role::Participant, person(1));
    let shown = |code: &str| json!({ "code": code, "method": "email" });
    ada.post(&path, shown("NO-SUCH-CODE")).await.is_problem(403, "evidence-not-accepted");
    ada.post(&path, shown("ELSE-WHERE")).await.expect(StatusCode::OK);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_says_whose_code_it_is() {
    let service = Service::start().await;
    let path = format!("/sessions/{}/attendance/validate-code", service.session(true).await);
    let desk = service.client_of(tenant(1), Role::Chair, Actor::Service("desk".to_owned()));
    let answer = desk.post(&path, json!({ "code": "000000" })).await;
    answer.is_problem(400, "invalid-body");
    assert_eq!(answer.json()["field"], "/user_id");
}
