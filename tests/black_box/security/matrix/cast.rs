//! Who calls.

use reqwest::Method;
use serde_json::Value;
use uuid::Uuid;

use super::super::papers::House;
use super::target::Target;
use crate::api::{Api, Call};
use crate::meeting::{any_id, feed};
use crate::service::Service;

/// Somebody without a token.
pub(super) const NO_TOKEN: &str = "no token";
/// A service that shows a certificate on the internal listener.
pub(super) const CERTIFICATE: &str = "certificate";
/// The roles that every tenant has.
pub(super) const ROLES: [&str; 8] =
    ["observer", "participant", "speaker", "moderator", "auditor", "service", "chair", "administrator"];

/// Somebody who calls.
pub(super) struct Caller {
    /// What they are.
    pub(super) name: &'static str,
    api: Api,
    /// The tenant that the header names.
    tenant: Option<Uuid>,
    /// Something in their tenant that is about themselves, and something that is about another person.
    targets: Vec<Target>,
}

impl Caller {
    /// A request of theirs.
    pub(super) fn request(&self, method: Method, path: &str) -> Call {
        let request = self.api.request(method, path);
        match self.tenant {
            Some(tenant) => request.header("X-Tenant-Id", tenant),
            None => request,
        }
    }

    /// What is about themselves.
    pub(super) fn own(&self) -> &Target {
        &self.targets[0]
    }

    /// What is about another person of their tenant.
    pub(super) fn another(&self) -> &Target {
        &self.targets[1]
    }
}

/// The other tenant.
pub(super) struct Others {
    administrator: Api,
    /// What is there.
    pub(super) target: Target,
}

impl Others {
    /// Everything that happened there, in order.
    pub(super) async fn feed(&self) -> Vec<Value> {
        feed(&self.administrator).await
    }
}

/// Everybody who calls, and what they call about.
pub(super) struct Cast {
    pub(super) callers: Vec<Caller>,
    pub(super) others: Others,
}

impl Cast {
    /// Everybody, at a service whose internal listener, if there is one, has its papers from `house`.
    pub(super) async fn assemble(service: &Service, house: Option<&House>) -> Self {
        let (tenant, other) = (any_id(), any_id());
        let administrator = service.administrator(tenant).await;
        let scheduler = scheduler(service, house, tenant).await;
        let mut callers =
            vec![caller(NO_TOKEN, service.stranger(), any_id(), &scheduler, &administrator).await];
        for role in ROLES {
            let person = any_id();
            let api = service.person(tenant, person, &[role]).await;
            callers.push(caller(role, api, person, &scheduler, &administrator).await);
        }
        if house.is_some() {
            let made = caller(CERTIFICATE, scheduler.api.clone(), any_id(), &scheduler, &administrator).await;
            callers.push(Caller { tenant: Some(tenant), ..made });
        }
        let administrator = service.administrator(other).await;
        let scheduler = self::scheduler(service, house, other).await;
        let target = Target::make(&scheduler, &administrator, any_id()).await;
        Self { callers, others: Others { administrator, target } }
    }
}

/// Who creates the sessions of `tenant`.
async fn scheduler(service: &Service, house: Option<&House>, tenant: Uuid) -> Caller {
    let (api, tenant) = match house {
        Some(house) => (Api::by(house.governance(), &service.internal_url().await), Some(tenant)),
        None => (service.administrator(tenant).await, None),
    };
    Caller { name: "scheduler", api, tenant, targets: Vec::new() }
}

/// Somebody who calls by `api`, with what they call about.
async fn caller(
    name: &'static str,
    api: Api,
    person: Uuid,
    scheduler: &Caller,
    administrator: &Api,
) -> Caller {
    let own = Target::make(scheduler, administrator, person).await;
    let another = Target::make(scheduler, administrator, any_id()).await;
    Caller { name, api, tenant: None, targets: vec![own, another] }
}
