//! A message that came in, as the engine hands it over.

use std::convert::Infallible;
use std::sync::Arc;

use acta_application::log::Position;
use serde::Deserialize as _;
use serde_json::value::RawValue;
use socketioxide::handler::FromMessage;
use socketioxide::socket::Socket;
use socketioxide_core::Value;

use super::emitter::Emitter;
use crate::connection::{Closing, Gone, problem};
use crate::message_in::Outcome;
use crate::refusal::{Refusal, RoomProblem};

/// The longest that a message may be, in bytes: as long as one over a plain WebSocket.
const LONGEST: usize = 64 * 1024;

/// A message that came in: `["event", argument, …]`.
pub(super) struct Incoming {
    text: Box<str>,
    has_attachments: bool,
    /// Where its outcome goes.
    pub(super) answer: Answer,
}

/// Where the outcome of a message goes.
pub(super) struct Answer {
    emitter: Emitter,
    /// The number of the client's callback, if it gave one.
    ack: Option<i64>,
}

/// A message of which it is known what it is called and what it says.
#[derive(Debug)]
pub(super) struct Said {
    pub(super) event: String,
    /// The first argument; an object without members if there is none.
    pub(super) data: Box<RawValue>,
}

impl FromMessage<socketioxide::adapter::LocalAdapter> for Incoming {
    type Error = Infallible;

    fn from_message(socket: Arc<Socket>, value: Value, ack: Option<i64>) -> Result<Self, Infallible> {
        let (text, has_attachments) = match value {
            Value::Str(text, attachments) => (text.as_str().into(), attachments.is_some()),
            Value::Bytes(_) => ("".into(), true),
        };
        Ok(Self { text, has_attachments, answer: Answer { emitter: Emitter::new(socket), ack } })
    }
}

impl Incoming {
    /// How long it is, in bytes.
    pub(super) const fn len(&self) -> usize {
        self.text.len()
    }

    /// Why it ends the connection, if it does.
    pub(super) fn breach(&self) -> Option<Closing> {
        if self.len() > LONGEST {
            return Some(Closing::too_large());
        }
        self.has_attachments.then(Closing::binary)
    }

    /// What it is called, as far as that can be told.
    pub(super) fn event(&self) -> String {
        name(&self.text)
    }

    /// Reads it.
    ///
    /// # Errors
    /// `malformed-json` when it is not an array that begins with a text.
    pub(super) fn said(&self) -> Result<Said, Refusal> {
        let detail = "a message is the name of an event and an object";
        said(&self.text).map_err(|_| Refusal::new(RoomProblem::MalformedJson, detail))
    }
}

impl Answer {
    /// Gives the outcome of the message `event` to the client's callback; without one, it is told of a refusal only.
    pub(super) async fn give(&self, position: Position, event: &str, outcome: &Outcome) -> Result<(), Gone> {
        match (self.ack, outcome) {
            (Some(ack), outcome) => self.emitter.acknowledge(ack, outcome).await,
            (None, Outcome::Done(_)) => Ok(()),
            (None, Outcome::Refused(refusal)) => {
                self.emitter.emit_frame(&problem(position, event, refusal)).await
            }
        }
    }
}

fn name(text: &str) -> String {
    let behind_bracket = text.trim_start().trim_start_matches('[');
    String::deserialize(&mut serde_json::Deserializer::from_str(behind_bracket)).unwrap_or_default()
}

fn said(text: &str) -> serde_json::Result<Said> {
    let mut arguments = serde_json::from_str::<Vec<&RawValue>>(text)?.into_iter();
    let event = serde_json::from_str(arguments.next().map_or("null", RawValue::get))?;
    let data = match arguments.next() {
        Some(data) => data.to_owned(),
        None => RawValue::from_string("{}".to_owned())?,
    };
    Ok(Said { event, data })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_a_name_and_an_object() {
        let said = said(r#"["mute_user", {"user_id": "x"}, 2]"#).unwrap();
        assert_eq!((said.event.as_str(), said.data.get()), ("mute_user", r#"{"user_id": "x"}"#));
    }

    #[test]
    fn without_an_argument_it_says_nothing() {
        assert_eq!(said(r#"["mute_user"]"#).unwrap().data.get(), "{}");
    }

    #[test]
    fn what_has_no_name_is_no_message() {
        for text in ["", "[]", "{}", "[1]", "[null, {}]", r#"["x", {]"#, r#"["x", {}] tail"#] {
            said(text).unwrap_err();
        }
    }

    #[test]
    fn a_broken_message_still_has_its_name() {
        assert_eq!(name(r#"["mute_user", {"#), "mute_user");
        assert_eq!(name("[{"), "");
    }
}
