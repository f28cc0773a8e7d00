//! Messages from outside, by a real broker.

mod commits;
mod dead_letters;
mod given;
mod groups;
mod order;
mod outages;
