//! The tenancy service: what tenants may have.

use std::collections::HashMap;
use std::sync::Mutex;

use serde_json::{Value, json};
use uuid::Uuid;

use super::{Part, locked, no_such_path};
use crate::{Answer, Received};

const TENANTS: &str = "/api/v1/tenants/";

/// Knows tenants. One that it was told nothing of is active and has no limits.
#[derive(Default)]
pub struct Tenancy {
    limits: Mutex<HashMap<String, Value>>,
    status: Mutex<HashMap<String, Option<String>>>,
}

impl Tenancy {
    /// From now on these are the limits of a tenant, such as `{"max_participants": 10}`.
    pub fn set_limits(&self, tenant: Uuid, limits: Value) {
        locked(&self.limits).insert(tenant.to_string(), limits);
    }

    /// From now on this is the status of a tenant.
    pub fn set_status(&self, tenant: Uuid, status: &str) {
        locked(&self.status).insert(tenant.to_string(), Some(status.to_owned()));
    }

    /// From now on it knows no such tenant.
    pub fn forget_tenant(&self, tenant: Uuid) {
        locked(&self.status).insert(tenant.to_string(), None);
    }

    fn status(&self, tenant: &str) -> Answer {
        match locked(&self.status).get(tenant) {
            Some(Some(status)) => Answer::ok(json!({ "status": status })),
            Some(None) => Answer::error(404, "no such tenant"),
            None => Answer::ok(json!({ "status": "active" })),
        }
    }

    fn limits(&self, tenant: &str) -> Answer {
        let limits = locked(&self.limits).get(tenant).cloned();
        Answer::ok(limits.unwrap_or_else(|| json!({})))
    }
}

impl Part for Tenancy {
    fn answer(&self, request: &Received) -> Answer {
        if request.method != "GET" {
            return no_such_path();
        }
        if let Some(tenant) = request.between(TENANTS, "/streaming-limits") {
            return self.limits(tenant);
        }
        request.between(TENANTS, "/status").map_or_else(no_such_path, |tenant| self.status(tenant))
    }
}
