//! In which order the waiting are called.

use std::cmp::Reverse;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::ids::SpeechRequestId;
use crate::values::{Priority, SpeechKind, words};

/// A request that waits for the floor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PendingRequest {
    /// The request.
    pub request_id: SpeechRequestId,
    /// What it is for.
    pub kind: SpeechKind,
    /// How urgent it is.
    pub priority: Priority,
    /// Its place in the order of arrival: the earlier one has the smaller number.
    pub arrival: u64,
    /// How long the person's group has spoken in turns that are over; without a group, how long the person has. In milliseconds.
    pub side_spoke_ms: u64,
    /// How long the person has spoken in turns that are over, in milliseconds.
    pub person_spoke_ms: u64,
}

words! {
    /// The order of the queue. A version never changes: whoever replays a session gets the order that people saw.
    #[derive(Default)]
    QueuePolicy {
        /// Points of order, then replies, then speeches; among those the more urgent; among those the first to come.
        #[default]
        PriorityV1 = "priority-v1",
        /// Points of order, then replies, then speeches; among those whose group has spoken less; among those who has
        /// spoken less; among those the first to come.
        BalanceV1 = "balance-v1",
    }
}

impl QueuePolicy {
    /// The waiting requests in the order in which they are to be called, whatever order they are given in.
    pub fn order(self, requests: &[PendingRequest]) -> Vec<SpeechRequestId> {
        let mut queue = requests.to_vec();
        match self {
            Self::PriorityV1 => queue.sort_by_key(|request| {
                (rank_v1(request.kind), Reverse(request.priority), request.arrival, request.request_id)
            }),
            Self::BalanceV1 => queue.sort_by_key(|request| {
                let spoke = (request.side_spoke_ms, request.person_spoke_ms);
                (rank_v1(request.kind), spoke, request.arrival, request.request_id)
            }),
        }
        queue.into_iter().map(|request| request.request_id).collect()
    }
}

const fn rank_v1(kind: SpeechKind) -> u8 {
    match kind {
        SpeechKind::PointOfOrder => 0,
        SpeechKind::Reply => 1,
        SpeechKind::Speech => 2,
    }
}

#[cfg(test)]
mod tests;
