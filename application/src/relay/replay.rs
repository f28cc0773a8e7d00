//! Replay: what stands in the log is published once more, on request.
//!
//! Its records are marked `ce_replayed` and stand outside the chain of a lane, so whoever follows the chain passes over them, and the
//! relay goes on beside it. At least once: what was under way when a connection was lost is sent again, with the same `ce_id`, and
//! everything is when the broker comes back without a record that it had acknowledged.

mod course;
mod error;
mod history;
mod pace;
mod request;
mod run;

use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use self::course::{Course, SharedCourse};
pub use self::error::ReplayError;
use self::history::Scope;
pub use self::request::{Destination, ReplayNews, ReplayRequest, Replayed};
use self::run::Run;
use super::Topics;
use crate::log::EventLog;

/// Publishes once more what stands in the log.
pub struct Replay {
    log: Arc<dyn EventLog>,
    topics: Arc<dyn Topics>,
    destination: Destination,
    source: String,
    rate: Option<NonZeroU32>,
    patience: Duration,
}

impl Replay {
    /// Of `log` to `topics`, published by the service at `source`, which gives up when the broker has not answered for `patience`.
    pub fn new(
        log: Arc<dyn EventLog>,
        topics: Arc<dyn Topics>,
        destination: Destination,
        source: String,
        patience: Duration,
    ) -> Self {
        Self { log, topics, destination, source, rate: None, patience }
    }

    /// The same with at most `rate` records a second, or as fast as it goes.
    #[must_use]
    pub fn at_rate(mut self, rate: Option<NonZeroU32>) -> Self {
        self.rate = rate;
        self
    }

    /// Publishes what `request` asks for in order of position, until it is done, fails, or `stop`.
    pub async fn run(
        &self,
        request: ReplayRequest,
        stop: &CancellationToken,
        mut told: impl FnMut(ReplayNews<'_>),
    ) -> Replayed {
        let course = SharedCourse::new(Course::new(request.from));
        let ended = match self.scope(request).await {
            Ok(scope) => {
                Run { replay: self, scope, request, course: &course, stop }.to_the_end(&mut told).await
            }
            Err(error) => Err(error),
        };
        let course = course.lock();
        Replayed { up_to: course.up_to(), records: course.records(), ended }
    }

    async fn scope(&self, request: ReplayRequest) -> Result<Scope, ReplayError> {
        let head = *self.log.head().borrow();
        if request.to > head {
            return Err(ReplayError::BehindTheEnd { to: request.to, head });
        }
        let Some(session) = request.session else { return Ok(Scope::All) };
        let tenant = self.log.tenant_of(session).await?;
        let tenant = tenant.ok_or(ReplayError::UnknownSession(session))?;
        Ok(Scope::Session(tenant, session))
    }
}
