//! With all neighbours away, the record goes on.

use std::fs;

use acta_neighbours::Fault;
use serde_json::json;

use super::place::{Place, session_of_an_assembly};
use crate::api::Api;
use crate::binary::{printed, run};
use crate::folder::Folder;
use crate::kafka::place::feature;
use crate::meeting::{any_id, chunk_of};
use crate::service::Service;

/// A member who asks for the floor, is given it, speaks and gives it back.
async fn speaks(api: &Api, session: &str, start_ms: u64) {
    let member = any_id();
    let register = json!({ "user_id": member, "name": "Ada", "voting_weight": "1.5" });
    api.post(&format!("{session}/attendance/register-attendee"), &register).await.ok();
    let wish = json!({ "user_id": member, "kind": "speech", "topic": "The roof" });
    let request = api.post(&format!("{session}/floor/requests"), &wish).await.ok().member("request_id");
    let request = format!("{session}/floor/requests/{request}");
    api.post(&format!("{request}/approve"), &json!({ "time_limit_seconds": 600 })).await.ok();
    api.post(&format!("{session}/transcript/chunks"), &chunk_of(member, start_ms, "Mend it.")).await.ok();
    api.act(&format!("{request}/finish")).await.ok();
}

/// A code of the service itself, for somebody.
async fn own_qr(api: &Api, session: &str) -> serde_json::Value {
    let issued = api.post(&format!("{session}/attendance/qr"), &json!({ "user_id": any_id() })).await.ok();
    json!({ "token": issued.member("token") })
}

/// Ends the session, seals it, and has somebody else verify its proof.
async fn is_proved(api: &Api, session: &str) {
    api.act(&format!("{session}/end")).await.ok();
    api.act(&format!("{session}/seal")).await.ok();
    let (folder, proof) = (tempfile::tempdir().unwrap(), api.get(&format!("{session}/audit-proof")).await);
    let file = folder.path().join("proof");
    fs::write(&file, proof.expect(200).body).unwrap();
    let output = run(["verify", file.to_str().unwrap()]).await;
    let said = printed(&output);
    assert!(said.contains("session.sealed") || output.status.code().is_some(), "{said}");
    acta_proof::verify::verify_file(&fs::read(&file).unwrap(), &acta_proof::verify::VerifyOptions::default())
        .unwrap();
}

/// What needs no neighbour, played from the creation of a session on.
async fn goes_on(service: &Service) -> (Api, String) {
    let api = service.administrator(any_id()).await;
    let (session, _) = session_of_an_assembly(&api).await;
    for start in [0, 1000] {
        speaks(&api, &session, start).await;
    }
    (api, session)
}

#[tokio::test]
async fn with_all_neighbours_away_the_record_goes_on() {
    let place = Place::new().await;
    let service = place.start().await;
    place.house.set(Fault::Refuse).await;
    let (api, session) = goes_on(&service).await;
    let scan = own_qr(&api, &session).await;
    let attendance = |name: &str| format!("{session}/attendance/{name}");
    api.post(&attendance("validate-qr"), &scan).await.problem(503, "neighbour-unavailable");
    let sample = json!({ "user_id": any_id(), "sample": "QUJD" });
    api.post(&attendance("validate-biometric"), &sample).await.problem(503, "neighbour-unavailable");
    let code = json!({ "user_id": any_id(), "method": "sms", "to": "+56221234567" });
    api.post(&attendance("codes"), &code).await.problem(503, "neighbour-unavailable");
    api.get("/retention").await.problem(503, "neighbour-unavailable");
    for name in ["identity", "governance", "tenancy", "profiles", "notifications", "compliance"] {
        let (feature, health) = feature(&api, name).await;
        assert_eq!(
            (&feature["status"], &health["status"]),
            (&json!("degraded"), &json!("degraded")),
            "{name}"
        );
    }
    let overridden = api.get("/events?limit=500").await.ok().text();
    assert!(overridden.contains("attendance.overridden.v1"), "nobody could say who may attend: {overridden}");
    is_proved(&api, &session).await;
    service.stop().await;
}

#[tokio::test]
async fn where_nobody_is_asked_who_may_attend_a_code_of_ours_is_good_without_any_neighbour() {
    let place = Place::new().await;
    let service = place.start_without("USER_PROFILES_SERVICE_URL").await;
    place.house.set(Fault::Refuse).await;
    let (api, session) = goes_on(&service).await;
    let scan = own_qr(&api, &session).await;
    api.post(&format!("{session}/attendance/validate-qr"), &scan).await.ok();
    is_proved(&api, &session).await;
    service.stop().await;
}

#[tokio::test]
async fn what_needs_a_neighbour_that_was_never_set_says_which() {
    let folder = Folder::new().await;
    let service = Service::start(&folder).await;
    let (api, session) = goes_on(&service).await;
    let attendance = |name: &str| format!("{session}/attendance/{name}");
    let sample = json!({ "user_id": any_id(), "sample": "QUJD" });
    let code = json!({ "user_id": any_id(), "method": "sms", "to": "+56221234567" });
    for (answer, setting) in [
        (api.post(&attendance("validate-biometric"), &sample).await, "IDENTITY_SERVICE_URL"),
        (api.post(&attendance("codes"), &code).await, "NOTIFICATIONS_SERVICE_URL"),
        (api.get("/retention").await, "COMPLIANCE_SERVICE_URL"),
        (api.act(&format!("{session}/governance/event-data")).await, "GOVERNANCE_SERVICE_URL"),
    ] {
        let answer = answer.problem(503, "not-configured");
        assert!(answer.text().contains(setting), "{}", answer.text());
        assert_eq!(answer.header("retry-after"), "", "it will not be there later");
    }
    let scan = own_qr(&api, &session).await;
    api.post(&attendance("validate-qr"), &scan).await.ok();
    is_proved(&api, &session).await;
    service.stop().await;
}

#[tokio::test]
async fn governance_is_told_once_it_is_back() {
    let place = Place::new().await;
    let service = place.start().await;
    place.house.governance.set(Fault::Refuse).await;
    let api = service.administrator(any_id()).await;
    let (session, assembly) = session_of_an_assembly(&api).await;
    service.kill().await;
    // The answer to what has effect is lost, so that it is told again: it has effect once.
    place.house.governance.set(Fault::AnswerLost).await;
    let service = place.start().await;
    let told = || place.house.governance.part().told();
    crate::service::eventually("governance is told", async || (!told().is_empty()).then_some(())).await;
    place.mend().await;
    crate::service::eventually("the acceptance is recorded", async || {
        let events = service.administrator(api.pass().tenant()).await.get("/events?limit=500").await.ok();
        events.text().contains("governance.notified.v1").then_some(())
    })
    .await;
    let told = told();
    assert_eq!(told.len(), 1, "it has effect once: {told:?}");
    assert_eq!((&told[0].assembly, told[0].what.as_str()), (&assembly, "session-started"));
    assert!(session.ends_with(&told[0].session.to_string()));
    place.house.assert_contracts_kept();
    service.stop().await;
}
