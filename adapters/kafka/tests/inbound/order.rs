//! Order inside a key, whatever happens to others.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use acta_kafka::inbound::InboundState;

use crate::given::{ENDS, Ground, Kept, VOTES_CLOSE, done, failing, not_yet, numbers};

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_cannot_go_on_keeps_its_order_and_holds_up_nobody() {
    let ground = Ground::any().await;
    let open = Arc::new(AtomicBool::new(false));
    let gate = Arc::clone(&open);
    let inbox = Kept::by(
        move |key, _, _| if key == "a" && !gate.load(Ordering::Relaxed) { failing() } else { done() },
    );
    let mut reading = ground.read(&inbox);
    reading.is(|health| health.state == InboundState::Consuming).await;
    ground.governance().await.counts(&["a", "b"], 100).await;
    inbox.is(|kept| kept.get("b") == Some(&numbers(100))).await;
    assert_eq!(inbox.under("a"), [""; 0]);
    reading.is(|health| health.blocked.len() == 1 && health.blocked[0].reason == "failing").await;
    open.store(true, Ordering::Relaxed);
    inbox.has(200).await;
    assert_eq!(inbox.under("a"), numbers(100));
    reading.is(|health| health.blocked.is_empty() && health.lag == Some(0)).await;
    reading.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pile_behind_a_key_that_cannot_go_on_fits_into_memory_and_is_handled_in_the_end() {
    let ground = Ground::any().await;
    let open = Arc::new(AtomicBool::new(false));
    let gate = Arc::clone(&open);
    let inbox = Kept::by(move |_, _, _| if gate.load(Ordering::Relaxed) { done() } else { failing() });
    let mut reading = ground.read(&inbox);
    reading.is(|health| health.state == InboundState::Consuming).await;
    ground.governance().await.counts(&["a"], 3_000).await;
    reading.is(|health| health.lag == Some(3_000)).await;
    open.store(true, Ordering::Relaxed);
    inbox.has(3_000).await;
    assert_eq!(inbox.under("a"), numbers(3_000));
    reading.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_whose_handling_breaks_off_is_tried_again() {
    let ground = Ground::any().await;
    let inbox = Kept::by(|_, _, attempt| if attempt == 1 { panic!("this one breaks off") } else { done() });
    let reading = ground.read(&inbox);
    ground.governance().await.says("a", "1").await;
    inbox.has(1).await;
    reading.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_end_of_an_assembly_comes_after_the_votes_that_were_there_and_waits_for_no_other_assembly() {
    let ground = Ground { partitions: 2, ..Ground::any().await };
    let inbox = Kept::by(|key, _, _| if key == "b" { failing() } else { done() });
    let mut reading = ground.read(&inbox);
    reading.is(|health| health.state == InboundState::Consuming).await;
    reading.end().await;
    let governance = ground.governance().await;
    governance.publishes(ENDS, "a", "end").await;
    governance.counts(&["b", "a"], 500).await;
    let reading = ground.read(&inbox);
    inbox.has(501).await;
    assert_eq!(inbox.under("a")[..500], numbers(500));
    assert_eq!(inbox.under("a")[500], "end");
    reading.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_end_of_an_assembly_waits_for_its_own_votes_while_they_cannot_go_on() {
    let ground = Ground::any().await;
    let inbox = Kept::by(|_, body, attempt| if body == "3" && attempt < 6 { failing() } else { done() });
    let mut reading = ground.read(&inbox);
    reading.is(|health| health.state == InboundState::Consuming).await;
    let governance = ground.governance().await;
    governance.counts(&["a"], 5).await;
    governance.publishes(ENDS, "a", "end").await;
    inbox.has(6).await;
    assert_eq!(inbox.under("a"), [numbers(5), vec!["end".to_owned()]].concat());
    reading.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_given_up_or_handled_too_early_because_there_is_much_to_do() {
    let ground = Ground { patience: Duration::from_millis(300), ..Ground::any().await };
    let votes = AtomicUsize::new(0);
    let inbox = Kept::by(move |_, body, _| match body {
        "close" if votes.load(Ordering::Relaxed) < 40 => not_yet(),
        "close" | "end" => done(),
        _ => {
            // In all, this takes longer than a message may wait.
            std::thread::sleep(Duration::from_millis(50));
            votes.fetch_add(1, Ordering::Relaxed);
            done()
        }
    });
    let mut reading = ground.read(&inbox);
    reading.is(|health| health.state == InboundState::Consuming).await;
    reading.end().await;
    let governance = ground.governance().await;
    governance.publishes(ENDS, "a", "end").await;
    governance.publishes(VOTES_CLOSE, "b", "close").await;
    governance.counts(&["a"], 40).await;
    let reading = ground.read(&inbox);
    inbox.has(42).await;
    assert_eq!(inbox.under("a"), [numbers(40), vec!["end".to_owned()]].concat());
    assert_eq!(inbox.under("b"), ["close"]);
    reading.end().await;
}
