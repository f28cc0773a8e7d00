//! What every message that tells of an event begins with.

use acta_application::log::{RecordedEvent, TraceParent};
use acta_application::persons::PersonalPart;
use acta_domain::{AnyEvent, Timestamp};
use schemars::JsonSchema;
use serde::Serialize;

use super::Untold;
use super::words::Words;
use crate::frame::Frame;

/// The event that a message tells of.
#[derive(Debug, Clone, Copy, Serialize, JsonSchema)]
pub(crate) struct Told {
    /// Its place in the log: what to name as `after` when coming back.
    position: u64,
    /// Its place in the session: 0, 1, 2 … without gaps.
    session_index: u64,
    /// Its type.
    #[serde(rename = "type")]
    kind: &'static str,
    /// The moment of the decision.
    at: Timestamp,
    /// W3C Trace Context of the request that it follows from.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>", regex(pattern = r"^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$"))]
    traceparent: Option<TraceParent>,
}

/// Writes the message of one event.
pub(super) struct Teller<'a> {
    event: &'a RecordedEvent,
    told: Told,
    part: Option<&'a PersonalPart>,
}

impl<'a> Teller<'a> {
    pub(super) fn new(event: &'a RecordedEvent, decoded: &AnyEvent, part: Option<&'a PersonalPart>) -> Self {
        let told = Told {
            position: event.position.get(),
            session_index: event.session_index.get(),
            kind: decoded.name(),
            at: decoded.at(),
            traceparent: event.traceparent(),
        };
        Self { event, told, part }
    }

    /// What the message begins with.
    pub(super) const fn told(&self) -> Told {
        self.told
    }

    /// The message called `name`, which says the same to everybody.
    pub(super) fn say<D: Serialize>(&self, name: &'static str, data: &D) -> Result<Frame, Untold> {
        Ok(Frame::new(self.event.position, name, Some(self.event.recorded_at), data)?)
    }

    /// The message called `name`, which says more to those who may read names and words.
    pub(super) fn say_words<D: Serialize>(
        &self,
        name: &'static str,
        data: impl Fn(Words<'a>) -> D,
    ) -> Result<Frame, Untold> {
        match (&self.event.sealed, self.part) {
            (None, _) => self.say(name, &data(Words::None)),
            (Some(_), None) => self.say(name, &data(Words::Shut)),
            (Some(_), Some(part)) => {
                let sealed = self.say(name, &data(Words::Shut))?;
                Ok(sealed.with_opened(&data(Words::Open(part)))?)
            }
        }
    }
}
