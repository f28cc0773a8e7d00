//! Kafka: what the log holds is in the topics once and in order, and what the governance service says there is done once.

pub(crate) mod checker;
mod faults;
mod inbound;
mod outage;
pub(crate) mod place;
mod relay;
mod replay;
mod restore;
mod trial;
