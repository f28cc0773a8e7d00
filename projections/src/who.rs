//! Who did it: the actor that stands beside an event.

use acta_application::log::{Actor, RecordedEvent};
use serde::Deserialize;

use crate::Poison;

/// Who sent the command that `event` follows from.
///
/// # Errors
/// [`Poison`] when nobody stands there.
pub(crate) fn who(event: &RecordedEvent) -> Result<Actor, Poison> {
    #[derive(Deserialize)]
    struct Beside {
        actor: String,
    }

    let beside: Option<Beside> = serde_json::from_str(&event.metadata).ok();
    beside
        .and_then(|beside| beside.actor.parse().ok())
        .ok_or_else(|| Poison::new("nobody stands beside the event who did it"))
}

/// An actor as its text, for `#[serde(with = "…")]`.
pub(crate) mod text {
    use acta_application::log::Actor;
    use serde::{Deserialize as _, Deserializer, Serializer, de::Error as _};

    pub(crate) fn serialize<S: Serializer>(actor: &Actor, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(actor)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Actor, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}
