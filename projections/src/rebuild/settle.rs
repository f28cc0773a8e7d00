//! Comparing a copy with its live view, and switching it in.

use acta_application::views::ViewsError;

use super::compare::{Differences, compare_all, compare_rows};
use super::copy::ViewCopy;
use super::pass::Pass;
use super::{OnDifference, Progress, RebuildError, RebuildReport};

/// How often the copy runs after a live view that keeps moving, before it gives up.
const CHASES: usize = 1_000;

/// Compares `copy` with its live view, at whose position it stands or stood, and switches it in if they are equal or `on_difference`
/// says so.
pub(super) async fn settle<R: FnMut(Progress) + Send>(
    pass: &mut Pass<R>,
    mut copy: ViewCopy,
    on_difference: OnDifference,
) -> Result<RebuildReport, RebuildError> {
    let mut found = Differences::default();
    compare_all(&*pass.views, &copy, &mut found).await?;
    copy.changed_since();
    for _ in 0..CHASES {
        pass.run_to_the_live_views(std::slice::from_mut(&mut copy)).await?;
        let changed = copy.changed_since();
        compare_rows(&*pass.views, &copy, changed, &mut found).await?;
        if !found.is_empty() && on_difference == OnDifference::Keep {
            return Ok(finished(copy, found, false));
        }
        match pass.views.replace(&copy.live, &copy.name, copy.at).await {
            Ok(()) => return Ok(finished(copy, found, true)),
            Err(ViewsError::CheckpointMoved { .. }) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(RebuildError::KeptMoving { view: copy.live })
}

fn finished(copy: ViewCopy, found: Differences, switched: bool) -> RebuildReport {
    RebuildReport {
        view: copy.live,
        position: copy.at,
        // Positions have no gaps, so a position counts the events up to it.
        events: copy.at.get(),
        rows: found.compared,
        differing: found.differing,
        differences: found.kept,
        switched,
    }
}
