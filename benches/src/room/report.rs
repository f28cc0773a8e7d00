//! The rows of the table.

use std::time::Duration;

use super::Both;
use super::approvals::{Approvals, Plan};
use super::cut::{self, Cuts};
use super::load::Load;
use super::seen::Gaps;
use super::stream::Stream;
use crate::run::spread;
use crate::table::{Table, count, ms, seconds};

/// From the chair's acknowledgement until the last socket was told, in milliseconds.
const LAST_TOLD: f64 = 250.0;
/// Memory of a socket that only watches, in kilobytes.
const SOCKET_MEMORY: f64 = 20.0;
/// Messages for the same processor time, in times of Node.
const TIMES_NODE: f64 = 3.0;
/// Until a client that was cut off misses nothing more, in milliseconds.
const CAUGHT_UP: f64 = 1_000.0;

pub(super) fn approvals(table: &mut Table, name: &str, plan: Plan, got: &Approvals) {
    table.heading(format!(
        "The room: {} sockets, the chair approves {} times: {name}",
        plan.sockets, plan.approvals
    ));
    table.row("all let in", format!("{} ({} a second)", seconds(got.coming), rate(plan.sockets, got.coming)));
    table.at_most("memory of an idle socket, KB", got.memory_each / 1e3, SOCKET_MEMORY);
    table.row("from acknowledged to the last one told", spread(&got.from_acknowledged));
    table.at_most("    its p99, in milliseconds", millis(got.from_acknowledged.at(0.99)), LAST_TOLD);
    table.row("from sent to the last one told", spread(&got.from_sent));
    load(table, &got.load);
    gaps(table, &got.gaps);
}

pub(super) fn approvals_compared(table: &mut Table, both: &Both<Approvals>) {
    let (Some(ours), Some(node)) = (&both.ours, &both.node) else { return };
    table.heading("The room: Acta by Socket.IO, in times of Node, with approvals one by one");
    table.at_least(
        "messages for the same processor time",
        ours.load.per_core() / node.load.per_core(),
        TIMES_NODE,
    );
    table.at_most("memory of an idle socket", ours.memory_each / node.memory_each, 1.0);
}

pub(super) fn streams(table: &mut Table, sockets: u32, rate: u32, time: Duration) {
    table.heading(format!("The room: {sockets} sockets, {rate} chunks a second for {}", seconds(time)));
}

pub(super) fn stream(table: &mut Table, name: &str, got: &Stream) {
    table.row(name, format!("{} messages a second arrived", count(got.load.rate())));
    table.row("    from sent to told", spread(&got.delays));
    table.row("    from sent to acknowledged", spread(&got.acknowledged));
    load(table, &got.load);
    gaps(table, &got.gaps);
}

pub(super) fn streams_compared(table: &mut Table, both: &Both<Stream>) {
    let (Some(ours), Some(node)) = (&both.ours, &both.node) else { return };
    let times = ours.load.per_core() / node.load.per_core();
    table.at_least("Acta by Socket.IO, in times of Node", times, TIMES_NODE);
}

pub(super) fn check_in(table: &mut Table, sockets: u32, got: &Stream) {
    table.heading(format!(
        "The room: {} people check in while {sockets} sockets watch",
        count(whole(got.events))
    ));
    table.row("until the last socket was told of the last", seconds(got.load.took()));
    table.row("from sent to told", spread(&got.delays));
    table.row("from sent to acknowledged", spread(&got.acknowledged));
    load(table, &got.load);
    gaps(table, &got.gaps);
}

pub(super) fn cuts(table: &mut Table, sockets: u32) {
    let rate = count(1.0 / cut::EVERY.as_secs_f64());
    table.heading(format!("The room: {sockets} sockets cut off at once while {rate} events a second happen"));
}

pub(super) fn cut(table: &mut Table, name: &str, got: &Cuts) {
    let (half, most) = (ms(got.reconnected.at(0.5)), ms(got.reconnected.longest()));
    let text = format!("p50 {half}, most {most}, {} cuts", got.rounds);
    table.row(format!("{name}: until nothing was missed any more"), text);
    table.at_most("    its p95, in milliseconds", millis(got.reconnected.at(0.95)), CAUGHT_UP);
    gaps(table, &got.gaps);
}

fn load(table: &mut Table, load: &Load) {
    let bytes = count(load.bytes());
    table.row(
        "    messages for a second of processor time",
        format!("{} of {bytes} bytes", count(load.per_core())),
    );
    let cores = format!("{:.2}, and this client {:.2}", load.server_cores(), load.client_cores());
    table.row("    cores that it used", cores);
}

fn gaps(table: &mut Table, gaps: &Gaps) {
    let Gaps { lost, doubled, reordered, lagged } = *gaps;
    let verdict = if lost + doubled + reordered == 0 { "0, met" } else { "0, missed" };
    let told = format!("{lost}, {doubled}, {reordered} (told that it lagged: {lagged})");
    table.row_with_goal("    lost, doubled, reordered", told, verdict);
}

fn millis(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1e3
}

fn rate(sockets: u32, took: Duration) -> String {
    count(f64::from(sockets) / took.as_secs_f64())
}

#[expect(clippy::cast_precision_loss, reason = "it is for people to read")]
fn whole(number: usize) -> f64 {
    number as f64
}
