//! The commands that are sent.

use serde_json::{Value, json};
use uuid::Uuid;

/// Everything here belongs to one tenant.
pub(crate) const TENANT: Uuid = Uuid::from_u128(0xac7a_0000_0000_4000_8000_0000_0000_0001);
/// Speakers of a session; the words of each are sealed under a key of their own.
pub(crate) const SPEAKERS: u64 = 4;

const SPOKEN: &str = "Thank you, chair. I should like to come back to the second item, because the figures that we were sent \
     last week do not agree with those in the report, and nobody has told us yet which of the two we are to vote on today.";

/// Chunk number `n` as JSON: short and long ones, said by four speakers and by nobody in particular.
pub(crate) fn chunk(n: u64) -> String {
    let length = 40 + usize::try_from(n % 8).expect("it is below 8") * 24;
    let speaker = match n % (SPEAKERS + 1) {
        SPEAKERS => String::new(),
        number => format!(r#""speaker_id":"{}","#, speaker(number)),
    };
    format!(
        r#"{{{speaker}"language":"en","start_ms":{},"end_ms":{},"text":"{}","confidence":0.93,"source":"speech_to_text"}}"#,
        n * 1_500,
        n * 1_500 + 1_400,
        &SPOKEN[..length],
    )
}

fn speaker(number: u64) -> Uuid {
    Uuid::from_u128(0xac7a_0000_0000_4000_8000_0000_0001_0000 + u128::from(number))
}

/// A session to be created.
pub(crate) fn session(number: u64) -> Value {
    json!({
        "title": format!("Meeting {number}"),
        "modality": "hybrid",
        "languages": ["en"],
        "schedule": { "starts_at": "2026-11-22T10:00:00Z" },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_chunk_is_json() {
        for n in 0..40 {
            let read: Value = serde_json::from_str(&chunk(n)).unwrap();
            assert!(read["text"].as_str().unwrap().len() >= 40);
        }
    }
}
