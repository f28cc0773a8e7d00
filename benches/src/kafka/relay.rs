//! How far the relay is, as the service tells.

use std::time::Duration;

use anyhow::{Context as _, ensure};
use serde_json::Value;

use crate::api::Api;
use crate::connection::Connection;
use crate::stopwatch::Stopwatch;

/// Between two looks.
const PAUSE: Duration = Duration::from_millis(20);
/// The longest that the relay may stand still.
const PATIENCE: Duration = Duration::from_mins(1);

/// The relay of a service.
pub(super) struct Relay {
    connection: Connection,
    request: Vec<u8>,
}

/// What the service tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Told {
    /// Whether the relay is connected, knows where it stands, and publishes.
    pub(super) relaying: bool,
    /// Everything up to here is in its topic.
    pub(super) position: u64,
    /// The last position of the log.
    pub(super) head: u64,
    /// How many positions the views are behind the log, the last of them.
    pub(super) views_behind: u64,
}

/// The relay caught up.
#[derive(Debug, Clone, Copy)]
pub(super) struct CaughtUp {
    /// How long it took until it was at work.
    pub(super) began: Duration,
    /// From then on: so many records in that time.
    pub(super) records: u64,
    pub(super) took: Duration,
}

impl Relay {
    pub(super) async fn of(api: &Api) -> anyhow::Result<Self> {
        let request = format!("GET /health HTTP/1.1\r\nhost: {}\r\n\r\n", api.address).into_bytes();
        Ok(Self { connection: api.connect().await?, request })
    }

    /// How it is now. A service whose views are far behind the log says that it is unavailable, and tells all the same.
    pub(super) async fn told(&mut self) -> anyhow::Result<Told> {
        let answer = self.connection.send(&self.request).await?;
        told(&serde_json::from_slice(answer.body)?).context("the health report has another form")
    }

    /// Waits until every event is in its topic, and in the views.
    pub(super) async fn caught_up(&mut self) -> anyhow::Result<()> {
        self.until(|told| told.position >= told.head && told.views_behind == 0).await.map(drop)
    }

    /// Waits until the views have every event; gives the position of the last.
    pub(super) async fn views_caught_up(&mut self) -> anyhow::Result<u64> {
        Ok(self.until(|told| told.views_behind == 0).await?.head)
    }

    /// Follows it from position `before` until it has published everything; `since` was started when the broker was. The time between
    /// the last look before it was at work and the next one counts as work, so the rate is rather too low than too high.
    pub(super) async fn catch_up(&mut self, before: u64, since: Stopwatch) -> anyhow::Result<CaughtUp> {
        let mut began = Duration::ZERO;
        let done = |told: &Told| {
            if !told.relaying {
                began = since.elapsed();
            }
            told.position >= told.head
        };
        let last = self.until(done).await?;
        let took = since.elapsed().saturating_sub(began);
        Ok(CaughtUp { began, records: last.position.saturating_sub(before), took })
    }

    async fn until(&mut self, mut is_so: impl FnMut(&Told) -> bool) -> anyhow::Result<Told> {
        let (mut moved, mut last) = (Stopwatch::start(), None);
        loop {
            let told = self.told().await?;
            if is_so(&told) {
                return Ok(told);
            }
            if last.replace(told) != Some(told) {
                moved = Stopwatch::start();
            }
            ensure!(moved.elapsed() < PATIENCE, "the service does not get on: {told:?}");
            tokio::time::sleep(PAUSE).await;
        }
    }
}

fn told(health: &Value) -> Option<Told> {
    let relay = health["features"].as_array()?.iter().find(|feature| feature["name"] == "relay")?;
    let lags = health["projections"].as_array()?.iter().filter_map(|projection| projection["lag"].as_u64());
    Some(Told {
        relaying: relay["state"] == "relaying",
        position: relay["position"].as_u64()?,
        head: health["log"]["head"].as_u64()?,
        views_behind: lags.max()?,
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_view_that_is_the_furthest_behind_counts() {
        let health = json!({
            "log": { "head": 9 },
            "projections": [{ "lag": 1 }, { "lag": 4 }, { "lag": 0 }],
            "features": [{ "name": "relay", "state": "waiting", "position": 7 }],
        });
        assert_eq!(told(&health), Some(Told { relaying: false, position: 7, head: 9, views_behind: 4 }));
    }

    #[test]
    fn a_service_without_a_relay_tells_nothing() {
        assert_eq!(told(&json!({ "log": { "head": 9 }, "projections": [], "features": [] })), None);
    }
}
