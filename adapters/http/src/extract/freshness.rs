//! Reading one's own writes: at least which position an answer is to reflect.

use std::time::Duration;

use acta_application::log::Position;
use acta_projections::ProjectionKind;
use acta_projections::wait::until_reflected;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use tokio::time::timeout;

use super::Count;
use crate::problem::{Problem, ProblemKind};
use crate::state::{App, HttpState};

const HEADER: &str = "Acta-At-Least";
/// How long a request waits for the views to catch up.
const PATIENCE: Duration = Duration::from_secs(5);

/// How long the log may take to have the position: what this service acknowledged it has, so that only another instance's
/// position is ever waited for.
const LATE: Duration = Duration::from_millis(500);

/// The position that the header `Acta-At-Least` asks for, if it is there.
pub(crate) struct Freshness(Option<Count>);

impl Freshness {
    /// Waits until the views of `kinds` reflect what the header or the query (`at_least`) asks for.
    pub(crate) async fn await_views(
        &self,
        app: &HttpState,
        in_query: Option<Count>,
        kinds: &[ProjectionKind],
    ) -> Result<(), Problem> {
        let wanted = self.0.max(in_query).map_or(0, Count::get);
        if wanted == 0 {
            return Ok(());
        }
        let wanted = Position::new(wanted);
        let views: Vec<_> = kinds.iter().map(|kind| kind.view()).collect();
        let mut head = app.log.head();
        if !matches!(timeout(LATE, head.wait_for(|head| *head >= wanted)).await, Ok(Ok(_))) {
            return Err(behind(until_reflected(&*app.views, &views, wanted, Duration::ZERO).await?));
        }
        let reached = until_reflected(&*app.views, &views, wanted, PATIENCE).await?;
        if reached >= wanted { Ok(()) } else { Err(behind(reached)) }
    }
}

impl FromRequestParts<App> for Freshness {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Self, Problem> {
        let mut values = parts.headers.get_all(HEADER).iter();
        let Some(value) = values.next() else {
            return Ok(Self(None));
        };
        let text = value.to_str().ok().filter(|text| values.next().is_none() && is_number(text));
        let count =
            text.and_then(|text| text.parse::<u64>().ok()).and_then(|number| Count::try_from(number).ok());
        count.map(|count| Self(Some(count))).ok_or_else(|| {
            Problem::new(ProblemKind::InvalidParameter, "it must be one position, a whole number")
                .at_parameter(HEADER)
        })
    }
}

fn behind(reached: Position) -> Problem {
    let detail = "the views do not reflect the position that was asked for; `position` is theirs";
    Problem::new(ProblemKind::ViewBehind, detail).reached(reached.get())
}

fn is_number(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
}
