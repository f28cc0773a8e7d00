//! How the reading is.

use tokio::sync::watch;

/// How the reading of messages from outside is, for health reports.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InboundHealth {
    /// What it is doing.
    pub state: InboundState,
    /// Messages that are in the partitions of this instance and not finished; [`None`] while that is not known.
    pub lag: Option<u64>,
    /// Some of the keys that cannot go on at present.
    pub blocked: Vec<BlockedStrand>,
}

/// What the reading is doing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum InboundState {
    /// The group is being joined.
    Connecting,
    /// Messages are taken as they come. An instance without partitions of its own is here too.
    Consuming,
    /// Nothing can be read at present, and it is tried again.
    Waiting {
        /// Why.
        reason: String,
    },
    /// It has ended.
    Stopped,
}

/// A key whose next message is tried again and again; the messages behind it wait.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BlockedStrand {
    /// Topic, partition and key.
    pub strand: String,
    /// A name that does not change.
    pub reason: &'static str,
}

/// How many blocked strands are told of at most.
pub(super) const TOLD: usize = 20;

/// How a client stands in its group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Standing {
    /// The group's coordinator can be reached.
    pub(super) connected: bool,
    /// It has its partitions.
    pub(super) settled: bool,
}

/// Tells how the reading is.
#[derive(Debug)]
pub(super) struct Teller(watch::Sender<InboundHealth>);

impl Teller {
    pub(super) fn new() -> Self {
        let (state, lag, blocked) = (InboundState::Connecting, None, Vec::new());
        Self(watch::Sender::new(InboundHealth { state, lag, blocked }))
    }

    pub(super) fn follow(&self) -> watch::Receiver<InboundHealth> {
        self.0.subscribe()
    }

    /// It cannot go on because of `reason`.
    pub(super) fn waits(&self, reason: &str) {
        self.change(|health| health.state = InboundState::Waiting { reason: reason.to_owned() });
    }

    /// The client stands so, and `lag` messages are unfinished. `trouble` is what it reported last.
    pub(super) fn stands(&self, standing: Standing, lag: Option<u64>, trouble: &str) {
        self.change(|health| {
            health.lag = lag;
            match (standing, &health.state) {
                (Standing { connected: true, settled: true }, _) => health.state = InboundState::Consuming,
                (Standing { connected: true, .. }, InboundState::Consuming) => {
                    health.state = InboundState::Connecting;
                }
                (Standing { connected: false, .. }, _) if !trouble.is_empty() => {
                    health.state = InboundState::Waiting { reason: trouble.to_owned() };
                }
                _ => {}
            }
        });
    }

    pub(super) fn blocks(&self, blocked: Vec<(String, &'static str)>) {
        let strand = |(strand, reason)| BlockedStrand { strand, reason };
        self.change(|health| health.blocked = blocked.into_iter().map(strand).collect());
    }

    pub(super) fn stopped(&self) {
        self.change(|health| {
            *health = InboundHealth { state: InboundState::Stopped, lag: None, blocked: Vec::new() };
        });
    }

    fn change(&self, change: impl FnOnce(&mut InboundHealth)) {
        self.0.send_if_modified(|health| {
            let before = health.clone();
            change(health);
            *health != before
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SETTLED: Standing = Standing { connected: true, settled: true };
    const JOINING: Standing = Standing { connected: true, settled: false };
    const APART: Standing = Standing { connected: false, settled: false };

    fn waiting(reason: &str) -> InboundState {
        InboundState::Waiting { reason: reason.to_owned() }
    }

    #[test]
    fn a_broker_that_goes_away_and_comes_back_is_told_of() {
        let teller = Teller::new();
        let health = teller.follow();
        teller.stands(JOINING, None, "");
        assert_eq!(health.borrow().state, InboundState::Connecting);
        teller.stands(SETTLED, Some(3), "");
        assert_eq!(health.borrow().state, InboundState::Consuming);
        assert_eq!(health.borrow().lag, Some(3));
        teller.stands(APART, None, "connection refused");
        assert_eq!(health.borrow().state, waiting("connection refused"));
        teller.stands(JOINING, None, "connection refused");
        assert_eq!(health.borrow().state, waiting("connection refused"));
        teller.stands(SETTLED, Some(0), "connection refused");
        assert_eq!(health.borrow().state, InboundState::Consuming);
    }

    #[test]
    fn nobody_is_told_what_they_know() {
        let teller = Teller::new();
        let mut health = teller.follow();
        teller.waits("no broker");
        assert!(health.has_changed().unwrap());
        health.mark_unchanged();
        teller.waits("no broker");
        assert!(!health.has_changed().unwrap());
    }
}
