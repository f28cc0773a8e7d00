//! What the rounds of outages gave.

use std::time::Duration;

use super::limit::Limit;
use super::pace::{Appended, latencies};
use super::relay::CaughtUp;
use super::whole;
use crate::run::spread;
use crate::table::{Table, count, megabytes, ms, seconds};

/// How much dearer the p99 of an append may be.
const DEARER: f64 = 1.1;
/// Records a second that the relay should catch up with,
const ENOUGH: f64 = 20_000.0;
/// or this share of what a producer alone gets into the broker.
const SHARE: f64 = 0.8;

/// One round.
#[derive(Debug)]
pub(super) struct Round {
    /// Under load while the broker is there.
    pub(super) there: Stretch,
    /// Under the same load while it is away.
    pub(super) away: Stretch,
    /// Bytes, the most while the backlog grew further.
    pub(super) filling: u64,
    pub(super) caught_up: CaughtUp,
    /// Processor time of the service for that.
    pub(super) cpu: Duration,
    /// Bytes, the most while it caught up.
    pub(super) catching_up: u64,
    pub(super) limit: Limit,
}

/// Appends at the same pace.
#[derive(Debug)]
pub(super) struct Stretch {
    pub(super) appended: Vec<Appended>,
    /// Bytes that the service occupied, the most meanwhile.
    pub(super) memory: u64,
}

/// Compares medians of the rounds: a disk that was busy with something else for a moment spoils one of them, not all.
pub(super) fn show_appends(table: &mut Table, rounds: &[Round]) {
    let there = show_stretches(table, "there", rounds, |round| &round.there);
    let away = show_stretches(table, "away", rounds, |round| &round.away);
    table.at_most("median p99 away, in times of that there", away / there, DEARER);
}

/// Gives the median of the rounds' p99, in seconds.
fn show_stretches(
    table: &mut Table,
    name: &str,
    rounds: &[Round],
    stretch: impl Fn(&Round) -> &Stretch,
) -> f64 {
    let all = latencies(rounds.iter().flat_map(|round| &stretch(round).appended));
    let most = |round: &Round| latencies(&stretch(round).appended).at(0.99);
    let most: Vec<_> = rounds.iter().map(most).collect();
    let each: Vec<_> = most.iter().copied().map(ms).collect();
    table.row(format!("an append, the broker {name}"), spread(&all));
    table.row("    p99 of each round", each.join("; "));
    let most: Vec<_> = most.iter().map(Duration::as_secs_f64).collect();
    median(&most)
}

pub(super) fn show_memory(table: &mut Table, rounds: &[Round]) {
    let mut row = |what: &str, memory: fn(&Round) -> u64| {
        let each: Vec<_> = rounds.iter().map(|round| megabytes(memory(round))).collect();
        table.row(what, each.join("; "));
    };
    row("memory, most, the broker there", |round| round.there.memory);
    row("memory, most, the broker away", |round| round.away.memory);
    row("    with the backlog growing to its end", |round| round.filling);
    row("    catching up", |round| round.catching_up);
}

pub(super) fn show_catching_up(table: &mut Table, rounds: &[Round]) {
    let relay = rates(rounds, |round| rate(round.caught_up.records, round.caught_up.took));
    let producer = rates(rounds, |round| rate(round.limit.records, round.limit.took));
    let began = |round: &Round| seconds(round.caught_up.began);
    let began: Vec<_> = rounds.iter().map(began).collect();
    let cpu = rates(rounds, |round| round.cpu.as_secs_f64() * 1e6 / whole(round.caught_up.records));
    table.row("until the relay begins, from the broker's start", began.join("; "));
    table.row("the relay, records a second", medians(&relay));
    table.row("    processor time of the service", format!("{:.0} µs a record", median(&cpu)));
    table.row("a producer alone, records a second", medians(&producer));
    let (rate, share) = (median(&relay), median(&relay) / median(&producer));
    let verdict = if rate >= ENOUGH || share >= SHARE { "met" } else { "missed" };
    let goal = format!("at least {SHARE}, or {} records a second, {verdict}", count(ENOUGH));
    table.row_with_goal("the relay, in times of the producer", format!("{share:.2}"), goal);
}

fn rates(rounds: &[Round], rate: impl Fn(&Round) -> f64) -> Vec<f64> {
    rounds.iter().map(rate).collect()
}

fn rate(records: u64, took: Duration) -> f64 {
    whole(records) / took.as_secs_f64()
}

fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted.get(sorted.len() / 2).copied().unwrap_or_default()
}

fn medians(values: &[f64]) -> String {
    let each: Vec<_> = values.iter().copied().map(count).collect();
    format!("{} ({})", count(median(values)), each.join("; "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_bad_round_does_not_move_the_median() {
        assert_eq!(medians(&[900.0, 10.0, 1_000.0]), "900 (900; 10; 1,000)");
    }
}
