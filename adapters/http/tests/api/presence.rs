//! Who is connected, as the room tells it and the API shows it.

use std::time::Duration;

use acta_application::access::Role;
use acta_application::log::Actor;
use acta_application::presence::{Connection, Place};
use acta_domain::{PersonId, SessionId};
use axum::http::StatusCode;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::service::{Answer, Service, person, tenant};

/// How long the board may take to hear of a change.
const PATIENCE: Duration = Duration::from_secs(20);

fn somebody(number: u128) -> Actor {
    Actor::Person(PersonId::new(person(number)))
}

/// Somebody connects to `session`.
fn connects(service: &Service, session: &str, actor: Actor) -> Connection {
    let session = SessionId::new(session.parse::<Uuid>().unwrap());
    service.presence.enter(Place { tenant: tenant(1), session, actor })
}

async fn presence(service: &Service, session: &str, query: &str) -> Answer {
    let reader = service.client(Role::Observer, person(50));
    reader.get(&format!("/sessions/{session}/presence{query}")).await.expect(StatusCode::OK)
}

/// Waits until so many connections are shown, and gives the answer.
async fn with_connections(service: &Service, session: &str, expected: u64) -> Value {
    let waiting = async {
        loop {
            let shown = presence(service, session, "").await.json();
            let connected = shown["connected"].as_array().unwrap();
            if connected.iter().map(|one| one["connections"].as_u64().unwrap()).sum::<u64>() == expected {
                return shown;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(PATIENCE, waiting).await.expect("the board hears of it")
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_connected_is_listed_with_their_connections_and_gone_after_the_last() {
    let service = Service::start().await;
    let id = service.session(false).await;
    assert_eq!(presence(&service, &id, "").await.json(), json!({ "people": 0, "connected": [] }));
    let first = [somebody(7), somebody(7), Actor::Service("captions".to_owned())];
    let first = first.map(|actor| connects(&service, &id, actor));
    let shown = with_connections(&service, &id, 3).await;
    let since = "2026-01-01T00:00:00.000000Z";
    let connected = json!([
        { "user_id": person(7), "connections": 2, "since": since },
        { "service": "captions", "connections": 1, "since": since },
    ]);
    assert_eq!(shown, json!({ "people": 2, "connected": connected }));
    drop(first);
    assert_eq!(with_connections(&service, &id, 0).await["people"], 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_connected_is_read_page_by_page() {
    let service = Service::start().await;
    let id = service.session(true).await;
    let connections: Vec<_> = (1..=5).map(|number| connects(&service, &id, somebody(number))).collect();
    with_connections(&service, &id, 5).await;
    let (mut seen, mut query) = (Vec::new(), "?limit=2".to_owned());
    loop {
        let page = presence(&service, &id, &query).await.json();
        assert_eq!(page["people"], 5);
        seen.extend(page["connected"].as_array().unwrap().iter().map(|one| one["user_id"].clone()));
        let Some(next) = page["next"].as_str() else { break };
        query = format!("?limit=2&after={next}");
    }
    assert_eq!(seen, (1..=5).map(|number| json!(person(number))).collect::<Vec<_>>());
    drop(connections);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_people_of_a_session_that_is_not_ones_own_are_not_told() {
    let service = Service::start().await;
    let id = service.session(true).await;
    let _connection = connects(&service, &id, somebody(7));
    with_connections(&service, &id, 1).await;
    let stranger = service.client_of(tenant(2), Role::Administrator, somebody(7));
    stranger.get(&format!("/sessions/{id}/presence")).await.is_problem(404, "unknown-session");
    let nobodys = format!("/sessions/{}/presence", person(404));
    service.chair().get(&nobodys).await.is_problem(404, "unknown-session");
    service.stranger().get(&format!("/sessions/{id}/presence")).await.is_problem(401, "unauthorized");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_that_is_asked_for_wrongly_is_refused() {
    let service = Service::start().await;
    let id = service.session(false).await;
    for query in ["limit=0", "limit=1001", "after=7", "after=person:7", "after=", "before=clock"] {
        let path = format!("/sessions/{id}/presence?{query}");
        service.chair().get(&path).await.is_problem(400, "invalid-parameter");
    }
}
