//! The user profiles service: who may attend.

use std::collections::HashMap;
use std::sync::Mutex;

use serde_json::{Value, json};
use uuid::Uuid;

use super::{Part, locked, no_such_path};
use crate::{Answer, Received};

/// Knows who may attend. In a tenant that it was told nothing of, nobody may.
#[derive(Default)]
pub struct Profiles {
    eligible: Mutex<HashMap<String, Vec<Value>>>,
    says_bare_list: Mutex<bool>,
}

impl Profiles {
    /// From now on this person may attend, with what their vote counts, if that is said.
    pub fn admit(&self, tenant: Uuid, person: Uuid, voting_weight: Option<&str>) {
        let mut user = json!({ "user_id": person });
        if let Some(weight) = voting_weight {
            user["voting_weight"] = json!(weight);
        }
        locked(&self.eligible).entry(tenant.to_string()).or_default().push(user);
    }

    /// From now on nobody in the tenant may attend.
    pub fn admit_nobody(&self, tenant: Uuid) {
        locked(&self.eligible).insert(tenant.to_string(), Vec::new());
    }

    /// From now on it answers with the list itself.
    pub fn say_bare_list(&self) {
        *locked(&self.says_bare_list) = true;
    }

    fn list(&self, tenant: &str) -> Answer {
        let users = Value::from(locked(&self.eligible).get(tenant).cloned().unwrap_or_default());
        Answer::ok(if *locked(&self.says_bare_list) { users } else { json!({ "users": users }) })
    }
}

impl Part for Profiles {
    fn answer(&self, request: &Received) -> Answer {
        match request.between("/api/v1/users/eligible/", "") {
            Some(tenant) if request.method == "GET" => self.list(tenant),
            _ => no_such_path(),
        }
    }
}
