//! Working for as long as a lease is held.

use std::fmt;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::{Instant, sleep, sleep_until, timeout, timeout_at};
use tokio_util::sync::CancellationToken;

use super::{HolderId, LeaseName, Leases, LeasesError};

/// How one instance takes its leases: for 4 seconds, renewed every second, unless [`at_pace`](Self::at_pace) says otherwise.
///
/// Work moves to another instance within a term and one renewal of its holder's death. Two instances may work at the same time for
/// a moment, if one of them stood still and has not noticed; what they write must not depend on the lease (see
/// [`leases`](super)).
#[derive(Clone)]
pub struct Tenures {
    leases: Arc<dyn Leases>,
    holder: HolderId,
    term: Duration,
    renew: Duration,
}

impl Tenures {
    /// Leases out of `leases` for this instance, `holder`.
    pub fn new(leases: Arc<dyn Leases>, holder: HolderId) -> Self {
        Self { leases, holder, term: Duration::from_secs(4), renew: Duration::from_secs(1) }
    }

    /// The same with leases that last for `term` and are asked for, or renewed, every `renew`, which is shorter.
    #[must_use]
    pub fn at_pace(self, term: Duration, renew: Duration) -> Self {
        Self { term, renew, ..self }
    }

    /// Has `work` done whenever this instance holds the lease `name`, until `stop`.
    ///
    /// `work` is called with a token that is cancelled when the lease is lost or `stop` is cancelled, and has to end soon after
    /// that; it is waited for. Work that ends earlier, because it cannot go on, keeps the lease: it could not go on elsewhere
    /// either, and the instances would hand it round in circles. It is called again after the lease was lost and won back.
    ///
    /// At the stop the lease is given up. A call that is dropped drops the work and leaves the lease to its term.
    pub async fn while_held<F, Fut>(&self, name: &LeaseName, stop: &CancellationToken, mut work: F)
    where
        F: FnMut(CancellationToken) -> Fut,
        Fut: Future<Output = ()>,
    {
        let mut seat = Seat { tenures: self, name, unanswered: false };
        while let Some(until) = seat.won(stop).await {
            tracing::info!(lease = %name, holder = %self.holder, "the lease is held");
            let held = stop.child_token();
            let mut working = pin!(async {
                work(held.clone()).await;
                held.cancelled().await;
            });
            tokio::select! {
                () = &mut working => {}
                () = seat.lost(until) => {
                    held.cancel();
                    working.await;
                }
            }
        }
        seat.given_up().await;
    }
}

impl fmt::Debug for Tenures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { holder, term, renew, leases: _ } = self;
        f.debug_struct("Tenures")
            .field("holder", holder)
            .field("term", term)
            .field("renew", renew)
            .finish_non_exhaustive()
    }
}

/// What a request for a lease came to.
enum Answer {
    /// It is held until then, and not for longer by anybody's clock: counted from before the request was sent.
    Granted { until: Instant },
    /// Somebody else holds it.
    Refused,
    /// The store failed.
    Failed,
}

/// One lease, as seen by the instance that wants it.
struct Seat<'a> {
    tenures: &'a Tenures,
    name: &'a LeaseName,
    /// Whether the last request failed: only the first of a row is warned of.
    unanswered: bool,
}

impl Seat<'_> {
    /// Asks until the lease is held, and gives its end; [`None`] when `stop` comes first.
    async fn won(&mut self, stop: &CancellationToken) -> Option<Instant> {
        let renew = self.tenures.renew;
        loop {
            // What is granted later than a term after the request was sent is over by then.
            let deadline = Instant::now() + self.tenures.term;
            match stop.run_until_cancelled(self.ask(deadline)).await? {
                Answer::Granted { until } => return Some(until),
                Answer::Refused | Answer::Failed => stop.run_until_cancelled(sleep(renew)).await?,
            }
        }
    }

    /// Renews the lease that is held `until` then, and returns when it is held no longer, or may not be.
    async fn lost(&mut self, mut until: Instant) {
        let Tenures { renew, .. } = *self.tenures;
        loop {
            sleep_until(until.min(Instant::now() + renew)).await;
            match self.ask(until).await {
                Answer::Granted { until: renewed } => until = renewed,
                Answer::Refused => {
                    tracing::warn!(lease = %self.name, "the lease was lost to another instance");
                    return;
                }
                Answer::Failed if Instant::now() < until => {}
                Answer::Failed => {
                    tracing::warn!(lease = %self.name, "the lease could not be renewed in time");
                    return;
                }
            }
        }
    }

    /// Asks for the lease; a request without an answer at `deadline` has failed.
    async fn ask(&mut self, deadline: Instant) -> Answer {
        let Tenures { leases, holder, term, .. } = self.tenures;
        let until = Instant::now() + *term;
        let outcome = timeout_at(deadline, leases.take(self.name, *holder, *term)).await;
        let reason = match outcome {
            Ok(Ok(true)) if Instant::now() < until => {
                self.unanswered = false;
                return Answer::Granted { until };
            }
            Ok(Ok(false)) => {
                self.unanswered = false;
                return Answer::Refused;
            }
            Ok(Ok(true)) | Err(_) => "no answer in time".to_owned(),
            Ok(Err(LeasesError::Unavailable(fault))) => fault.to_string(),
        };
        if !std::mem::replace(&mut self.unanswered, true) {
            tracing::warn!(lease = %self.name, %reason, "the leases do not answer and are asked again");
        }
        Answer::Failed
    }

    /// Gives the lease up, whether it is known to be held or not: the last request may have been dropped on its way.
    async fn given_up(&self) {
        let Tenures { leases, holder, term, .. } = self.tenures;
        // After a term it has ended by itself.
        let outcome = timeout(*term, leases.give_up(self.name, *holder)).await;
        if !matches!(outcome, Ok(Ok(()))) {
            tracing::warn!(lease = %self.name, "the lease could not be given up and is left to its term");
        }
    }
}

#[cfg(test)]
mod tests;
