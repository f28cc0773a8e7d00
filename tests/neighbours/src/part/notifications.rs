//! The notifications service: it brings codes to people.

use std::sync::Mutex;

use serde_json::{Value, json};
use uuid::Uuid;

use super::{Part, either, id, locked, no_such_path, text};
use crate::{Answer, Received};

/// A message that it took over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// `sms` or `email`.
    pub channel: String,
    /// The telephone number or the e-mail address.
    pub to: String,
    /// The tenant.
    pub tenant: Uuid,
    /// The session.
    pub session: Uuid,
    /// The code.
    pub code: String,
    /// Until when it is good, as it was written.
    pub expires_at: String,
    /// What the session is called, if that was said.
    pub title: Option<String>,
}

/// Keeps what it would bring.
#[derive(Default)]
pub struct Notifications {
    messages: Mutex<Vec<Message>>,
}

impl Notifications {
    /// What it took over, in the order in which it came.
    pub fn messages(&self) -> Vec<Message> {
        locked(&self.messages).clone()
    }

    /// The code in the last message to somebody.
    pub fn code_for(&self, to: &str) -> Option<String> {
        let messages = locked(&self.messages);
        messages.iter().rev().find(|message| message.to == to).map(|message| message.code.clone())
    }

    fn take(&self, body: &Value) -> Result<Answer, Answer> {
        if text(body, "template")? != "attendance-code" {
            return Err(Answer::error(422, "no such template"));
        }
        if !matches!(text(body, "channel")?, "sms" | "email") {
            return Err(Answer::error(400, "channel must be sms or email"));
        }
        let parameters = &body["parameters"];
        locked(&self.messages).push(Message {
            channel: text(body, "channel")?.to_owned(),
            to: text(body, "to")?.to_owned(),
            tenant: id(body, "tenant_id")?,
            session: id(parameters, "session_id")?,
            code: text(parameters, "code")?.to_owned(),
            expires_at: text(parameters, "expires_at")?.to_owned(),
            title: parameters["title"].as_str().map(str::to_owned),
        });
        Ok(Answer { status: 202, body: json!({ "status": "accepted" }) })
    }
}

impl Part for Notifications {
    fn answer(&self, request: &Received) -> Answer {
        if request.is("POST", "/api/v1/notifications") {
            either(self.take(&request.json()))
        } else {
            no_such_path()
        }
    }
}
