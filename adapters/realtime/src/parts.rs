//! What the room works with, and what an operator can set.

use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use acta_application::access::{Quota, Revocations};
use acta_application::clock::{Clock, Randomness};
use acta_application::log::EventLog;
use acta_application::persons::Persons;
use acta_application::presence::Presence;
use acta_application::views::Views;
use axum::Router;
use tokio_util::sync::CancellationToken;

/// What the room works with; the binary puts it together.
pub struct RealtimeParts {
    /// The log: what the room shows.
    pub log: Arc<dyn EventLog>,
    /// The read models: where a room begins.
    pub views: Arc<dyn Views>,
    /// Opens personal parts on the way out.
    pub persons: Persons,
    /// The HTTP API: it lets people in, and carries out what they ask for.
    pub api: Router,
    /// Whether what a token stands for was taken back.
    pub revocations: Arc<dyn Revocations>,
    /// Who is connected, on this instance and on others.
    pub presence: Presence,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Ids.
    pub randomness: Arc<dyn Randomness>,
    /// What an operator can set.
    pub options: RealtimeOptions,
    /// Cancelled when the service stops: every connection is told so and ended.
    pub shutdown: CancellationToken,
}

/// What an operator can set.
#[derive(Debug, Clone, Copy)]
pub struct RealtimeOptions {
    /// How many messages a connection may send.
    pub messages: Quota,
    /// How many connections a person or service may have to this instance at once.
    pub connections_of_one: NonZeroU32,
    /// How many connections this instance takes.
    pub connections: NonZeroU32,
    /// How long a handshake may take.
    pub handshake: Duration,
    /// How long a connection may take nothing of what it is sent.
    pub patience: Duration,
}

impl Default for RealtimeOptions {
    fn default() -> Self {
        let number = |number| NonZeroU32::new(number).expect("it is not zero");
        Self {
            messages: Quota { most: number(40), period: Duration::from_secs(2) },
            connections_of_one: number(20),
            connections: number(15_000),
            handshake: Duration::from_secs(10),
            patience: Duration::from_secs(30),
        }
    }
}
