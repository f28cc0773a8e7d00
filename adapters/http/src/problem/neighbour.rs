//! Which problem the absence of a neighbour is.

use std::time::Duration;

use acta_application::neighbours::NeighbourError;

use super::{Problem, ProblemKind as Kind, chain};

impl From<NeighbourError> for Problem {
    fn from(error: NeighbourError) -> Self {
        let detail = error.to_string();
        match &error {
            NeighbourError::NotConfigured { .. } => Self::new(Kind::NotConfigured, detail),
            NeighbourError::LeftAlone { retry_after, .. } => waiting(detail, Some(*retry_after)),
            NeighbourError::Busy { retry_after, .. } => waiting(detail, *retry_after),
            NeighbourError::Unreachable { .. }
            | NeighbourError::TimedOut { .. }
            | NeighbourError::Failed { .. } => {
                tracing::warn!(neighbour = %error.neighbour(), error = chain(&error), "a neighbour does not answer");
                waiting(detail, None)
            }
            NeighbourError::Denied { .. }
            | NeighbourError::Refused { .. }
            | NeighbourError::Unusable { .. } => {
                tracing::warn!(neighbour = %error.neighbour(), error = chain(&error), "a neighbour answers what cannot be used");
                Self::new(Kind::NeighbourUnusable, detail)
            }
        }
    }
}

/// It may be tried again, in `retry_after` if that is known.
fn waiting(detail: String, retry_after: Option<Duration>) -> Problem {
    let problem = Problem::new(Kind::NeighbourUnavailable, detail);
    match retry_after {
        Some(wait) => problem.after(wait.as_secs().max(1)),
        None => problem,
    }
}
