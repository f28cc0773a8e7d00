use acta_application::access::Role;
use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::service::{Client, Service, person};

async fn request(client: &Client<'_>, path: &str, body: Value) -> String {
    let done = client.post(&format!("{path}/requests"), body).await.expect(StatusCode::CREATED);
    done.json()["request_id"].as_str().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_floor_is_asked_for_given_and_given_back() {
    let service = Service::start().await;
    let path = format!("/sessions/{}/floor", service.session_with(&[person(1), person(2)]).await);
    let (ada, bob) =
        (service.client(Role::Participant, person(1)), service.client(Role::Participant, person(2)));
    let first = request(&ada, &path, json!({ "kind": "speech", "topic": "The budget" })).await;
    let order = request(&bob, &path, json!({ "kind": "point_of_order" })).await;

    let floor = service.chair().get(&path).await.expect(StatusCode::OK).json();
    assert_eq!(
        (&floor["queue"][0]["request_id"], &floor["queue"][1]["topic"]),
        (&json!(order), &json!("The budget"))
    );

    let approve = format!("{path}/requests/{order}/approve");
    service.chair().post(&approve, json!({ "time_limit_seconds": 60 })).await.expect(StatusCode::OK);
    let second = format!("{path}/requests/{first}/approve");
    service.chair().post(&second, Value::Null).await.is_problem(409, "floor-taken");
    let finish = format!("{path}/requests/{order}/finish");
    ada.post(&finish, Value::Null).await.is_problem(403, "not-yours");
    bob.post(&finish, Value::Null).await.expect(StatusCode::OK);
    service.chair().post(&second, Value::Null).await.expect(StatusCode::OK);

    let floor = service.chair().get(&path).await.json();
    assert_eq!(floor["turns"][0]["request"]["user_id"], person(1).to_string());
    assert_eq!(floor["history"][0]["finished_by"], "speaker");
    assert_eq!(floor["counters"]["requested"], 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_asks_and_withdraws_for_oneself_unless_one_is_the_chair() {
    let service = Service::start().await;
    let path = format!("/sessions/{}/floor", service.session_with(&[person(1), person(2)]).await);
    let (ada, bob) =
        (service.client(Role::Participant, person(1)), service.client(Role::Participant, person(2)));
    let for_bob = json!({ "kind": "speech", "user_id": person(2) });
    ada.post(&format!("{path}/requests"), for_bob.clone()).await.is_problem(403, "not-yours");
    let id = request(&service.chair(), &path, for_bob).await;
    let withdraw = format!("{path}/requests/{id}/withdraw");
    ada.post(&withdraw, Value::Null).await.is_problem(403, "not-the-requester");
    bob.post(&withdraw, Value::Null).await.expect(StatusCode::OK);
    service.chair().post(&withdraw, Value::Null).await.is_problem(404, "unknown-speech-request");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_muted_person_is_not_given_a_turn() {
    let service = Service::start().await;
    let path = format!("/sessions/{}/floor", service.session_with(&[person(1)]).await);
    let ada = service.client(Role::Participant, person(1));
    let id = request(&ada, &path, json!({ "kind": "speech" })).await;
    let (mute, unmute) =
        (format!("{path}/attendees/{}/mute", person(1)), format!("{path}/attendees/{}/unmute", person(1)));
    ada.post(&mute, Value::Null).await.is_problem(403, "permission-needed");
    service.chair().post(&mute, Value::Null).await.expect(StatusCode::OK);
    service
        .chair()
        .post(&format!("{path}/requests/{id}/approve"), Value::Null)
        .await
        .is_problem(409, "person-muted");
    assert_eq!(service.chair().get(&path).await.json()["muted"][0]["user_id"], person(1).to_string());
    service.chair().post(&unmute, Value::Null).await.expect(StatusCode::OK);
    service.chair().post(&unmute, Value::Null).await.is_problem(409, "not-muted");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_denial_says_why_to_those_who_may_see_it() {
    let service = Service::start().await;
    let path = format!("/sessions/{}/floor", service.session_with(&[person(1)]).await);
    let id = request(&service.client(Role::Participant, person(1)), &path, json!({ "kind": "reply" })).await;
    let deny = format!("{path}/requests/{id}/deny");
    service.chair().post(&deny, json!({ "reason": "Closed" })).await.expect(StatusCode::OK);
    assert_eq!(service.chair().get(&path).await.json()["history"][0]["reason"], "Closed");
    let seen = service.client(Role::Observer, person(7)).get(&path).await.json();
    assert_eq!((&seen["history"][0]["reason"], &seen["history"][0]["sealed"]), (&Value::Null, &json!(true)));
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_who_is_not_there_cannot_ask() {
    let service = Service::start().await;
    let path = format!("/sessions/{}/floor/requests", service.session(true).await);
    let ada = service.client(Role::Participant, person(1));
    ada.post(&path, json!({ "kind": "speech" })).await.is_problem(409, "requester-not-present");
    let unknown = format!("{path}/{}/withdraw", person(3));
    ada.post(&unknown, Value::Null).await.is_problem(404, "unknown-speech-request");
}
