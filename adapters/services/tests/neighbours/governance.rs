//! What the governance service is told and asked.

use acta_application::neighbours::{GovernanceData, Neighbour};
use acta_domain::GovernanceNotice;
use acta_neighbours::{Fault, Neighbour as Played, Playing, part};
use serde_json::json;
use uuid::Uuid;

use crate::given::{ASSEMBLY, Beside, SESSION, TENANT, asking, assembly, notice, one, options};

async fn given() -> (Playing<part::Governance>, Beside) {
    let governance = Played::governance().start().await.unwrap();
    let beside = one(Neighbour::Governance, governance.url(), options());
    (governance, beside)
}

#[tokio::test]
async fn the_beginning_and_the_end_of_a_session_are_told_with_their_time() {
    let (governance, beside) = given().await;
    let port = beside.ports.governance().unwrap();
    port.tell(&asking(), &notice(GovernanceNotice::SessionStarted)).await.unwrap();
    port.tell(&asking(), &notice(GovernanceNotice::SessionEnded)).await.unwrap();
    let received = governance.received();
    assert_eq!(received[0].path, format!("/api/v1/assemblies/{ASSEMBLY}/session-started"));
    assert_eq!(received[1].path, format!("/api/v1/assemblies/{ASSEMBLY}/session-ended"));
    let at = "2027-01-15T08:00:00.000000Z";
    let told = json!({ "session_id": SESSION, "tenant_id": TENANT, "modality": "hybrid", "started_at": at });
    assert_eq!(received[0].json(), told);
    assert_eq!(received[1].json()["ended_at"], at);
    assert_eq!(received[0].header("idempotency-key"), Some(&*Uuid::from_u128(77).to_string()));
    governance.assert_contract_kept();
}

#[tokio::test]
async fn what_was_told_before_counts_as_accepted() {
    let (governance, beside) = given().await;
    let port = beside.ports.governance().unwrap();
    for key in [1, 2] {
        let mut notice = notice(GovernanceNotice::SessionStarted);
        notice.idempotency_key = Uuid::from_u128(key);
        port.tell(&asking(), &notice).await.expect("409 says that it was told before");
    }
    assert_eq!(governance.part().told().len(), 1);
}

#[tokio::test]
async fn a_notice_whose_answer_was_lost_has_effect_once() {
    let (governance, beside) = given().await;
    let port = beside.ports.governance().unwrap();
    governance.set(Fault::AnswerLost).await;
    port.tell(&asking(), &notice(GovernanceNotice::SessionStarted)).await.expect_err("no answer came");
    governance.set(Fault::None).await;
    port.tell(&asking(), &notice(GovernanceNotice::SessionStarted)).await.unwrap();
    assert_eq!(governance.part().told().len(), 1);
}

#[tokio::test]
async fn what_it_holds_comes_in_the_one_form_that_can_be_digested() {
    let (governance, beside) = given().await;
    governance.part().hold(ASSEMBLY, json!({ "z": [1.0, true, null], "a": "\u{20ac}" }));
    let data = beside.ports.governance().unwrap().event_data(&asking(), &assembly()).await.unwrap();
    assert_eq!(data, GovernanceData("{\"a\":\"\u{20ac}\",\"z\":[1,true,null]}".as_bytes().to_vec()));
}

#[tokio::test]
async fn four_mebibytes_are_read() {
    let (governance, beside) = given().await;
    let filling = "x".repeat(4 * 1_024 * 1_024 - 100);
    governance.part().hold(ASSEMBLY, json!([filling]));
    let data = beside.ports.governance().unwrap().event_data(&asking(), &assembly()).await.unwrap();
    assert_eq!(data.0.len(), filling.len() + 4);
}
