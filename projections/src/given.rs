//! Given these events: a story, told as the log would have recorded it, for the tests of folds.

use std::collections::{BTreeMap, HashMap};

use acta_application::log::{Actor, Position, RecordedEvent, Sequence, SessionIndex, StreamId};
use acta_domain::values::Timestamp;
use acta_domain::{AnyEvent, PersonId, SessionId, TenantId};
use acta_proof::commitment::{Commitment, Salt};
use acta_proof::sealed::SealedPart;
use uuid::Uuid;

use crate::{Poison, Projection};

/// The tenant of every story.
pub(crate) fn tenant() -> TenantId {
    TenantId::new(Uuid::from_u128(1))
}

/// The session of every story.
pub(crate) fn session() -> SessionId {
    SessionId::new(Uuid::from_u128(2))
}

/// A person, by number.
pub(crate) fn person(number: u128) -> PersonId {
    PersonId::new(Uuid::from_u128(100 + number))
}

/// So many seconds after 2026-11-22T10:00:00Z.
pub(crate) fn second(seconds: i64) -> Timestamp {
    Timestamp::from_micros((1_795_341_600 + seconds) * 1_000_000).unwrap()
}

/// A ciphertext that is told apart by `mark`.
pub(crate) fn sealed(mark: u8) -> SealedPart {
    SealedPart { subject: "session".to_owned(), key_id: [1; 32], nonce: [2; 12], ciphertext: vec![mark; 3] }
}

/// Events of one session in the order of the log.
#[derive(Debug, Clone, Default)]
pub(crate) struct Story {
    /// Who does what happens next; without anybody, the clock.
    who: Option<Actor>,
    events: Vec<RecordedEvent>,
    sequences: HashMap<&'static str, u64>,
}

impl Story {
    /// From here on it is `who` that does it.
    pub(crate) fn by(self, who: Actor) -> Self {
        Self { who: Some(who), ..self }
    }

    /// Then this happened.
    pub(crate) fn then(self, event: impl Into<AnyEvent>) -> Self {
        self.record(&event.into(), None)
    }

    /// Then this happened, with a personal part.
    pub(crate) fn then_sealed(self, event: impl Into<AnyEvent>, mark: u8) -> Self {
        self.record(&event.into(), Some(sealed(mark)))
    }

    fn record(mut self, event: &AnyEvent, sealed: Option<SealedPart>) -> Self {
        let index = u64::try_from(self.events.len()).unwrap();
        let sequence = self.sequences.entry(event.aggregate_type()).or_default();
        *sequence += 1;
        self.events.push(RecordedEvent {
            position: Position::new(index + 1),
            tenant_id: tenant(),
            session_id: session(),
            session_index: SessionIndex::new(index),
            stream: StreamId::of_session(event.aggregate_type(), session()),
            sequence: Sequence::new(*sequence),
            event_type: event.name().to_owned(),
            event_version: 1,
            payload: event.to_payload().to_string(),
            metadata: format!(r#"{{"actor":"{}"}}"#, self.who.as_ref().unwrap_or(&Actor::Clock)),
            sealed,
            recorded_at: event.at(),
            salt: Salt([0; 32]),
            commitment: Commitment([0; 32]),
        });
        self
    }

    /// The events.
    pub(crate) fn events(&self) -> &[RecordedEvent] {
        &self.events
    }

    /// The rows that `P` folds them into, by id.
    pub(crate) fn rows<P: Projection>(&self) -> Result<BTreeMap<String, P::View>, Poison> {
        let mut rows = BTreeMap::new();
        for event in &self.events {
            let decoded = event.decode().unwrap();
            if let Some(id) = P::row(event, &decoded) {
                let view = P::fold(rows.remove(&id), event, &decoded)?;
                rows.insert(id, view);
            }
        }
        Ok(rows)
    }

    /// The row `id` of `P`.
    #[track_caller]
    pub(crate) fn row<P: Projection>(&self, id: &str) -> P::View {
        self.rows::<P>().unwrap().remove(id).expect("the story has that row")
    }
}
