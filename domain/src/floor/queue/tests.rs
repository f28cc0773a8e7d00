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
        side_spoke_ms: 0,
        person_spoke_ms: 0,
    }
}

fn numbers(queue: &[SpeechRequestId]) -> Vec<u128> {
    queue.iter().map(|request_id| request_id.as_uuid().as_u128()).collect()
}

#[test]
fn the_kind_counts_more_than_the_priority() {
    let queue = QueuePolicy::PriorityV1.order(&[
        waiting(1, SpeechKind::Speech, 9, 1),
        waiting(2, SpeechKind::Reply, 5, 2),
        waiting(3, SpeechKind::PointOfOrder, 0, 3),
    ]);
    assert_eq!(numbers(&queue), [3, 2, 1]);
}

#[test]
fn the_priority_counts_more_than_the_arrival() {
    let queue = QueuePolicy::PriorityV1.order(&[
        waiting(1, SpeechKind::Speech, 0, 1),
        waiting(2, SpeechKind::Speech, 1, 2),
        waiting(3, SpeechKind::Speech, 1, 3),
    ]);
    assert_eq!(numbers(&queue), [2, 3, 1]);
}

#[test]
fn balance_calls_the_side_that_has_spoken_less_then_the_person_who_has_then_the_first_to_come() {
    let spoke = |number, side_spoke_ms, person_spoke_ms| PendingRequest {
        side_spoke_ms,
        person_spoke_ms,
        ..waiting(number, SpeechKind::Speech, 9 - u64::from(number), u64::from(number))
    };
    let queue = QueuePolicy::BalanceV1.order(&[
        spoke(1, 20, 5),
        spoke(2, 10, 9),
        spoke(3, 10, 8),
        spoke(4, 10, 8),
        waiting(5, SpeechKind::Reply, 0, 5),
    ]);
    assert_eq!(numbers(&queue), [5, 3, 4, 2, 1]);
}

proptest! {
    #[test]
    fn the_order_does_not_depend_on_the_order_of_the_list(
        waiting_ones in prop::collection::vec((0..=9_u64, 0..4_u64, 0..4_u64), 0..20),
        turn in 0..20_usize,
        policy in prop::sample::select(QueuePolicy::ALL),
    ) {
        let mut requests: Vec<_> = (1_u8..)
            .zip(waiting_ones)
            .map(|(number, (priority, side_spoke_ms, person_spoke_ms))| {
                let kind = SpeechKind::ALL[usize::from(number) % 3];
                // Two arrive at once: then the id decides.
                let request = waiting(number, kind, priority, u64::from(number) / 2);
                PendingRequest { side_spoke_ms, person_spoke_ms, ..request }
            })
            .collect();
        let expected = policy.order(&requests);
        let middle = turn.min(requests.len());
        requests.rotate_left(middle);
        prop_assert_eq!(policy.order(&requests), expected);
    }
}
