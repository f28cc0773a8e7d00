//! Several readers share the work.

use acta_kafka::inbound::InboundState;

use crate::given::{Ground, Kept, is_whole};

const KEYS: [&str; 8] = ["a", "b", "c", "d", "e", "f", "g", "h"];

#[tokio::test(flavor = "multi_thread")]
async fn readers_come_and_go_and_every_key_keeps_its_order() {
    let ground = Ground { partitions: 4, ..Ground::any().await };
    let governance = ground.governance().await;
    let (first, second) = (Kept::all(), Kept::all());
    let mut one = ground.read(&first);
    one.is(|health| health.state == InboundState::Consuming).await;
    governance.counts(&KEYS, 20).await;
    first.has(160).await;

    let mut two = ground.read(&second);
    two.is(|health| health.state == InboundState::Consuming).await;
    governance.counts_on(&KEYS, 21..=40).await;
    second.has(1).await;
    one.end().await;
    let last = "40".to_owned();
    let is_done = |key: &&str, kept: &[String]| first.under(key).contains(&last) || kept.contains(&last);
    second.is(|kept| KEYS.iter().all(|key| is_done(key, kept.get(*key).map_or(&[], Vec::as_slice)))).await;
    two.end().await;

    for key in KEYS {
        let seen = [first.under(key), second.under(key)].concat();
        assert!(is_whole(&seen, 40), "{key}: {seen:?}");
    }
}
