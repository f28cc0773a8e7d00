//! Rebuilding views beside the live ones, and switching each in only when both agree.
//!
//! One pass over the log feeds the copies of all the wanted views: a task reads and decodes ahead, the folds keep their rows in
//! memory, another task writes them in large commits. Each copy is folded from the first event up to where its live view
//! stands, then all rows are compared. The live view may move meanwhile: a live row that is newer than the copy is left for
//! later, when the copy has folded the event that moved it. The switch itself happens only if both stand at one position.

mod ahead;
mod compare;
mod copy;
mod gone;
mod memory;
mod pass;
mod settle;
mod writer;

use std::sync::Arc;

use acta_application::log::{EventLog, LogError, Position};
use acta_application::views::{ViewName, Views, ViewsError};

pub use self::compare::{Difference, DifferenceKind};
use self::copy::ViewCopy;
use self::pass::Pass;
use crate::ProjectionKind;

/// What to do when the copy differs from the live view.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum OnDifference {
    /// Keep the live view.
    #[default]
    Keep,
    /// Switch all the same: the way to bring in a fold that was changed on purpose. Stop the service first: a batch that it is
    /// folding at that moment would still rest on the old rows.
    Switch,
}

/// How much a rebuild keeps in memory, for each view.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    /// Most rows that are kept after they were written. What is not kept is read back when an event concerns it.
    pub rows: usize,
    /// Most bytes of the documents of those rows.
    pub bytes: usize,
    /// How many events that change rows lie between two commits.
    pub commit_events: usize,
    /// How many bytes of such events lie between two commits.
    pub commit_bytes: usize,
}

impl Default for Bounds {
    fn default() -> Self {
        Self { rows: 100_000, bytes: 64 * 1024 * 1024, commit_events: 30_000, commit_bytes: 16 * 1024 * 1024 }
    }
}

/// How far the copies are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// The last position folded.
    pub folded: Position,
    /// Where the live views stand; the furthest of them.
    pub target: Position,
}

/// What came of a rebuild.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RebuildReport {
    /// The view.
    pub view: ViewName,
    /// Where both stood at the end.
    pub position: Position,
    /// How many events were read.
    pub events: u64,
    /// How many rows were compared.
    pub rows: u64,
    /// How many rows differ.
    pub differing: u64,
    /// The first of them, at most [`Difference::KEPT`].
    pub differences: Vec<Difference>,
    /// Whether the copy is the live view now.
    pub switched: bool,
}

/// Why a view could not be rebuilt. The live view is as it was.
#[derive(Debug, thiserror::Error)]
pub enum RebuildError {
    /// The log could not be read.
    #[error("the log cannot be read")]
    Log(#[from] LogError),
    /// The views could not be read or written.
    #[error("the views cannot be read or written")]
    Views(#[from] ViewsError),
    /// An event could not be read or folded.
    #[error("the event at position {position} cannot be folded into {view}")]
    Poisoned {
        /// Into which view.
        view: ViewName,
        /// Where the event stands.
        position: Position,
        /// Why.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The live view was folded from another log, or from a newer copy of this one.
    #[error("the live view {view} is at {live}, where the log has no event")]
    AheadOfLog {
        /// The view.
        view: ViewName,
        /// Where the live view stands.
        live: Position,
    },
    /// The live view moved on each time before the switch.
    #[error("the live view {view} kept moving; try again when less happens")]
    KeptMoving {
        /// The view.
        view: ViewName,
    },
}

/// What came of one view of several.
#[derive(Debug)]
pub struct Rebuilt {
    /// Which.
    pub kind: ProjectionKind,
    /// How its copy compares; an error says why it could not be compared or switched, and the live view is as it was.
    pub outcome: Result<RebuildReport, RebuildError>,
}

/// Folds the views of `kinds` from the first event into copies, in one pass over the log; then, view by view, compares the copy with
/// the live view at one position, and switches it in if they are equal or `on_difference` says so. The copies are gone afterwards,
/// whatever came of it. Runners may be at work on the live views or not; only one rebuild of a view at a time.
///
/// If the returned future is dropped, no live view is half switched; copies may be left, and the next rebuild removes them first.
///
/// # Errors
/// See [`RebuildError`]: the pass over the log failed, and every live view is as it was.
pub async fn rebuild_all(
    kinds: &[ProjectionKind],
    log: &Arc<dyn EventLog>,
    views: &Arc<dyn Views>,
    on_difference: OnDifference,
    report: impl FnMut(Progress) + Send,
) -> Result<Vec<Rebuilt>, RebuildError> {
    rebuild_within(Bounds::default(), kinds, log, views, on_difference, report).await
}

/// [`rebuild_all`] that keeps no more than `bounds` in memory.
///
/// # Errors
/// See [`rebuild_all`].
pub async fn rebuild_within(
    bounds: Bounds,
    kinds: &[ProjectionKind],
    log: &Arc<dyn EventLog>,
    views: &Arc<dyn Views>,
    on_difference: OnDifference,
    report: impl FnMut(Progress) + Send,
) -> Result<Vec<Rebuilt>, RebuildError> {
    let mut copies = Vec::new();
    for kind in wanted(kinds) {
        let copy = ViewCopy::of(kind, bounds);
        views.discard(&copy.name).await?;
        copies.push(copy);
    }
    let mut pass = Pass::new(Arc::clone(log), Arc::clone(views), report);
    let passed = pass.run_to_the_live_views(&mut copies).await;
    let mut rebuilt = Vec::new();
    for copy in copies {
        let (kind, name) = (copy.kind, copy.name.clone());
        let settled = match &passed {
            Ok(()) => Some(settle::settle(&mut pass, copy, on_difference).await),
            Err(_) => None,
        };
        // A write that is still under way would bring back what is discarded.
        pass.end_writing().await;
        let discarded = views.discard(&name).await;
        if let Some(settled) = settled {
            let outcome = settled.and_then(|report| Ok(discarded.map(|()| report)?));
            rebuilt.push(Rebuilt { kind, outcome });
        }
    }
    passed.map(|()| rebuilt)
}

/// Each of `kinds` once.
fn wanted(kinds: &[ProjectionKind]) -> Vec<ProjectionKind> {
    let mut wanted = Vec::new();
    for kind in kinds {
        if !wanted.contains(kind) {
            wanted.push(*kind);
        }
    }
    wanted
}

#[cfg(test)]
mod tests;
