//! What is counted.

/// A message of the type `event_type` is finished: it was `done`, `unchanged` or a `dead_letter`.
pub(super) fn finished(event_type: &str, outcome: &'static str) {
    metrics::counter!("acta_inbound_messages_total", "type" => event_type.to_owned(), "outcome" => outcome)
        .increment(1);
}

/// A message is tried again.
pub(super) fn retried() {
    metrics::counter!("acta_inbound_retries_total").increment(1);
}

/// A message became a dead letter.
pub(super) fn gave_up(reason: &'static str) {
    metrics::counter!("acta_inbound_dead_letters_total", "reason" => reason).increment(1);
}

/// So many messages are unfinished.
pub(super) fn lag(messages: Option<u64>) {
    if let Some(messages) = messages {
        metrics::gauge!("acta_inbound_lag").set(approximately(messages));
    }
}

#[expect(clippy::cast_precision_loss, reason = "nobody counts so many messages one by one")]
fn approximately(messages: u64) -> f64 {
    messages as f64
}
