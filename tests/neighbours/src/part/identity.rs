//! The identity service: tokens of QR codes, biometric samples, one-time codes.

use std::collections::HashMap;
use std::sync::Mutex;

use serde_json::{Value, json};
use uuid::Uuid;

use super::{Part, either, id, locked, no_such_path, text};
use crate::{Answer, Received};

/// What kind of evidence something is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum EvidenceKind {
    /// The contextual token of a QR code.
    Token,
    /// A biometric sample.
    Sample,
    /// A one-time code.
    Code,
}

/// What a piece of evidence shows.
#[derive(Debug, Clone)]
pub struct Evidence {
    person: Uuid,
    session: Option<Uuid>,
    tenant: Option<Uuid>,
    voting_weight: Option<String>,
    is_expired: bool,
    is_for_once: bool,
    is_used: bool,
}

impl Evidence {
    /// It shows that somebody is this person, once, in any session of any tenant.
    pub const fn of(person: Uuid) -> Self {
        Self {
            person,
            session: None,
            tenant: None,
            voting_weight: None,
            is_expired: false,
            is_for_once: true,
            is_used: false,
        }
    }

    /// Good in this session only.
    #[must_use]
    pub const fn in_session(mut self, session: Uuid) -> Self {
        self.session = Some(session);
        self
    }

    /// Good in this tenant only.
    #[must_use]
    pub const fn in_tenant(mut self, tenant: Uuid) -> Self {
        self.tenant = Some(tenant);
        self
    }

    /// With what the person's vote counts, such as `1.5`.
    #[must_use]
    pub fn weighing(mut self, voting_weight: &str) -> Self {
        self.voting_weight = Some(voting_weight.to_owned());
        self
    }

    /// Its time is over.
    #[must_use]
    pub const fn expired(mut self) -> Self {
        self.is_expired = true;
        self
    }

    /// The neighbour itself would accept it any number of times.
    #[must_use]
    pub const fn for_ever(mut self) -> Self {
        self.is_for_once = false;
        self
    }

    /// Why it is not good for this request, as the `reason` and as the status that say so.
    fn objection(&self, body: &Value) -> Result<(), (&'static str, u16)> {
        let is_other = |wanted: Option<Uuid>, name| wanted.is_some_and(|wanted| id(body, name) != Ok(wanted));
        let is_anothers = body["user_id"].as_str().is_some_and(|user| user != self.person.to_string());
        match () {
            () if is_other(self.session, "session_id") || is_other(self.tenant, "tenant_id") => {
                Err(("other_session", 422))
            }
            () if is_anothers => Err(("other_user", 422)),
            () if self.is_expired => Err(("expired", 410)),
            () if self.is_used => Err(("used", 409)),
            () => Ok(()),
        }
    }

    fn accepted(&self) -> Answer {
        let mut body = json!({ "valid": true, "user_id": self.person });
        if let Some(weight) = &self.voting_weight {
            body["voting_weight"] = json!(weight);
        }
        Answer::ok(body)
    }
}

/// Knows who shows what.
#[derive(Default)]
pub struct Identity {
    known: Mutex<HashMap<(EvidenceKind, String), Evidence>>,
    says_by_status: Mutex<bool>,
}

impl Identity {
    /// From now on it accepts `text` as evidence.
    pub fn accept(&self, kind: EvidenceKind, text: &str, evidence: Evidence) {
        locked(&self.known).insert((kind, text.to_owned()), evidence);
    }

    /// From now on it says by 404, 409, 410 or 422 what it does not accept, and not by `valid: false`.
    pub fn say_by_status(&self) {
        *locked(&self.says_by_status) = true;
    }

    /// Whether this evidence was accepted.
    pub fn has_accepted(&self, kind: EvidenceKind, text: &str) -> bool {
        let known = locked(&self.known);
        known.get(&(kind, text.to_owned())).is_some_and(|evidence| evidence.is_used)
    }

    fn validate(&self, kind: EvidenceKind, member: &str, body: &Value) -> Result<Answer, Answer> {
        let shown = text(body, member)?;
        id(body, "tenant_id")?;
        id(body, "session_id")?;
        if kind != EvidenceKind::Token || !body["user_id"].is_null() {
            id(body, "user_id")?;
        }
        if kind == EvidenceKind::Code && !matches!(text(body, "channel")?, "sms" | "email") {
            return Err(Answer::error(400, "channel must be sms or email"));
        }
        Ok(self.judge(kind, shown, body))
    }

    fn judge(&self, kind: EvidenceKind, shown: &str, body: &Value) -> Answer {
        let mut known = locked(&self.known);
        let Some(evidence) = known.get_mut(&(kind, shown.to_owned())) else {
            return self.refused("unknown", 404);
        };
        if let Err((reason, status)) = evidence.objection(body) {
            return self.refused(reason, status);
        }
        evidence.is_used = evidence.is_for_once;
        evidence.accepted()
    }

    fn refused(&self, reason: &str, status: u16) -> Answer {
        if *locked(&self.says_by_status) {
            return Answer::error(status, reason);
        }
        Answer::ok(json!({ "valid": false, "reason": reason }))
    }
}

impl Part for Identity {
    fn answer(&self, request: &Received) -> Answer {
        let (kind, member) = match request.path.as_str() {
            _ if request.method != "POST" => return no_such_path(),
            "/v2/contextual-tokens/validate" => (EvidenceKind::Token, "token"),
            "/v2/biometric/validate" => (EvidenceKind::Sample, "sample"),
            "/v2/codes/validate" => (EvidenceKind::Code, "code"),
            _ => return no_such_path(),
        };
        either(self.validate(kind, member, &request.json()))
    }
}
