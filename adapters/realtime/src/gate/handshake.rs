//! What somebody says to come in, or to stay, where it is not said in headers.

use acta_application::log::Position;
use acta_domain::SessionId;
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use super::Credentials;
use crate::refusal::{Refusal, RoomProblem};

/// What the handshake of a transport may say.
const TO_COME_IN: &[&str] = &["token", "dpop", "session_id", "sessionId", "after"];
/// What `socket.io-client` puts beside it by itself, for a recovery that this service does by positions.
const OF_THE_CLIENT: &[&str] = &["pid", "offset"];
/// What `renew_token` may say.
const TO_STAY: &[&str] = &["token", "dpop"];

/// What somebody says to come in: `{"token", "dpop"?, "session_id"?, "after"?}`.
#[derive(Debug)]
pub(crate) struct Handshake {
    /// What they show.
    pub(crate) credentials: Credentials,
    /// The last position that they know of, if they come back.
    pub(crate) after: Option<Position>,
    session: Option<SessionId>,
}

impl Handshake {
    /// Reads a handshake.
    ///
    /// # Errors
    /// `unauthorized` without a token, `invalid-body` for what does not have its form; both name the member.
    pub(crate) fn parse(data: &RawValue) -> Result<Self, Refusal> {
        let members = object(data)?;
        known(&members, &[TO_COME_IN, OF_THE_CLIENT])?;
        let session = match text(&members, "session_id")? {
            Some(id) => Some(("session_id", id)),
            None => text(&members, "sessionId")?.map(|id| ("sessionId", id)),
        };
        let session =
            session.map(|(member, id)| id.parse().map_err(|_| malformed(member, "is the UUID of a session")));
        Ok(Self {
            credentials: credentials(&members)?,
            after: members.get("after").map(position).transpose()?.flatten(),
            session: session.transpose()?,
        })
    }

    /// The session that they want to come into, where only the handshake names it.
    ///
    /// # Errors
    /// `invalid-body` when it names none.
    pub(crate) fn session(&self) -> Result<SessionId, Refusal> {
        self.session.ok_or_else(|| malformed("session_id", "is missing: the UUID of the session"))
    }
}

impl Credentials {
    /// Reads what `renew_token` says: `{"token", "dpop"?}`.
    ///
    /// # Errors
    /// As for [`Handshake::parse`].
    pub(crate) fn parse(data: &RawValue) -> Result<Self, Refusal> {
        let members = object(data)?;
        known(&members, &[TO_STAY])?;
        credentials(&members)
    }
}

fn object(data: &RawValue) -> Result<Map<String, Value>, Refusal> {
    serde_json::from_str(data.get())
        .map_err(|_| Refusal::new(RoomProblem::InvalidBody, "send an object: `{\"token\": …, \"dpop\": …}`"))
}

fn known(members: &Map<String, Value>, known: &[&[&str]]) -> Result<(), Refusal> {
    match members.keys().find(|name| !known.iter().any(|names| names.contains(&name.as_str()))) {
        None => Ok(()),
        Some(name) => {
            let pointer = format!("/{}", name.replace('~', "~0").replace('/', "~1"));
            let detail = format!("there is no member of this name; there are {}", listed(known[0]));
            Err(Refusal::at_field(RoomProblem::InvalidBody, &pointer, detail))
        }
    }
}

fn listed(names: &[&str]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

fn credentials(members: &Map<String, Value>) -> Result<Credentials, Refusal> {
    let token = text(members, "token")?.ok_or_else(|| {
        Refusal::at_field(RoomProblem::Unauthorized, "/token", "send an access token as `token`")
    })?;
    Credentials::new(token, text(members, "dpop")?)
}

/// The text called `name`; `null` is as good as none.
fn text<'a>(members: &'a Map<String, Value>, name: &str) -> Result<Option<&'a str>, Refusal> {
    match members.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(malformed(name, "is a text")),
    }
}

/// A position as a whole number, or as its text.
fn position(value: &Value) -> Result<Option<Position>, Refusal> {
    let number = match value {
        Value::Null => return Ok(None),
        Value::Number(number) => number.as_u64(),
        Value::String(text) => text.parse().ok(),
        _ => None,
    };
    number
        .map(|number| Some(Position::new(number)))
        .ok_or_else(|| malformed("after", "is a position, a whole number"))
}

fn malformed(member: &str, form: &str) -> Refusal {
    Refusal::at_field(RoomProblem::InvalidBody, &format!("/{member}"), format!("`{member}` {form}"))
}
