//! What the service says of itself: lines, traces, figures; and how it stops.

mod cores;
mod dashboards;
mod drain;
mod receiver;
mod trace;
