//! In which order the waiting are called.

use std::cmp::Reverse;

use crate::ids::SpeechRequestId;
use crate::values::{Priority, SpeechKind};

/// A request that waits for the floor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PendingRequest {
    /// The request.
    pub request_id: SpeechRequestId,
    /// What it is for.
    pub kind: SpeechKind,
    /// How urgent it is.
    pub priority: Priority,
    /// Its place in the order of arrival, counting from 1.
    pub arrival: u64,
}

/// The rule of the queue. A version never changes: whoever replays a session gets the order that people saw.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum QueuePolicy {
    /// Points of order, then replies, then speeches; among those the more urgent; among those the first to come.
    #[default]
    V1,
}

impl QueuePolicy {
    /// The waiting requests in the order in which they are to be called, whatever order they are given in.
    pub fn order(self, requests: &[PendingRequest]) -> Vec<SpeechRequestId> {
        let mut queue = requests.to_vec();
        match self {
            Self::V1 => queue.sort_by_key(|request| {
                (rank_v1(request.kind), Reverse(request.priority), request.arrival, request.request_id)
            }),
        }
        queue.into_iter().map(|request| request.request_id).collect()
    }
}

/// The waiting requests in the order of the policy in force, [`QueuePolicy::V1`].
pub fn queue_order(requests: &[PendingRequest]) -> Vec<SpeechRequestId> {
    QueuePolicy::default().order(requests)
}

const fn rank_v1(kind: SpeechKind) -> u8 {
    match kind {
        SpeechKind::PointOfOrder => 0,
        SpeechKind::Reply => 1,
        SpeechKind::Speech => 2,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;

    fn waiting(number: u8, kind: SpeechKind, priority: u64, arrival: u64) -> PendingRequest {
        let request_id = SpeechRequestId::new(Uuid::from_u128(u128::from(number)));
        PendingRequest {
            request_id,
            kind,
            priority: Priority::new(priority).expect("a valid value"),
            arrival,
        }
    }

    fn numbers(queue: &[SpeechRequestId]) -> Vec<u128> {
        queue.iter().map(|request_id| request_id.as_uuid().as_u128()).collect()
    }

    #[test]
    fn the_kind_counts_more_than_the_priority() {
        let queue = queue_order(&[
            waiting(1, SpeechKind::Speech, 9, 1),
            waiting(2, SpeechKind::Reply, 5, 2),
            waiting(3, SpeechKind::PointOfOrder, 0, 3),
        ]);
        assert_eq!(numbers(&queue), [3, 2, 1]);
    }

    #[test]
    fn the_priority_counts_more_than_the_arrival() {
        let queue = queue_order(&[
            waiting(1, SpeechKind::Speech, 0, 1),
            waiting(2, SpeechKind::Speech, 1, 2),
            waiting(3, SpeechKind::Speech, 1, 3),
        ]);
        assert_eq!(numbers(&queue), [2, 3, 1]);
    }

    proptest! {
        #[test]
        fn the_order_does_not_depend_on_the_order_of_the_list(
            priorities in prop::collection::vec(0..=9_u64, 0..20),
            turn in 0..20_usize,
        ) {
            let mut requests: Vec<_> = (1_u8..)
                .zip(priorities)
                .map(|(number, priority)| {
                    let kind = SpeechKind::ALL[usize::from(number) % 3];
                    waiting(number, kind, priority, u64::from(number))
                })
                .collect();
            let expected = QueuePolicy::V1.order(&requests);
            let middle = turn.min(requests.len());
            requests.rotate_left(middle);
            prop_assert_eq!(queue_order(&requests), expected);
        }
    }
}
