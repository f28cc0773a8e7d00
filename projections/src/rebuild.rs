//! Rebuilding a view beside the live one, and switching it in only when both agree.
//!
//! The copy is folded from the first event up to where the live view stands, then all rows are compared. The live view may
//! move meanwhile: a live row that is newer than the copy is left for later, when the copy has folded the event that moved it.
//! The switch itself happens only if both stand at one position.

mod compare;

use acta_application::log::{EventLog, LogError, Position};
use acta_application::views::{RowKey, ViewName, Views, ViewsError};

pub use self::compare::{Difference, DifferenceKind};
use self::compare::{Differences, compare_all, compare_rows};
use crate::step::{StepError, advance, check_within_log};
use crate::{Projection, ProjectionKind};

/// How many events the copy folds in one commit.
const BATCH: usize = 2_048;

/// How often the copy runs after a live view that keeps moving, before it gives up.
const CHASES: usize = 1_000;

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

/// How far the copy is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// The last position folded.
    pub folded: Position,
    /// Where the live view stands.
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
    Log(#[source] LogError),
    /// The views could not be read or written.
    #[error("the views cannot be read or written")]
    Views(#[from] ViewsError),
    /// An event could not be read or folded.
    #[error("the event at position {position} cannot be folded")]
    Poisoned {
        /// Where it stands.
        position: Position,
        /// Why.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The live view was folded from another log, or from a newer copy of this one.
    #[error("the live view is at {live}, where the log has no event")]
    AheadOfLog {
        /// Where the live view stands.
        live: Position,
    },
    /// The live view moved on each time before the switch.
    #[error("the live view kept moving; try again when less happens")]
    KeptMoving,
}

impl From<StepError> for RebuildError {
    fn from(error: StepError) -> Self {
        match error {
            StepError::Log(error) => Self::Log(error),
            StepError::Views(error) => Self::Views(error),
            StepError::Poisoned { position, source } => Self::Poisoned { position, source },
            StepError::AheadOfLog { checkpoint } => Self::AheadOfLog { live: checkpoint },
        }
    }
}

/// [`rebuild`] of the projection `kind`.
///
/// # Errors
/// See [`RebuildError`].
pub async fn rebuild_kind(
    kind: ProjectionKind,
    log: &dyn EventLog,
    views: &dyn Views,
    on_difference: OnDifference,
    report: impl FnMut(Progress) + Send,
) -> Result<RebuildReport, RebuildError> {
    use crate::{attendance::Attendance, floor::Floor, sessions::Sessions, transcript::Transcript};
    match kind {
        ProjectionKind::Sessions => rebuild::<Sessions>(log, views, on_difference, report).await,
        ProjectionKind::Attendance => rebuild::<Attendance>(log, views, on_difference, report).await,
        ProjectionKind::Floor => rebuild::<Floor>(log, views, on_difference, report).await,
        ProjectionKind::Transcript => rebuild::<Transcript>(log, views, on_difference, report).await,
    }
}

/// Folds `P` from the first event into a copy, compares it with the live view at one position, and switches it in if they are
/// equal or `on_difference` says so. The copy is gone afterwards, whatever came of it. A runner may be at work on the live view
/// or not; only one rebuild of a view at a time.
///
/// # Errors
/// See [`RebuildError`].
pub async fn rebuild<P: Projection>(
    log: &dyn EventLog,
    views: &dyn Views,
    on_difference: OnDifference,
    report: impl FnMut(Progress) + Send,
) -> Result<RebuildReport, RebuildError> {
    let (live, copy) = (P::name(), P::name().rebuilding());
    views.discard(&copy).await?;
    let names = Names { live: &live, copy: &copy };
    let mut rebuild =
        Rebuild { log, views, names, report, at: Position::default(), events: 0, noting: false };
    let outcome = rebuild.run::<P>(on_difference).await;
    let discarded = views.discard(&copy).await;
    let finished = outcome?;
    discarded?;
    Ok(finished)
}

/// The two views at hand.
#[derive(Clone, Copy)]
struct Names<'a> {
    live: &'a ViewName,
    copy: &'a ViewName,
}

/// A rebuild under way.
struct Rebuild<'a, R> {
    log: &'a dyn EventLog,
    views: &'a dyn Views,
    names: Names<'a>,
    report: R,
    at: Position,
    events: u64,
    /// Whether rows that change are noted: only after the comparison of everything.
    noting: bool,
}

impl<R: FnMut(Progress) + Send> Rebuild<'_, R> {
    async fn run<P: Projection>(
        &mut self,
        on_difference: OnDifference,
    ) -> Result<RebuildReport, RebuildError> {
        let Names { live, copy } = self.names;
        let mut target = self.views.checkpoint(live).await?;
        check_within_log(self.log, target).await?;
        self.fold_up_to::<P>(target).await?;
        let mut found = Differences::default();
        compare_all(self.views, self.names, self.at, &mut found).await?;
        self.noting = true;
        for _ in 0..CHASES {
            target = self.views.checkpoint(live).await?;
            let touched = self.fold_up_to::<P>(target).await?;
            compare_rows(self.views, self.names, self.at, &touched, &mut found).await?;
            if !found.is_empty() && on_difference == OnDifference::Keep {
                return Ok(self.finished(found, false));
            }
            match self.views.replace(live, copy, self.at).await {
                Ok(()) => return Ok(self.finished(found, true)),
                Err(ViewsError::CheckpointMoved { .. }) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(RebuildError::KeptMoving)
    }

    /// Folds the copy up to `target` exactly; positions have no gaps, so a number of events is a distance. Gives the rows that
    /// changed, once they are noted.
    async fn fold_up_to<P: Projection>(&mut self, target: Position) -> Result<Vec<RowKey>, RebuildError> {
        let mut touched = Vec::new();
        while self.at < target {
            let missing = usize::try_from(target.get() - self.at.get()).unwrap_or(BATCH);
            let step =
                advance::<P>(self.log, self.views, self.names.copy, self.at, missing.min(BATCH)).await?;
            if step.reached == self.at {
                return Err(RebuildError::AheadOfLog { live: target });
            }
            self.at = step.reached;
            self.events += u64::try_from(step.events).unwrap_or(u64::MAX);
            if self.noting {
                touched.extend(step.touched);
            }
            (self.report)(Progress { folded: self.at, target });
        }
        Ok(touched)
    }

    fn finished(&self, found: Differences, switched: bool) -> RebuildReport {
        RebuildReport {
            view: self.names.live.clone(),
            position: self.at,
            events: self.events,
            rows: found.compared,
            differing: found.differing,
            differences: found.kept,
            switched,
        }
    }
}
