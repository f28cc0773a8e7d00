//! Everybody is cut off while things happen, and comes again.

use std::sync::Arc;
use std::time::Duration;

use tokio::runtime::Handle;

use super::crowd::Crowd;
use super::dialect::Dialect;
use super::seen::Gaps;
use super::site::Site;
use super::steady::Steady;
use crate::quantiles::Quantiles;

/// How often, and how long everybody stays away each time.
const AWAY: [Duration; 5] =
    [Duration::ZERO, Duration::ZERO, Duration::ZERO, Duration::from_millis(200), Duration::from_secs(2)];
/// Between two cuts.
const PAUSE: Duration = Duration::from_secs(1);
/// Between two events, and how many there are: longer than the cuts take.
pub(super) const EVERY: Duration = Duration::from_millis(20);

/// What came of it.
pub(super) struct Cuts {
    /// From the cut, or from when one came again, until nothing was missed any more.
    pub(super) reconnected: Quantiles,
    pub(super) gaps: Gaps,
    pub(super) rounds: usize,
}

/// `sockets` are cut off all at once, several times.
pub(super) async fn measure(
    site: &Site,
    dialect: Dialect,
    sockets: u32,
    threads: &Handle,
) -> anyhow::Result<Cuts> {
    let mut crowd = Crowd::new(site.ticket(dialect), threads);
    crowd.grow(sockets).await?;
    let tally = Arc::clone(crowd.tally());
    let steady = Steady { address: site.address(), requests: site.chunks(), every: EVERY, count: events() };
    let happening = tokio::spawn(async move { steady.send(&tally).await });
    let mut reconnected = Vec::new();
    for away in AWAY {
        tokio::time::sleep(PAUSE).await;
        reconnected.extend(crowd.cut(away).await?);
    }
    let happened = happening.await??;
    let (Some(first), Some(last)) = (happened.first(), happened.last()) else {
        anyhow::bail!("nothing happened");
    };
    crowd.informed(last.index).await?;
    let all = crowd.leave().await;
    let gaps = Gaps::between(first.index, last.index, &all);
    Ok(Cuts { reconnected: reconnected.into_iter().collect(), gaps, rounds: AWAY.len() })
}

/// As many as there are in the time that everybody is away or back, and a second.
fn events() -> u32 {
    let away: Duration = AWAY.iter().sum();
    let whole = away + PAUSE * 6;
    u32::try_from(whole.as_millis() / EVERY.as_millis()).expect("the cuts take seconds")
}
