//! What is asked for, and what is told of it.

use acta_domain::SessionId;

use super::ReplayError;
use crate::log::{Fault, Position};
use crate::relay::{Lane, TopicName, TopicNames};

/// What is to be published once more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReplayRequest {
    /// The first position.
    pub from: Position,
    /// The last position.
    pub to: Position,
    /// Only this session's events.
    pub session: Option<SessionId>,
}

/// Where it is published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Destination {
    /// The topics that the relay fills.
    Ordinary(TopicNames),
    /// One topic for everything.
    One(TopicName),
}

impl Destination {
    /// Every topic.
    pub fn topics(&self) -> Vec<TopicName> {
        match self {
            Self::Ordinary(names) => names.all(),
            Self::One(topic) => vec![topic.clone()],
        }
    }

    /// The topic for events of the type `event_type`.
    pub fn of_type(&self, event_type: &str) -> TopicName {
        match self {
            Self::Ordinary(names) => names.of_type(event_type),
            Self::One(topic) => topic.clone(),
        }
    }
}

/// What is told while it goes on.
#[derive(Debug)]
pub enum ReplayNews<'a> {
    /// The broker has taken records.
    Acknowledged {
        /// Everything that was asked for up to here.
        up_to: Position,
        /// How many records so far.
        records: u64,
    },
    /// The broker has not answered since; told once until it answers again.
    Lost(&'a Fault),
    /// The broker came back without a record that it had acknowledged: everything is published from the first position on.
    Forgotten(&'a Lane),
}

/// What came of it.
#[derive(Debug)]
pub struct Replayed {
    /// Everything that was asked for up to here is acknowledged; the position before the first one when nothing is.
    pub up_to: Position,
    /// How many records were acknowledged.
    pub records: u64,
    /// Why it ended before everything was done.
    pub ended: Result<(), ReplayError>,
}
