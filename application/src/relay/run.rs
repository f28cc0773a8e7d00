//! The relay at work.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::{Instant, sleep};
use tokio_util::sync::CancellationToken;
use tokio_util::task::AbortOnDropHandle;

use super::checkpoint::Checkpoints;
use super::fault::{RelayFault, Remedy};
use super::find::{Standing, check, find};
use super::health::Teller;
use super::measures::Measures;
use super::pipeline::{Pipeline, Tools};
use super::supply::Supply;
use super::{Publication, RelayHealth, RelayState, TopicNames, Topics};
use crate::clock::Clock;
use crate::leases::{LeaseName, Tenures};
use crate::log::{EventLog, Position};
use crate::views::Views;

/// The name of the lease that the relay works under.
pub const RELAY_LEASE: &str = "relay.kafka";

/// The first rest after a fault, and the longest.
const RESTS: [Duration; 2] = [Duration::from_millis(100), Duration::from_secs(5)];
/// After how long a relay that halted tries again: somebody may have put it right.
const HALT: Duration = Duration::from_secs(30);
/// A round that lasted so long was a good one: the rests begin with the first again.
const GOOD: Duration = Duration::from_secs(5);
/// How often whoever stands by looks how far the relay is.
const GLANCE: Duration = Duration::from_secs(2);

/// Publishes the log to topics; its lease has it run on one instance at a time.
pub struct Relay {
    log: Arc<dyn EventLog>,
    topics: Arc<dyn Topics>,
    clock: Arc<dyn Clock>,
    names: TopicNames,
    source: String,
    checkpoints: Checkpoints,
    health: Teller,
}

impl Relay {
    /// A relay from `log` to those of `topics` that are called `names`, as the service at `source` (its public URL), with its
    /// checkpoint in `views`.
    pub fn new(
        log: Arc<dyn EventLog>,
        views: Arc<dyn Views>,
        topics: Arc<dyn Topics>,
        clock: Arc<dyn Clock>,
        names: TopicNames,
        source: String,
    ) -> Self {
        let checkpoints = Checkpoints::new(views, names.cursor());
        let health = Teller::new(Arc::clone(&clock));
        Self { log, topics, clock, names, source, checkpoints, health }
    }

    /// Follows how it is; it goes on telling after the relay stopped.
    pub fn health(&self) -> watch::Receiver<RelayHealth> {
        self.health.follow()
    }

    /// Relays until `stop`, whenever this instance holds the lease [`RELAY_LEASE`].
    pub async fn run(self, tenures: Tenures, stop: CancellationToken) {
        let (relay, stop, measures) = (&self, &stop, &Measures::new());
        let work = |held| async move { relay.hold(&held, measures, stop).await };
        let lease = LeaseName::new(RELAY_LEASE);
        let glancing = stop.run_until_cancelled(self.glance());
        tokio::join!(tenures.while_held(&lease, stop, work), glancing);
        self.health.tell(RelayState::Stopped);
    }

    /// Does one round after the other until the lease is `held` no longer.
    async fn hold(&self, held: &CancellationToken, measures: &Measures, stop: &CancellationToken) {
        let mut rests = Rests::default();
        while !held.is_cancelled() {
            let began = Instant::now();
            let Err(fault) = self.round(held, measures).await else { break };
            if began.elapsed() >= GOOD {
                rests = Rests::default();
            }
            let rest = rests.after(fault.remedy());
            self.tell(&fault);
            held.run_until_cancelled(sleep(rest)).await;
        }
        if !stop.is_cancelled() {
            self.health.tell(RelayState::Standby);
        }
    }

    /// From making a connection to losing it, or to the end of the lease.
    async fn round(&self, held: &CancellationToken, measures: &Measures) -> Result<(), RelayFault> {
        let Some(begun) = held.run_until_cancelled(self.begin(measures)).await else { return Ok(()) };
        let Beginning { publication, standing, checkpoint } = begun?;
        let tools = Tools {
            log: &*self.log,
            clock: &*self.clock,
            checkpoints: &self.checkpoints,
            health: &self.health,
            measures,
        };
        let pipeline = Pipeline::new(tools, Arc::clone(&publication), &standing);
        let (pages, reading) = self.supply(publication, &standing).pages();
        let _reading = AbortOnDropHandle::new(tokio::spawn(reading));
        self.health.tell_position(standing.start);
        self.health.tell(RelayState::Relaying);
        pipeline.run(pages, checkpoint, held).await
    }

