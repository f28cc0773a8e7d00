//! Something happens at a steady rate, and everybody is told.

use std::collections::HashMap;

use tokio::runtime::Handle;

use super::crowd::Crowd;
use super::dialect::Dialect;
use super::load::{Load, Meter};
use super::seen::{Gaps, Seen, between};
use super::site::Site;
use super::steady::{Happened, Steady};
use crate::quantiles::Quantiles;

/// What came of it.
pub(super) struct Stream {
    pub(super) load: Load,
    /// From when a request was sent until one socket was told, for each request and socket.
    pub(super) delays: Quantiles,
    /// From when a request was sent until it was acknowledged.
    pub(super) acknowledged: Quantiles,
    pub(super) gaps: Gaps,
    pub(super) events: usize,
}

/// `sockets` watch while `steady` is sent.
pub(super) async fn measure(
    site: &Site,
    dialect: Dialect,
    sockets: u32,
    steady: Steady,
    threads: &Handle,
) -> anyhow::Result<Stream> {
    let mut crowd = Crowd::new(site.ticket(dialect), threads);
    crowd.grow(sockets).await?;
    let meter = Meter::begin(site)?;
    let happened = steady.send(&crowd.tally().clone()).await?;
    let (Some(first), Some(last)) = (happened.first(), happened.last()) else {
        anyhow::bail!("nothing happened");
    };
    crowd.informed(last.index).await?;
    let spent = meter.end(site)?;
    let all = crowd.leave().await;
    Ok(Stream {
        load: Load::new(spent, &all),
        delays: delays(&happened, &all),
        acknowledged: happened.iter().map(|one| between(one.sent, one.acknowledged)).collect(),
        gaps: Gaps::between(first.index, last.index, &all),
        events: happened.len(),
    })
}

fn delays(happened: &[Happened], all: &[Seen]) -> Quantiles {
    let sent: HashMap<_, _> = happened.iter().map(|one| (one.index, one.sent)).collect();
    let arrivals = all.iter().flat_map(|seen| &seen.arrivals);
    arrivals.filter_map(|arrival| Some(between(*sent.get(&arrival.index)?, arrival.at))).collect()
}
