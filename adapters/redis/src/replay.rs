//! What was used once.

use std::sync::Arc;
use std::time::Duration;

use acta_application::access::{CountersError, ReplayCache, ReplayKey};
use acta_domain::Timestamp;
use async_trait::async_trait;
use redis::{ExistenceCheck, SetExpiry, SetOptions};

use crate::link::Link;

/// Remembers uses in Redis: one key each, that expires. It does not do without Redis: see [`CountersError::Unavailable`].
///
/// A use is remembered for the rest of its time, counted from when it was made, and for as much longer as the clocks of two instances may
/// differ. So it does not matter what time it is for the server.
pub struct RedisReplayCache(Arc<Link>);

impl RedisReplayCache {
    pub(crate) fn new(link: Arc<Link>) -> Self {
        Self(link)
    }

    /// Half of the digest is enough that nobody finds two that agree.
    fn name(&self, ReplayKey(key): ReplayKey) -> String {
        format!("{}replay:{}", self.0.prefix, hex::encode(&key[..16]))
    }

    fn expiry(&self, until: Timestamp, now: Timestamp) -> SetExpiry {
        let rest = u64::try_from(until.as_micros() - now.as_micros()).unwrap_or(0);
        let kept = Duration::from_micros(rest) + self.0.skew;
        let millis = u64::try_from(kept.as_micros().div_ceil(1_000)).unwrap_or(u64::MAX);
        SetExpiry::PX(millis.max(1))
    }
}

#[async_trait]
impl ReplayCache for RedisReplayCache {
    async fn first_use(
        &self,
        key: ReplayKey,
        until: Timestamp,
        now: Timestamp,
    ) -> Result<bool, CountersError> {
        let (name, expiry) = (self.name(key), self.expiry(until, now));
        let options = SetOptions::default().conditional_set(ExistenceCheck::NX).with_expiration(expiry);
        let mut set = redis::cmd("SET");
        set.arg(name).arg(1).arg(options);
        // The answer is `OK`, or nothing where there is a key already.
        let answer: Option<String> =
            self.0.ask(|mut connection| async move { set.query_async(&mut connection).await }).await?;
        Ok(answer.is_some())
    }
}
