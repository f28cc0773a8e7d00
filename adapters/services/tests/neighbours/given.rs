//! What every test begins with.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::Duration;

use acta_application::clock::Randomness;
use acta_application::health::FeatureWatch;
use acta_application::neighbours::{
    Asking, CodeMessage, IdentityAttempt, Neighbour, Neighbours, SessionNotice,
};
use acta_domain::{
    AssemblyId, AttendanceMethod, CodeId, GovernanceNotice, Modality, PersonId, SessionId, TenantId,
    Timestamp,
};
use acta_neighbours::House;
use acta_services::{NeighbourOptions, ServicesBeside};
use uuid::Uuid;
use zeroize::Zeroizing;

pub(crate) const TENANT: Uuid = Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0001);
pub(crate) const SESSION: Uuid = Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0002);
pub(crate) const ADA: Uuid = Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0003);
pub(crate) const BEN: Uuid = Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0004);
pub(crate) const TRACE: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
pub(crate) const ASSEMBLY: &str = "urn:gov:2026-11";

/// Bytes that are different each time.
struct Counted(AtomicU8);

impl Randomness for Counted {
    fn fill(&self, bytes: &mut [u8]) {
        bytes.fill(self.0.fetch_add(1, Ordering::Relaxed));
    }
}

/// A neighbour that is used through its port, and what tells how it is.
pub(crate) struct Beside {
    pub(crate) ports: Neighbours,
    watches: Vec<FeatureWatch>,
}

impl Beside {
    /// How `neighbour` is.
    pub(crate) fn state(&self, neighbour: Neighbour) -> (&'static str, bool) {
        let health = self.watches.iter().map(|watch| watch());
        let found = health.into_iter().find(|health| health.name == neighbour.as_str());
        found.map(|health| (health.state, health.well)).expect("it is watched")
    }
}

pub(crate) fn options() -> NeighbourOptions {
    NeighbourOptions::new("acta").unwrap()
}

pub(crate) fn services(options: NeighbourOptions) -> ServicesBeside {
    ServicesBeside::new(options, Arc::new(Counted(AtomicU8::new(1))))
}

pub(crate) fn finished(services: ServicesBeside) -> Beside {
    let (ports, watches) = services.finish();
    Beside { ports, watches }
}

/// One neighbour, at `url`.
pub(crate) fn one(neighbour: Neighbour, url: &str, options: NeighbourOptions) -> Beside {
    finished(services(options).with(neighbour, url).unwrap())
}

/// All of them.
pub(crate) fn all(house: &House, options: NeighbourOptions) -> Beside {
    let urls = [
        (Neighbour::Identity, house.identity.url()),
        (Neighbour::Governance, house.governance.url()),
        (Neighbour::Tenancy, house.tenancy.url()),
        (Neighbour::Profiles, house.profiles.url()),
        (Neighbour::Notifications, house.notifications.url()),
        (Neighbour::Compliance, house.compliance.url()),
    ];
    let with = |services: ServicesBeside, (neighbour, url)| services.with(neighbour, url).unwrap();
    finished(urls.into_iter().fold(services(options), with))
}

pub(crate) fn asking() -> Asking {
    Asking { tenant: TenantId::new(TENANT), traceparent: Some(TRACE.to_owned()) }
}

pub(crate) fn attempt(person: Option<Uuid>) -> IdentityAttempt {
    IdentityAttempt { session: SessionId::new(SESSION), person: person.map(PersonId::new) }
}

pub(crate) fn assembly() -> AssemblyId {
    AssemblyId::parse(ASSEMBLY).unwrap()
}

pub(crate) fn notice(notice: GovernanceNotice) -> SessionNotice {
    SessionNotice {
        notice,
        assembly_id: assembly(),
        session_id: SessionId::new(SESSION),
        modality: Modality::Hybrid,
        at: at(1_800_000_000),
        idempotency_key: Uuid::from_u128(77),
    }
}

pub(crate) fn message(method: AttendanceMethod, to: &str) -> CodeMessage {
    CodeMessage {
        method,
        to: Zeroizing::new(to.to_owned()),
        code: Zeroizing::new("481516".to_owned()),
        session: SessionId::new(SESSION),
        title: Some(Zeroizing::new("Asamblea ordinaria".to_owned())),
        expires_at: at(1_800_000_600),
        id: CodeId::new(Uuid::from_u128(88)),
    }
}

pub(crate) fn at(seconds: i64) -> Timestamp {
    Timestamp::from_micros(seconds * 1_000_000).unwrap()
}

/// Waits until `holds`.
pub(crate) async fn until(holds: impl Fn() -> bool) {
    let waited = tokio::time::timeout(Duration::from_secs(20), async {
        while !holds() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    });
    waited.await.expect("what was waited for did not come");
}
