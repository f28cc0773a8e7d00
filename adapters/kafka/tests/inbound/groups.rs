//! Several readers share the work.

use acta_kafka::inbound::InboundState;

use crate::given::{Ground, Kept, numbers};

const KEYS: [&str; 8] = ["a", "b", "c", "d", "e", "f", "g", "h"];

#[tokio::test(flavor = "multi_thread")]
async fn readers_come_and_go_and_every_key_keeps_its_order() {
    let ground = Ground { partitions: 4, ..Ground::any().await };
    let governance = ground.governance();
    let (first, second) = (Kept::all(), Kept::all());
    let mut one = ground.read(&first);
    one.is(|health| health.state == InboundState::Consuming).await;
    governance.counts(&KEYS, 20).await;
    first.has(160).await;

    let mut two = ground.read(&second);
    two.is(|health| health.state == InboundState::Consuming).await;
    governance.counts(&KEYS, 20).await;
    second.has(1).await;
    one.end().await;
    two.is(|health| health.state == InboundState::Consuming && health.lag == Some(0)).await;
    two.end().await;

    for key in KEYS {
        let seen = [first.under(key), second.under(key)].concat();
        let expected = [numbers(20), numbers(20)].concat();
        assert!(is_expected_with_repetitions(&seen, &expected), "{key}: {seen:?}");
    }
}

/// Whether `seen` is `expected`, in order, where something may come again after a change of reader.
fn is_expected_with_repetitions(seen: &[String], expected: &[String]) -> bool {
    let mut next = 0;
    for one in seen {
        if expected.get(next) == Some(one) {
            next += 1;
        } else if !expected[..next].contains(one) {
            return false;
        }
    }
    next == expected.len()
}
