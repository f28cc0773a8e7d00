//! The chair gives one person after another the floor, and everybody is told.

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use serde_json::{Value, json};
use tokio::runtime::Handle;

use super::chair::{Chair, Done};
use super::crowd::Crowd;
use super::dialect::Dialect;
use super::load::{Load, Meter};
use super::seen::{Gaps, Moment, Seen, between};
use super::site::{Site, next_speaker};
use crate::quantiles::Quantiles;

/// Between the end of a turn and the next request.
const INTERVAL: Duration = Duration::from_millis(250);

/// How many watch, and how many are given the floor.
#[derive(Debug, Clone, Copy)]
pub(super) struct Plan {
    pub(super) sockets: u32,
    pub(super) approvals: u32,
}

/// What came of it.
pub(super) struct Approvals {
    /// Memory for a socket that only watches, in bytes.
    pub(super) memory_each: f64,
    /// How long it took to let all of them in.
    pub(super) coming: Duration,
    /// From when the chair was told until the last one was.
    pub(super) from_acknowledged: Quantiles,
    /// From when the chair asked until the last one was told.
    pub(super) from_sent: Quantiles,
    pub(super) load: Load,
    pub(super) gaps: Gaps,
    /// How large the data of each message was, by its name.
    pub(super) sizes: BTreeMap<String, usize>,
}

pub(super) async fn measure(
    site: &Site,
    dialect: Dialect,
    plan: Plan,
    threads: &Handle,
) -> anyhow::Result<Approvals> {
    let mut crowd = Crowd::new(site.ticket(dialect), threads);
    // The first turn is not measured: it makes keys, plans and room.
    let mut chair = Chair::come(site.ticket(dialect), crowd.tally()).await?;
    let warm_up = turn(&mut chair, &mut crowd, 0).await?;
    drop(chair);
    let before = site.resident_when_idle().await?;
    let coming = crowd.grow(plan.sockets).await?;
    let memory = site.resident_when_idle().await?.saturating_sub(before);
    // Not before: a chair listens only while something is asked.
    let mut chair = Chair::come(site.ticket(dialect), crowd.tally()).await?;
    let (meter, mut turns) = (Meter::begin(site)?, Vec::new());
    for number in 0..plan.approvals {
        turns.push(turn(&mut chair, &mut crowd, number + 1).await?);
        tokio::time::sleep(INTERVAL).await;
    }
    let (spent, sizes) = (meter.end(site)?, chair.sizes().clone());
    let all = crowd.leave().await;
    let (last, first) = (turns.last().unwrap_or(&warm_up), warm_up.end + 1);
    let approvals: Vec<_> = turns.iter().map(|turn| &turn.approval).collect();
    Ok(Approvals {
        #[expect(clippy::cast_precision_loss, reason = "it is for people to read")]
        memory_each: memory as f64 / f64::from(plan.sockets),
        coming,
        from_acknowledged: until_last(&approvals, &all, |done| done.acknowledged),
        from_sent: until_last(&approvals, &all, |done| done.sent),
        gaps: Gaps::between(first, last.end, &all),
        load: Load::new(spent, &all),
        sizes,
    })
}

/// A turn that was given and is over.
struct Turn {
    approval: Done,
    /// The index of its last event.
    end: u32,
}

/// Somebody asks for the floor, gets it, and is done; everybody is told of each before the next.
async fn turn(chair: &mut Chair, crowd: &mut Crowd, number: u32) -> anyhow::Result<Turn> {
    let asked = chair
        .ask("request_speech", &json!({ "kind": "speech", "user_id": next_speaker(number), "priority": 1 }))
        .await?;
    crowd.informed(asked.index).await?;
    let request: &Value = &asked.outcome["request_id"];
    let approval =
        chair.ask("approve_speech", &json!({ "request_id": request, "time_limit_seconds": 180 })).await?;
    crowd.informed(approval.index).await?;
    let finished = chair.ask("finish_speech", &json!({ "request_id": request })).await?;
    crowd.informed(finished.index).await?;
    Ok(Turn { approval, end: finished.index })
}

/// How long it took from a moment of each approval until the last one was told.
fn until_last(approvals: &[&Done], all: &[Seen], from: impl Fn(&Done) -> Moment) -> Quantiles {
    let mut last: HashMap<u32, Moment> = HashMap::new();
    for arrival in all.iter().flat_map(|seen| &seen.arrivals) {
        let moment = last.entry(arrival.index).or_default();
        *moment = arrival.at.max(*moment);
    }
    let last = |index| last.get(index).copied().unwrap_or_default();
    approvals.iter().map(|done| between(from(done), last(&done.index))).collect()
}
