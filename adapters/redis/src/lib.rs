//! Counters that instances share, in Redis: what was used once, and how much somebody does.
//!
//! Redis is asked for one thing at a time, and each answer is waited for so long and no longer ([`RedisOptions::with_patience`]).
//! Without an answer, what was used once is not known, and whoever asks must refuse; how much somebody does is counted by each instance
//! for itself until Redis is there again. [`RedisCounters::health`] tells which.
//!
//! The server must not evict keys (`maxmemory-policy noeviction`): an evicted use could be used again. One that is out of memory
//! refuses, which is safe. A fail-over to a replica that lacks the last writes forgets these.

mod error;
mod limits;
mod link;
mod options;
mod replay;

use std::sync::Arc;
use std::time::Duration;

use acta_application::access::{CountersError, MemoryRateLimits};
use acta_application::health::{FeatureHealth, FeatureWatch};

pub use error::RequestError;
pub use limits::RedisRateLimits;
use link::Link;
pub use options::{OptionsError, RedisOptions};
pub use replay::RedisReplayCache;

/// How often [`RedisCounters::keep_watch`] looks.
const WATCH: Duration = Duration::from_secs(5);

/// Counters in one Redis database.
#[derive(Clone)]
pub struct RedisCounters(Arc<Link>);

impl RedisCounters {
    /// Begins to connect, and does not wait for it: a server that is away is tried again with every request.
    ///
    /// # Errors
    /// See [`OptionsError`].
    ///
    /// # Panics
    /// Outside a Tokio runtime.
    pub fn new(options: &RedisOptions) -> Result<Self, OptionsError> {
        Link::new(options).map(Arc::new).map(Self)
    }

    /// Asks whether the server is there, lets the service in and answers.
    ///
    /// # Errors
    /// [`CountersError::Unavailable`], whose source says why.
    pub async fn check(&self) -> Result<(), CountersError> {
        self.0.ping().await.map_err(CountersError::from)
    }

    /// Asks now and then for ever, so that the health is true also while nobody counts anything. Dropped to end.
    pub async fn keep_watch(self) {
        loop {
            // How it went is in the health.
            let _ = self.check().await;
            tokio::time::sleep(WATCH).await;
        }
    }

    /// Remembers what was used once.
    pub fn replay_cache(&self) -> RedisReplayCache {
        RedisReplayCache::new(Arc::clone(&self.0))
    }

    /// Counts how much somebody does; in `own` while Redis does not answer.
    pub fn rate_limits(&self, own: Arc<MemoryRateLimits>) -> RedisRateLimits {
        RedisRateLimits::new(Arc::clone(&self.0), own)
    }

    /// Tells how the counters are: `connecting`, `shared`, `away` or `refused`.
    pub fn health(&self) -> FeatureWatch {
        let link = Arc::clone(&self.0);
        Box::new(move || {
            let state = link.state();
            FeatureHealth {
                name: "counters",
                well: state.is_well(),
                state: state.as_str(),
                position: None,
                lag: None,
            }
        })
    }
}
