//! How long what was acknowledged takes until a reader sees it.

use std::time::Duration;

use crate::api::{Api, Session};
use crate::quantiles::Quantiles;
use crate::stopwatch::Stopwatch;

/// Between two looks, so that the looking is no load.
const PAUSE: Duration = Duration::from_millis(20);

/// Appends one command after another for `time`, and asks after each for a transcript that shows it.
pub(crate) async fn measure(api: &Api, session: &Session, time: Duration) -> anyhow::Result<Quantiles> {
    let mut connection = api.connect().await?;
    let mut lags = Vec::new();
    let whole = Stopwatch::start();
    while whole.elapsed() < time {
        let added = api.add(&mut connection, session, lags.len() as u64).await?;
        let watch = Stopwatch::start();
        api.shown(&mut connection, session, added.position).await?;
        lags.push(watch.elapsed());
        tokio::time::sleep(PAUSE).await;
    }
    Ok(lags.into_iter().collect())
}
