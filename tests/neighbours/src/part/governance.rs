//! The governance service: it is told of sessions, and holds the data of assemblies.

use std::collections::HashMap;
use std::sync::Mutex;

use serde_json::{Value, json};
use uuid::Uuid;

use super::{Part, either, id, locked, no_such_path, text};
use crate::{Answer, Received};

const ASSEMBLIES: &str = "/api/v1/assemblies/";

/// One thing that it was told, and that has effect.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// The assembly, as the path names it.
    pub assembly: String,
    /// `session-started` or `session-ended`.
    pub what: String,
    /// The session.
    pub session: Uuid,
    /// The tenant.
    pub tenant: Uuid,
    /// `started_at` or `ended_at`, as it was written.
    pub at: String,
}

/// Knows assemblies.
#[derive(Default)]
pub struct Governance {
    told: Mutex<Vec<Told>>,
    data: Mutex<HashMap<String, Value>>,
}

impl Governance {
    /// What it was told and has effect, in the order in which it came.
    pub fn told(&self) -> Vec<Told> {
        locked(&self.told).clone()
    }

    /// From now on it holds this of an assembly.
    pub fn hold(&self, assembly: &str, data: Value) {
        locked(&self.data).insert(assembly.to_owned(), data);
    }

    fn hear(&self, assembly: &str, what: &str, body: &Value) -> Result<Answer, Answer> {
        let at = if what == "session-started" { "started_at" } else { "ended_at" };
        if what == "session-started" && !matches!(text(body, "modality")?, "virtual" | "in_person" | "hybrid")
        {
            return Err(Answer::error(400, "modality must be virtual, in_person or hybrid"));
        }
        let told = Told {
            assembly: assembly.to_owned(),
            what: what.to_owned(),
            session: id(body, "session_id")?,
            tenant: id(body, "tenant_id")?,
            at: text(body, at)?.to_owned(),
        };
        let mut all = locked(&self.told);
        if all.iter().any(|each| (each.session, &each.what) == (told.session, &told.what)) {
            return Err(Answer::error(409, "this was told before"));
        }
        all.push(told);
        Ok(Answer { status: 202, body: json!({ "accepted": true }) })
    }

    fn data(&self, assembly: &str) -> Answer {
        match locked(&self.data).get(assembly) {
            Some(data) => Answer::ok(data.clone()),
            None => Answer::error(404, "no such assembly"),
        }
    }
}

impl Part for Governance {
    fn answer(&self, request: &Received) -> Answer {
        if request.method == "GET" {
            let asked = request.between(ASSEMBLIES, "/event-data");
            return asked.map_or_else(no_such_path, |assembly| self.data(assembly));
        }
        for what in ["session-started", "session-ended"] {
            if let Some(assembly) = request.between(ASSEMBLIES, &format!("/{what}")) {
                return either(self.hear(assembly, what, &request.json()));
            }
        }
        no_such_path()
    }
}
