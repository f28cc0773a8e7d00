//! A message on its way out, written once for everybody.

use std::sync::Arc;

use acta_application::log::Position;
use acta_domain::Timestamp;
use serde::Serialize;
use serde_json::value::RawValue;
use tokio_tungstenite::tungstenite::Utf8Bytes;

/// A message of the room on its way out.
#[derive(Debug, Clone)]
pub(crate) struct Frame {
    /// The event that it tells of, or the last event before it.
    pub(crate) position: Position,
    /// What it is called: `speech_approved`.
    pub(crate) name: &'static str,
    /// When the log took the event that it tells of; none when it tells of no event.
    pub(crate) recorded_at: Option<Timestamp>,
    /// With names and words.
    opened: Arc<Payload>,
    /// Without them; the same one when there are none.
    sealed: Arc<Payload>,
}

/// What a message says, as each transport wants it.
#[derive(Debug)]
pub(crate) struct Payload {
    /// The data alone, for Socket.IO.
    pub(crate) data: Box<RawValue>,
    /// `{"event": …, "data": …}`, for a plain WebSocket.
    pub(crate) text: Utf8Bytes,
}

impl Frame {
    /// A message that says the same to everybody.
    pub(crate) fn new<D: Serialize>(
        position: Position,
        name: &'static str,
        recorded_at: Option<Timestamp>,
        data: &D,
    ) -> Result<Self, serde_json::Error> {
        let payload = Arc::new(Payload::new(name, data)?);
        Ok(Self { position, name, recorded_at, sealed: Arc::clone(&payload), opened: payload })
    }

    /// The same message, with `opened` for those who may read names and words.
    pub(crate) fn with_opened<D: Serialize>(self, opened: &D) -> Result<Self, serde_json::Error> {
        Ok(Self { opened: Arc::new(Payload::new(self.name, opened)?), ..self })
    }

    /// The same message, without names and words for anybody: the person was erased.
    pub(crate) fn shut(&self) -> Self {
        Self { opened: Arc::clone(&self.sealed), ..self.clone() }
    }

    /// What it says to somebody who may read names and words, or may not.
    pub(crate) fn payload(&self, reads_persons: bool) -> &Payload {
        if reads_persons { &self.opened } else { &self.sealed }
    }
}

impl Payload {
    fn new<D: Serialize>(name: &str, data: &D) -> Result<Self, serde_json::Error> {
        #[derive(Serialize)]
        struct Text<'a> {
            event: &'a str,
            data: &'a RawValue,
        }
        let data = serde_json::value::to_raw_value(data)?;
        let text = serde_json::to_string(&Text { event: name, data: &data })?.into();
        Ok(Self { data, text })
    }
}
