//! What is counted of transcripts.

use acta_domain::{ChunkSource, MediaTime, Timestamp};
use metrics::{Counter, Unit, counter, describe_counter, describe_histogram, histogram};

const CHUNKS: &str = "transcript_chunks_emitted_total";
const LATENCY: &str = "transcription_latency_p95_seconds";
/// What comes later than this is no captions of a live session.
const LIVE_SECONDS: f64 = 60.0;

/// Says what is counted, to whichever recorder is installed.
pub(crate) fn describe() {
    describe_counter!(CHUNKS, "Chunks that were added to transcripts; each once");
    describe_histogram!(
        LATENCY,
        Unit::Seconds,
        "From the end of what was said in a live session until its words were recorded"
    );
    let _registered: Counter = counter!(CHUNKS);
    let _registered = histogram!(LATENCY);
}

/// Counts a chunk that ends at `end` of the session that was started at `started`, recorded at `now`.
pub(super) fn added(source: ChunkSource, started: Option<Timestamp>, end: MediaTime, now: Timestamp) {
    counter!(CHUNKS).increment(1);
    let started = started.filter(|_| source == ChunkSource::SpeechToText);
    if let Some(latency) = started.and_then(|started| latency(started, end, now)) {
        histogram!(LATENCY).record(latency);
    }
}

/// How long after it was said it was recorded, if that can have been live.
#[expect(clippy::cast_precision_loss, reason = "a session lasts far less than 2^52 microseconds")]
fn latency(started: Timestamp, end: MediaTime, now: Timestamp) -> Option<f64> {
    let said = i64::try_from(end.get()).ok()?.checked_mul(1_000)?.checked_add(started.as_micros())?;
    let seconds = (now.as_micros() - said) as f64 / 1e6;
    (0.0..=LIVE_SECONDS).contains(&seconds).then_some(seconds)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seconds(after_the_start: i64) -> Option<f64> {
        let at = |micros| Timestamp::from_micros(1_700_000_000_000_000 + micros).unwrap();
        latency(at(0), MediaTime::new(5_000).unwrap(), at(after_the_start * 1_000_000))
    }

    #[test]
    fn the_latency_is_from_the_end_of_the_words_to_the_record() {
        assert_eq!(seconds(7), Some(2.0));
    }

    #[test]
    fn what_was_not_live_has_no_latency() {
        assert_eq!(seconds(4), None);
        assert_eq!(seconds(66), None);
    }
}
