//! What governance holds becomes a mark; what tenancy and compliance say shows.

use std::sync::Arc;

use acta_application::access::Role;
use acta_application::log::Actor;
use acta_application::neighbours::{
    Asking, Compliance, Governance, GovernanceData, Neighbour, NeighbourError, Neighbours, RetentionPolicy,
    SessionNotice, Tenancy, TenantStatus,
};
use acta_application::session::TenantLimits;
use acta_domain::AssemblyId;
use async_trait::async_trait;
use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::service::{Client, Service, meeting, person, tenant};

const DATA: &str = r#"{"agenda":["minutes"],"quorum":12}"#;
/// SHA-256 of it, as other software says.
const DIGEST: &str = "eae1c5c75409b08f3367700be796880966b89e69e9644ac7639093f42d111c0f";

/// Services that know all there is to know about one assembly and one tenant.
struct Office(TenantStatus);

impl Office {
    fn neighbours(status: TenantStatus) -> Neighbours {
        let office = Arc::new(Self(status));
        Neighbours {
            governance: Some(Arc::clone(&office) as Arc<dyn Governance>),
            tenancy: Some(Arc::clone(&office) as Arc<dyn Tenancy>),
            compliance: Some(office as Arc<dyn Compliance>),
            ..Neighbours::default()
        }
    }
}

#[async_trait]
impl Governance for Office {
    async fn tell(&self, _: &Asking, _: &SessionNotice) -> Result<(), NeighbourError> {
        Ok(())
    }

    async fn event_data(&self, _: &Asking, assembly: &AssemblyId) -> Result<GovernanceData, NeighbourError> {
        match assembly.as_str() {
            "a1" => Ok(GovernanceData(DATA.as_bytes().to_vec())),
            _ => Err(NeighbourError::Refused { neighbour: Neighbour::Governance, status: 404 }),
        }
    }
}

#[async_trait]
impl Tenancy for Office {
    async fn limits(&self, _: &Asking) -> Result<TenantLimits, NeighbourError> {
        Ok(TenantLimits::default())
    }

    async fn status(&self, _: &Asking) -> Result<TenantStatus, NeighbourError> {
        Ok(self.0)
    }
}

#[async_trait]
impl Compliance for Office {
    async fn retention(&self, _: &Asking) -> Result<RetentionPolicy, NeighbourError> {
        Ok(RetentionPolicy {
            policy: Some("ten years".to_owned()),
            recording_days: Some(3_650),
            transcript_days: None,
            record_days: None,
        })
    }
}

/// The path of a session of the assembly.
async fn session_of(service: &Service, assembly: &str) -> String {
    let mut details = meeting();
    details["assembly_id"] = json!(assembly);
    let created = service.chair().post("/sessions", details).await.expect(StatusCode::CREATED);
    format!("/sessions/{}", created.json()["session_id"].as_str().unwrap())
}

fn governance(service: &Service) -> Client<'_> {
    let actor = Actor::Service("governance".to_owned());
    service.client_of(tenant(1), Role::Service, actor)
}

#[tokio::test(flavor = "multi_thread")]
async fn what_governance_holds_is_recorded_and_shown_with_its_digest() {
    let service = Service::start_beside(Office::neighbours(TenantStatus::Active)).await;
    let session = session_of(&service, "a1").await;
    let path = format!("{session}/governance/event-data");
    let noted = governance(&service).post(&path, Value::Null).await.expect(StatusCode::OK);
    let body = noted.json();
    assert_eq!((&body["digest"], &body["bytes"]), (&json!(DIGEST), &json!(DATA.len())));
    assert_eq!(noted.header("acta-position"), body["position"].to_string());
    let shown = service.chair().get(&session).await.json();
    assert_eq!(shown["governance_data"]["digest"], json!(DIGEST));
    assert_eq!(shown.get("governance_notified"), None);
    governance(&service).post(&path, Value::Null).await.is_problem(409, "nothing-new");
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_asks_for_governances_data_in_vain_hears_why() {
    let service = Service::start_beside(Office::neighbours(TenantStatus::Active)).await;
    let asked = async |session: &str, asker: &Client<'_>| {
        asker.post(&format!("{session}/governance/event-data"), Value::Null).await
    };
    let other = session_of(&service, "a2").await;
    asked(&other, &governance(&service)).await.is_problem(502, "neighbour-unusable");
    let none = format!("/sessions/{}", service.session(false).await);
    asked(&none, &governance(&service)).await.is_problem(409, "no-assembly");
    let nobodys = format!("/sessions/{}", person(5));
    asked(&nobodys, &governance(&service)).await.is_problem(404, "unknown-session");
    let participant = service.client(Role::Participant, person(1));
    asked(&other, &participant).await.is_problem(403, "permission-needed");
    let alone = Service::start().await;
    let session = session_of(&alone, "a1").await;
    asked(&session, &governance(&alone)).await.is_problem(503, "not-configured");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_inactive_tenant_starts_nothing_new() {
    let service = Service::start_beside(Office::neighbours(TenantStatus::Inactive)).await;
    service.chair().post("/sessions", meeting()).await.is_problem(403, "tenant-inactive");
    assert_eq!(service.head(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_policy_of_retention_is_shown_as_compliance_says_it() {
    let service = Service::start_beside(Office::neighbours(TenantStatus::Active)).await;
    let kept = service.chair().get("/retention").await.expect(StatusCode::OK).json();
    assert_eq!(kept, json!({ "policy": "ten years", "recording_days": 3_650 }));
    service.stranger().get("/retention").await.is_problem(401, "unauthorized");
    let alone = Service::start().await;
    let none = alone.chair().get("/retention").await;
    none.is_problem(503, "not-configured");
    assert_eq!(none.header("retry-after"), "");
}
