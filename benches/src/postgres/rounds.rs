//! Several ways of doing the same, measured in turns.

use super::load::Load;
use super::pgbench::Ran;
use super::used::Cores;
use crate::run::spread;
use crate::table::{Table, count, ms};

/// What each round gave.
#[derive(Debug, Default)]
pub(super) struct Rounds {
    pub(super) inserts: Vec<Ran>,
    pub(super) framework: Vec<Load>,
    pub(super) apart: Vec<Load>,
    pub(super) together: Vec<Load>,
}

impl Rounds {
    /// The median of the rates of ours, a session per client.
    pub(super) fn rate_apart(&self) -> f64 {
        median(&self.apart, |load| load.rate).map_or(0.0, |load| load.rate)
    }

    /// `goals` are the least ratios of c to a, of c to b, and of d to a.
    pub(super) fn show(&self, table: &mut Table, clients: usize, goals: [f64; 3]) {
        table.heading(format!(
            "{clients} clients, medians of {} rounds (and all of them)",
            self.inserts.len()
        ));
        let a = show_inserts(table, &self.inserts);
        let b = show(table, "(b) postgres-es, commands a second", &self.framework);
        let c = show(table, "(c) ours, a session per client", &self.apart);
        let d = show(table, "(d) ours, all on one session", &self.together);
        let [c_to_a, c_to_b, d_to_a] = goals;
        table.at_least("c / a", c / a, c_to_a);
        table.at_least("c / b", c / b, c_to_b);
        table.at_least("d / a", d / a, d_to_a);
    }
}

fn show_inserts(table: &mut Table, inserts: &[Ran]) -> f64 {
    let Some(ran) = median(inserts, |ran| ran.rate) else { return 0.0 };
    let each: Vec<f64> = inserts.iter().map(|ran| ran.rate).collect();
    table.row("(a) pgbench, INSERTs a second", rates(ran.rate, &each));
    table.row("    latency", format!("{} on average", ms(ran.latency)));
    table.row("    cores", shares(ran.cores, ran.rate));
    ran.rate
}

fn show(table: &mut Table, name: &str, loads: &[Load]) -> f64 {
    let Some(load) = median(loads, |load| load.rate) else { return 0.0 };
    let each: Vec<f64> = loads.iter().map(|load| load.rate).collect();
    table.row(name, rates(load.rate, &each));
    table.row("    latency", spread(&load.latencies));
    table.row("    cores", shares(load.cores, load.rate));
    load.rate
}

fn shares(cores: Cores, rate: f64) -> String {
    let Cores { own, server, others } = cores;
    let micros = (own + server) / rate * 1e6;
    format!("client {own:.2}, server {server:.2}, others {others:.2}; {micros:.0} µs a command")
}

fn median<T>(measured: &[T], rate: impl Fn(&T) -> f64) -> Option<&T> {
    let mut sorted: Vec<_> = measured.iter().collect();
    sorted.sort_by(|one, other| rate(one).total_cmp(&rate(other)));
    sorted.get(sorted.len() / 2).copied()
}

fn rates(median: f64, each: &[f64]) -> String {
    let each: Vec<_> = each.iter().copied().map(count).collect();
    format!("{} ({})", count(median), each.join("; "))
}
