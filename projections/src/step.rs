//! One step of a projection: a run of events read, folded and committed.

use std::collections::HashMap;

use acta_application::log::{EventLog, FeedPage, FeedScope, LogError, Position, RecordedEvent};
use acta_application::views::{RowKey, ViewName, ViewRow, Views, ViewsError};
use acta_domain::AnyEvent;

use crate::page::read;
use crate::{Poison, Projection};

/// How far a step came.
#[derive(Debug)]
pub(crate) struct Advanced {
    /// The checkpoint now.
    pub(crate) reached: Position,
    /// How many events were read.
    pub(crate) events: usize,
}

/// Why a step was not taken; nothing was written (or, for [`ViewsError::Unavailable`], the checkpoint tells whether it was).
#[derive(Debug, thiserror::Error)]
pub(crate) enum StepError {
    #[error("the log cannot be read")]
    Log(#[from] LogError),
    #[error("the view cannot be read or written")]
    Views(#[from] ViewsError),
    #[error("the view is at {checkpoint}, where the log has no event: it was folded from another log")]
    AheadOfLog { checkpoint: Position },
    #[error("the event at position {position} cannot be folded")]
    Poisoned {
        position: Position,
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

/// Folds at most `limit` events after `from` into the view `name`, whose checkpoint is `from`.
pub(crate) async fn advance<P: Projection>(
    log: &dyn EventLog,
    views: &dyn Views,
    name: &ViewName,
    from: Position,
    limit: usize,
) -> Result<Advanced, StepError> {
    let FeedPage { events, reached } = log.feed(FeedScope::All, from, limit).await?;
    if reached == from {
        return Ok(Advanced { reached, events: 0 });
    }
    let count = events.len();
    let changes = changes::<P>(events)?;
    let before = rows_before::<P>(views, name, &changes).await?;
    let rows = fold::<P>(name, before, changes)?;
    views.commit(name, from, reached, rows).await?;
    Ok(Advanced { reached, events: count })
}

/// Checks that the log has the event at `checkpoint`: a log restored from an older copy under newer views would otherwise have
/// its next events passed over.
pub(crate) async fn check_within_log(log: &dyn EventLog, checkpoint: Position) -> Result<(), StepError> {
    let Some(before) = checkpoint.get().checked_sub(1) else {
        return Ok(());
    };
    let page = log.feed(FeedScope::All, Position::new(before), 1).await?;
    let there = page.events.first().is_some_and(|event| event.position == checkpoint);
    if there { Ok(()) } else { Err(StepError::AheadOfLog { checkpoint }) }
}

/// An event and the row that it changes.
struct Change {
    key: RowKey,
    event: RecordedEvent,
    decoded: AnyEvent,
}

/// Those of `events` that change a row of `P`.
fn changes<P: Projection>(events: Vec<RecordedEvent>) -> Result<Vec<Change>, StepError> {
    let mut changes = Vec::new();
    for event in events {
        if !P::concerns(&event.stream.aggregate_type) {
            continue;
        }
        let position = event.position;
        let decoded =
            event.decode().map_err(|source| StepError::Poisoned { position, source: Box::new(source) })?;
        if let Some(key) = P::key(&event, &decoded) {
            changes.push(Change { key, event, decoded });
        }
    }
    Ok(changes)
}

/// The rows that `changes` touch, as they are. They are read anew for every step and kept nowhere, because a rebuilt view may be
/// switched in between two steps.
async fn rows_before<P: Projection>(
    views: &dyn Views,
    name: &ViewName,
    changes: &[Change],
) -> Result<HashMap<RowKey, P::View>, StepError> {
    let mut keys: Vec<RowKey> = changes.iter().map(|change| change.key.clone()).collect();
    keys.sort_unstable();
    keys.dedup();
    if keys.is_empty() {
        return Ok(HashMap::new());
    }
    let rows = views.rows(name, &keys).await?;
    rows.into_iter().map(|row| Ok((row.key.clone(), read::<P>(name, &row)?))).collect()
}

/// The rows after `changes`, in order of key.
fn fold<P: Projection>(
    name: &ViewName,
    before: HashMap<RowKey, P::View>,
    changes: Vec<Change>,
) -> Result<Vec<ViewRow>, StepError> {
    let mut current = before;
    let mut reached: HashMap<RowKey, Position> = HashMap::new();
    for Change { key, event, decoded } in changes {
        let view = P::fold(current.remove(&key), &event, &decoded)
            .map_err(|poison| poisoned(event.position, poison))?;
        reached.insert(key.clone(), event.position);
        current.insert(key, view);
    }
    let mut rows = reached
        .into_iter()
        .filter_map(|(key, position)| current.remove(&key).map(|view| row::<P>(name, key, &view, position)))
        .collect::<Result<Vec<_>, _>>()?;
    rows.sort_unstable_by(|one, other| one.key.cmp(&other.key));
    Ok(rows)
}

fn poisoned(position: Position, poison: Poison) -> StepError {
    StepError::Poisoned { position, source: Box::new(poison) }
}

/// The row that holds `view`.
pub(crate) fn row<P: Projection>(
    name: &ViewName,
    key: RowKey,
    view: &P::View,
    position: Position,
) -> Result<ViewRow, ViewsError> {
    let document = serde_json::to_string(view).map_err(|error| ViewsError::Damaged {
        view: name.clone(),
        what: format!("row {} has no JSON form: {error}", key.id),
    })?;
    Ok(ViewRow { columns: P::columns(view), key, document, position })
}

#[cfg(test)]
pub(crate) mod tests;
