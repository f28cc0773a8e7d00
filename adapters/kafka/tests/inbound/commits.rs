//! What is committed had its effect.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use acta_kafka::inbound::InboundState;

use crate::given::{Ground, Kept, done, failing, is_whole, numbers};

#[tokio::test(flavor = "multi_thread")]
async fn a_reader_that_ends_in_good_order_leaves_nothing_to_be_read_again() {
    let ground = Ground::any().await;
    let governance = ground.governance().await;
    let inbox = Kept::all();
    let reading = ground.read(&inbox);
    governance.counts(&["a", "b"], 50).await;
    inbox.has(100).await;
    reading.end().await;
    let reading = ground.read(&inbox);
    governance.says("a", "51").await;
    inbox.is(|kept| kept["a"].ends_with(&["51".to_owned()])).await;
    reading.end().await;
    assert_eq!(inbox.under("a"), numbers(51));
    assert_eq!(inbox.under("b"), numbers(50));
}

#[tokio::test(flavor = "multi_thread")]
async fn readers_that_end_in_the_middle_skip_nothing() {
    let ground = Ground::any().await;
    ground.governance().await.counts(&["a", "b", "c"], 60).await;
    let calls = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&calls);
    // Every seventh attempt fails, so that something is always under way.
    let inbox = Kept::by(
        move |_, _, _| {
            if counted.fetch_add(1, Ordering::Relaxed) % 7 == 6 { failing() } else { done() }
        },
    );
    for wanted in [20, 60, 100] {
        let reading = ground.read(&inbox);
        inbox.has(wanted).await;
        reading.drop_dead().await;
    }
    let mut reading = ground.read(&inbox);
    reading.is(|health| health.state == InboundState::Consuming && health.lag == Some(0)).await;
    reading.end().await;
    for key in ["a", "b", "c"] {
        let seen = inbox.under(key);
        assert!(is_whole(&seen, 60), "{key}: {seen:?}");
    }
}