    /// Makes a connection, and finds out what the topics hold.
    async fn begin(&self, measures: &Measures) -> Result<Beginning, RelayFault> {
        self.health.tell_connecting();
        let publication: Arc<dyn Publication> = Arc::from(self.topics.open(&self.names.all()).await?);
        measures.connected();
        let lanes = publication.lanes();
        let checkpoint = self.checkpoints.load(&lanes).await?;
        let standing = find(&*publication, &checkpoint).await?;
        check(&*self.log, &self.names, &*publication, &standing, checkpoint.position).await?;
        warn_of(&standing);
        self.checkpoints.doubt(checkpoint.position, &standing.forgotten, &lanes).await?;
        Ok(Beginning { publication, standing, checkpoint: checkpoint.position })
    }

    fn supply(&self, publication: Arc<dyn Publication>, standing: &Standing) -> Supply {
        let (log, names, source) = (Arc::clone(&self.log), self.names.clone(), self.source.clone());
        Supply::new(log, names, source, publication, standing)
    }

    /// Tells why a round ended.
    fn tell(&self, fault: &RelayFault) {
        let reason = fault.reason();
        let state = match fault.remedy() {
            Remedy::Again => {
                tracing::warn!(%reason, "the relay begins anew");
                return self.health.tell(RelayState::Connecting);
            }
            Remedy::Rest => RelayState::Waiting { reason },
            Remedy::Halt => RelayState::Halted { reason },
        };
        if self.health.state() != state {
            tracing::warn!(?state, "the relay cannot go on, and tries again later");
        }
        self.health.tell(state);
    }

    /// Keeps the health of a relay that stands by true.
    async fn glance(&self) {
        loop {
            // A store that does not answer is said by the lease, which is asked for at the same time.
            if self.health.state() == RelayState::Standby
                && let Ok(checkpoint) = self.checkpoints.position().await
            {
                self.health.tell_standby(checkpoint);
            }
            sleep(GLANCE).await;
        }
    }
}

fn warn_of(standing: &Standing) {
    for (lane, acknowledged) in &standing.forgotten {
        let place = standing.places.get(lane).map_or(Position::default(), |place| place.position);
        tracing::warn!(%lane, %acknowledged, %place, "the broker forgot; it is given again what it lacks");
    }
}

/// A connection was made.
struct Beginning {
    publication: Arc<dyn Publication>,
    standing: Standing,
    checkpoint: Position,
}

/// How long to rest after faults that follow one another.
#[derive(Debug, Default)]
struct Rests {
    next: Option<Duration>,
}

impl Rests {
    fn after(&mut self, remedy: Remedy) -> Duration {
        let [first, longest] = RESTS;
        let last = self.next.replace(self.next.map_or(first, |rest| longest.min(2 * rest)));
        match (remedy, last) {
            (Remedy::Halt, _) => HALT,
            (Remedy::Again, None) => Duration::ZERO,
            (_, last) => last.unwrap_or(first),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rests_grow_up_to_five_seconds() {
        let mut rests = Rests::default();
        let millis: Vec<_> = (0..8).map(|_| rests.after(Remedy::Rest).as_millis()).collect();
        assert_eq!(millis, [100, 100, 200, 400, 800, 1_600, 3_200, 5_000]);
    }

    #[test]
    fn a_broker_that_forgot_is_looked_at_again_at_once_but_not_over_and_over() {
        let mut rests = Rests::default();
        let millis: Vec<_> = (0..3).map(|_| rests.after(Remedy::Again).as_millis()).collect();
        assert_eq!(millis, [0, 100, 200]);
    }
}
