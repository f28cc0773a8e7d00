//! Governance hears once of the start and the end of a session, whatever happens in between, and its data is tied to the record.

use acta_neighbours::Fault;
use serde_json::{Value, json};
use uuid::Uuid;

use super::place::{Place, session_of_an_assembly};
use crate::folder::Folder;
use crate::meeting::{any_id, feed};
use crate::service::{Service, eventually};

/// SHA-256 of what governance holds as canonical JSON (RFC 8785), which is
/// `{"agenda":[{"number":1,"title":"Actas"}],"by":null,"quorum":12}`: other software says so.
const DIGEST: &str = "a865031619d14ff35c86eaabfa227071cac6f22ae7521ae3b538efcdf5243a92";
const BYTES: usize = 63;

/// What governance holds.
fn held() -> Value {
    json!({ "quorum": 12, "agenda": [{ "title": "Actas", "number": 1 }], "by": null })
}

/// The payloads of the events of type `name`, waited for until there are `count`.
async fn recorded(service: &Service, tenant: Uuid, name: &str, count: usize) -> Vec<Value> {
    let api = service.administrator(tenant).await;
    eventually("it is recorded", async || {
        let events = feed(&api).await;
        let found: Vec<_> = events.into_iter().filter(|event| event["type"] == name).collect();
        (found.len() >= count).then_some(found)
    })
    .await
}

async fn is_told_once(place: Place) {
    let governance = &place.house.governance;
    let (service, tenant) = (place.start().await, any_id());
    governance.set(Fault::Refuse).await;
    let api = service.administrator(tenant).await;
    let (session, assembly) = session_of_an_assembly(&api).await;
    governance.part().hold(&assembly, held());
    api.act(&format!("{session}/end")).await.ok();
    service.kill().await;

    // What it is told has effect, and the answer is lost: it is told again.
    governance.set(Fault::AnswerLost).await;
    let service = place.start().await;
    eventually("it has heard", async || (!governance.part().told().is_empty()).then_some(())).await;
    service.kill().await;

    governance.set(Fault::None).await;
    let service = place.start().await;
    let noted = recorded(&service, tenant, "governance.data-recorded.v1", 1).await;
    let marks = recorded(&service, tenant, "governance.notified.v1", 2).await;
    assert_eq!((noted.len(), marks.len()), (1, 2), "{noted:?} {marks:?}");
    let told = governance.part().told();
    let heard: Vec<_> = told.iter().map(|told| told.what.as_str()).collect();
    assert_eq!(heard, ["session-started", "session-ended"]);
    assert!(told.iter().all(|told| told.assembly == assembly && told.tenant == tenant));

    let api = service.administrator(tenant).await;
    let shown = api.get(&session).await.expect(200).json();
    assert_eq!(shown["governance_data"]["digest"], json!(DIGEST));
    assert_eq!(shown["governance_data"]["bytes"], json!(BYTES));
    for when in ["started_at", "ended_at"] {
        assert!(shown["governance_notified"][when].is_string(), "{shown}");
    }
    place.house.assert_contracts_kept();
    service.stop().await;
}

#[tokio::test]
async fn start_and_end_are_in_effect_once_though_governance_was_away_and_the_service_was_killed() {
    is_told_once(Place::new().await).await;
}

#[tokio::test]
async fn they_are_on_postgresql_too() {
    is_told_once(Place::on(Folder::postgres().await).await).await;
}
