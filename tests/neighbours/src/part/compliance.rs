//! The compliance service: how long what is to be kept.

use std::collections::HashMap;
use std::sync::Mutex;

use serde_json::{Value, json};
use uuid::Uuid;

use super::{Part, locked, no_such_path};
use crate::{Answer, Received};

/// Knows policies. A tenant that it was told nothing of has one that leaves everything open.
#[derive(Default)]
pub struct Compliance {
    policies: Mutex<HashMap<String, Value>>,
}

impl Compliance {
    /// From now on this is a tenant's policy, such as `{"policy": "legal", "recording_days": 30}`.
    pub fn set_policy(&self, tenant: Uuid, policy: Value) {
        locked(&self.policies).insert(tenant.to_string(), policy);
    }
}

impl Part for Compliance {
    fn answer(&self, request: &Received) -> Answer {
        match request.between("/api/v1/tenants/", "/retention-policy") {
            Some(tenant) if request.method == "GET" => {
                let policy = locked(&self.policies).get(tenant).cloned();
                Answer::ok(policy.unwrap_or_else(|| json!({})))
            }
            _ => no_such_path(),
        }
    }
}
