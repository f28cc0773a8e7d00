//! The record of access: it refuses nothing, because a fact is a fact.

use std::convert::Infallible;

use cqrs_es::Aggregate;
use cqrs_es::event_sink::EventSink;
use serde::{Deserialize, Serialize};

use super::{AccessCommand, AccessEvent};

/// The record of who looked and who was refused in a tenant. No decision needs to remember anything of it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccessRecord {}

impl AccessRecord {
    /// What is noted. There is nothing that it refuses.
    pub fn decide(self, command: AccessCommand) -> Vec<AccessEvent> {
        vec![match command {
            AccessCommand::NoteRefusal { operation, permission, session_id, at } => {
                AccessEvent::Refused { operation, permission, session_id, at }
            }
            AccessCommand::NoteDossierRead { session_id, at } => AccessEvent::DossierRead { session_id, at },
            AccessCommand::NoteKeyHandedOut { session_id, subject, at } => {
                AccessEvent::KeyHandedOut { session_id, subject, at }
            }
            AccessCommand::NotePersonErased { session_id, person_id, at } => {
                AccessEvent::PersonErased { session_id, person_id, at }
            }
        }]
    }
}

impl Aggregate for AccessRecord {
    const TYPE: &'static str = "access";
    type Command = AccessCommand;
    type Event = AccessEvent;
    type Error = Infallible;
    type Services = ();

    async fn handle(
        &mut self,
        command: Self::Command,
        _services: &Self::Services,
        sink: &EventSink<Self>,
    ) -> Result<(), Self::Error> {
        for event in self.decide(command) {
            sink.write(event, self).await;
        }
        Ok(())
    }

    fn apply(&mut self, _event: Self::Event) {}
}
