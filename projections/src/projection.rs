//! What a read model is.

use acta_application::log::RecordedEvent;
use acta_application::views::{Columns, RowKey, ViewName};
use acta_domain::AnyEvent;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// An event that a fold cannot take: the log and this version's rules disagree, and guessing would hide it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Poison(String);

impl Poison {
    /// Poison for the reason `why`, in words that name nobody.
    pub fn new(why: impl Into<String>) -> Self {
        Self(why.into())
    }
}

/// A read model: one document row per thing, each a pure fold over the events that concern it.
pub trait Projection: Send + Sync + 'static {
    /// The view's name.
    const NAME: &'static str;

    /// One row's document.
    type View: Serialize + DeserializeOwned + Clone + Send;

    /// Whether events of the aggregate `aggregate_type` matter to this view at all; others are not even decoded.
    fn concerns(aggregate_type: &str) -> bool;

    /// The id, inside the event's session, of the row that the event changes, if any.
    fn row(event: &RecordedEvent, decoded: &AnyEvent) -> Option<String>;

    /// The row after the event; `view` is the row before it, if there was one.
    ///
    /// # Errors
    /// [`Poison`] when the event cannot follow on the row.
    fn fold(
        view: Option<Self::View>,
        event: &RecordedEvent,
        decoded: &AnyEvent,
    ) -> Result<Self::View, Poison>;

    /// What the row can be asked for.
    fn columns(view: &Self::View) -> Columns;

    /// The view's name as the store knows it.
    fn name() -> ViewName {
        ViewName::new(Self::NAME)
    }

    /// The key of the row that the event changes, if any.
    fn key(event: &RecordedEvent, decoded: &AnyEvent) -> Option<RowKey> {
        Self::row(event, decoded).map(|id| RowKey { tenant: event.tenant_id, session: event.session_id, id })
    }
}
