//! Messages that can never be handled.

use std::time::Duration;

use rdkafka::Message as _;
use rdkafka::message::{Headers as _, OwnedMessage};

use crate::given::{Ground, Kept, VOTES, done, never, not_yet, numbers};

fn header(letter: &OwnedMessage, name: &str) -> Option<String> {
    let headers = letter.headers()?;
    let header = headers.iter().find(|header| header.key == name)?;
    Some(String::from_utf8_lossy(header.value?).into_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_that_can_never_be_handled_is_kept_with_the_reason_and_the_next_goes_on() {
    let ground = Ground::any().await;
    let inbox = Kept::by(|_, body, _| if body == "[]" { never() } else { done() });
    let reading = ground.read(&inbox);
    let governance = ground.governance().await;
    governance.says("a", "[]").await;
    governance.says("a", "1").await;
    inbox.has(1).await;
    let letter = ground.dead_letters(1).await.remove(0);
    assert_eq!(letter.key(), Some("a".as_bytes()));
    assert_eq!(letter.payload(), Some("[]".as_bytes()));
    let about = ["reason", "detail", "topic", "partition", "offset", "time"];
    let about = about.map(|name| header(&letter, &format!("dead-letter-{name}")).unwrap());
    let topic = ground.topic(VOTES);
    assert_eq!(about[..3], ["not_an_object", "the body is not a JSON object", &topic]);
    assert_eq!(about[3..], ["0", "0", "2026-06-01T12:00:00.000000Z"]);
    reading.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_that_comes_too_early_waits_for_its_time() {
    let ground = Ground::any().await;
    let inbox = Kept::by(|_, body, attempt| if body == "1" && attempt < 4 { not_yet() } else { done() });
    let reading = ground.read(&inbox);
    ground.governance().await.counts(&["a"], 2).await;
    inbox.has(2).await;
    assert_eq!(inbox.under("a"), numbers(2));
    reading.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_whose_time_never_comes_is_given_up() {
    let ground = Ground { patience: Duration::from_millis(500), ..Ground::any().await };
    let inbox = Kept::by(|_, body, _| if body == "1" { not_yet() } else { done() });
    let reading = ground.read(&inbox);
    ground.governance().await.counts(&["a"], 2).await;
    inbox.has(1).await;
    assert_eq!(inbox.under("a"), ["2"]);
    let letter = ground.dead_letters(1).await.remove(0);
    assert_eq!(header(&letter, "dead-letter-reason").as_deref(), Some("no_session"));
    reading.end().await;
}
