use acta_application::access::Role;
use axum::http::{Method, Request, StatusCode};
use serde_json::{Value, json};

use crate::neighbours::Directory;
use crate::service::{Answer, Client, Service, person};

async fn put(client: &Client<'_>, path: &str, csv: String) -> Answer {
    client.put_as("text/csv; charset=utf-8", &format!("{path}/eligible"), csv).await
}

#[tokio::test(flavor = "multi_thread")]
async fn only_those_on_the_list_are_let_in() {
    let service = Service::start().await;
    let path = format!("/sessions/{}/attendance", service.session(true).await);
    let chair = service.chair();
    let csv = format!("user_id,voting_weight\n{},2.5\n{},\n", person(1), person(2));
    let done = put(&chair, &path, csv).await.expect(StatusCode::OK).json();
    assert_eq!(done["people"], 2);
    assert!(done["roll_id"].is_string() && done["position"].is_u64(), "{done}");

    let register = format!("{path}/register-attendee");
    chair.post(&register, json!({ "user_id": person(1) })).await.expect(StatusCode::OK);
    chair.post(&register, json!({ "user_id": person(3) })).await.is_problem(403, "not-eligible");
    assert_eq!(chair.get(&path).await.json()["attendees"][0]["voting_weight"], "2.5");

    let qr = chair.post(&format!("{path}/qr"), json!({ "user_id": person(3) })).await.expect(StatusCode::OK);
    let guest = service.client(Role::Participant, person(3));
    let scan = json!({ "token": qr.json()["token"] });
    guest.post(&format!("{path}/validate-qr"), scan).await.is_problem(403, "not-eligible");

    let body = json!({ "user_id": person(3), "override_reason": "She holds a proxy." });
    chair.post(&register, body).await.expect(StatusCode::OK);
    let events = service.administrator().get("/events").await.json()["events"].clone();
    let last = events.as_array().unwrap().last().unwrap().clone();
    assert_eq!(last["type"], "attendance.overridden.v1", "{last}");
    assert!(!last.to_string().contains("proxy"), "{last}");

    put(&chair, &path, format!("user_id\n{}\n", person(4))).await.expect(StatusCode::OK);
    chair.post(&register, json!({ "user_id": person(2) })).await.is_problem(403, "not-eligible");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_is_recorded_once_under_one_key() {
    let service = Service::start().await;
    let path = format!("/api/v1/sessions/{}/attendance/eligible", service.session(true).await);
    let chair = service.chair();
    let send = async |csv: String| {
        let request = Request::builder().method(Method::PUT).uri(&path);
        let request = request.header("content-type", "text/csv").header("idempotency-key", "k-1");
        chair.send(request.body(csv.into()).unwrap()).await
    };
    let csv = |number: u128| format!("user_id\n{}\n", person(number));
    let first = send(csv(1)).await.expect(StatusCode::OK);
    let second = send(csv(1)).await.expect(StatusCode::OK);
    assert_eq!(first.json(), second.json());
    assert_eq!(second.header("idempotent-replayed"), "true");
    send(csv(2)).await.is_problem(422, "idempotency-key-reused");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_faulty_list_names_line_and_column_and_leaves_no_event() {
    let service = Service::start().await;
    let path = format!("/sessions/{}/attendance", service.session(true).await);
    let chair = service.chair();
    let head = service.head();
    let ada = person(1);
    for (csv, place) in [
        (String::new(), "line 1: "),
        ("user_id\n".to_owned(), "line 1: "),
        (format!("user_id,e-mail\n{ada},ada@example.org\n"), "line 1, column 2: "),
        (format!("user_id\n{ada}\nAda Lovelace\n"), "line 3, column 1 (user_id): "),
        (format!("user_id,voting_weight\n{ada},heavy\n"), "line 2, column 2 (voting_weight): "),
        (format!("user_id\n{ada}\n{ada}\n"), "line 3, column 1 (user_id): "),
        (format!("user_id\n{ada},Ada Lovelace\n"), "line 2: "),
    ] {
        let answer = put(&chair, &path, csv.clone()).await;
        answer.is_problem(400, "invalid-body");
        let detail = answer.json()["detail"].as_str().unwrap().to_owned();
        assert!(detail.starts_with(place), "{csv:?}: {detail}");
        assert!(
            !detail.contains("Ada") && !detail.contains("heavy") && !detail.contains("example.org"),
            "{detail}"
        );
    }
    let eligible = format!("{path}/eligible");
    let csv = format!("user_id\n{ada}\n");
    chair.put_as("application/json", &eligible, csv.clone()).await.is_problem(415, "wrong-content-type");
    chair.put_as("text/csv; charset=latin1", &eligible, csv).await.is_problem(415, "wrong-content-type");
    chair.put_as("text/csv", &eligible, vec![b' '; 4 * 1024 * 1024 + 1]).await.is_problem(413, "too-large");
    let participant = service.client(Role::Participant, ada);
    put(&participant, &path, String::new()).await.is_problem(403, "permission-needed");
    assert_eq!(service.head(), head);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_of_50_000_people_is_taken() {
    let service = Service::start().await;
    let path = format!("/sessions/{}/attendance", service.session(true).await);
    let people = (1..=50_000).map(|number| format!("{},1.5\n", person(number)));
    let csv = std::iter::once("user_id,voting_weight\n".to_owned()).chain(people).collect();
    let done = put(&service.chair(), &path, csv).await.expect(StatusCode::OK).json();
    assert_eq!(done["people"], 50_000);
    let body = json!({ "user_id": person(50_000) });
    service.chair().post(&format!("{path}/register-attendee"), body).await.expect(StatusCode::OK);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_list_the_profiles_service_says_who_may_attend() {
    let service = Service::start_beside(Directory::of(&[person(1)]).neighbours()).await;
    let path = format!("/sessions/{}/attendance/register-attendee", service.session(true).await);
    service.chair().post(&path, json!({ "user_id": person(1) })).await.expect(StatusCode::OK);
    service.chair().post(&path, json!({ "user_id": person(2) })).await.is_problem(403, "not-eligible");
}

#[tokio::test(flavor = "multi_thread")]
async fn while_the_profiles_service_is_away_people_are_let_in_by_hand_alone() {
    let service = Service::start_beside(Directory::silent().neighbours()).await;
    let path = format!("/sessions/{}/attendance", service.session(true).await);
    let qr = service.chair().post(&format!("{path}/qr"), json!({ "user_id": person(1) })).await;
    let ada = service.client(Role::Participant, person(1));
    let scan = json!({ "token": qr.expect(StatusCode::OK).json()["token"] });
    ada.post(&format!("{path}/validate-qr"), scan).await.is_problem(503, "neighbour-unavailable");
    let register = format!("{path}/register-attendee");
    service.chair().post(&register, json!({ "user_id": person(1) })).await.expect(StatusCode::OK);
    let events = service.administrator().get("/events").await.json()["events"].clone();
    let last = events.as_array().unwrap().last().unwrap().clone();
    assert_eq!(last["type"], "attendance.overridden.v1", "{last}");
    assert_eq!(last["payload"]["rules"], json!(["eligibility_unknown"]), "{last}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_session_takes_one_more_for_a_reason() {
    let service = Service::start().await;
    let id = service.session_with(&[person(1), person(2), person(3)]).await;
    let path = format!("/sessions/{id}/attendance/register-attendee");
    let chair = service.chair();
    let blank = json!({ "user_id": person(4), "override_reason": " " });
    chair.post(&path, blank).await.is_problem(400, "invalid-body");
    let long = json!({ "user_id": person(4), "override_reason": "x".repeat(301) });
    chair.post(&path, long).await.is_problem(400, "invalid-body");
    chair.post(&path, json!({ "user_id": person(4) })).await.is_problem(409, "capacity-reached");
    let body = json!({ "user_id": person(4), "override_reason": "The notary" });
    chair.post(&path, body).await.expect(StatusCode::OK);
    let left = format!("/sessions/{id}/attendance/{}/mark-left", person(4));
    chair.post(&left, Value::Null).await.expect(StatusCode::OK);
}
