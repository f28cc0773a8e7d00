//! The record of a sitting that is over, read back.

use acta_domain::PersonId;
use anyhow::{Context as _, bail, ensure};
use serde::Deserialize as _;
use serde_json::Value;

use super::answers::{Chunk, Counters, Floor, TranscriptPage};
use super::client::CallError;
use super::room::Room;
use super::script::Script;
use super::sitting::Action;

/// What the service says about a sitting that is over.
pub(super) struct Record {
    /// The chunks, as they came.
    pub(super) chunks: Vec<Value>,
    /// The transcript as `WebVTT`.
    pub(super) vtt: Vec<u8>,
    /// The transcript as text.
    pub(super) text: Vec<u8>,
    /// What became of the speech requests.
    pub(super) requests: Counters,
}

impl Record {
    /// Reads it back.
    pub(super) async fn read(room: &Room) -> anyhow::Result<Self> {
        let chair = &room.cast.chair;
        let floor: Floor = chair.get(&room.path("/floor")).await?;
        Ok(Self {
            chunks: chunks(room, "").await?,
            vtt: chair.download(&room.path("/transcript"), "text/vtt").await?.bytes,
            text: chair.download(&room.path("/transcript"), "text/plain").await?.bytes,
            requests: floor.counters,
        })
    }

    /// The chunks, as far as the demo looks at them.
    pub(super) fn typed(&self) -> anyhow::Result<Vec<Chunk>> {
        self.chunks
            .iter()
            .map(|chunk| Chunk::deserialize(chunk).context("a chunk is not what the API promises"))
            .collect()
    }

    /// Whether every utterance is there, in the order and in the words of the sitting.
    pub(super) fn check(&self, room: &Room) -> anyhow::Result<()> {
        let id = |name: &str| room.cast.member(name).id;
        compare(&expected(&room.script, id), &self.typed()?)
    }
}

/// All chunks for which `filter` (a piece of a query) holds.
pub(super) async fn chunks(room: &Room, filter: &str) -> Result<Vec<Value>, CallError> {
    let (mut chunks, mut cursor) = (Vec::new(), String::new());
    loop {
        let path = room.path(&format!("/transcript?limit=500{filter}{cursor}"));
        let page: TranscriptPage = room.cast.chair.get(&path).await?;
        chunks.extend(page.chunks);
        match page.next {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return Ok(chunks),
        }
    }
}

/// Who must have said what from when, with corrections.
fn expected(script: &Script, id: impl Fn(&str) -> PersonId) -> Vec<(PersonId, u64, String)> {
    let mut said: Vec<(PersonId, u64, String)> = Vec::new();
    for beat in &script.beats {
        for action in &beat.before {
            if let Action::Correct { person, content } = action {
                let by = id(person);
                if let Some(last) = said.iter_mut().rfind(|line| line.0 == by) {
                    content.clone_into(&mut last.2);
                }
            }
        }
        let by = id(&beat.speaker);
        said.extend(beat.lines.iter().map(|line| (by, line.start_ms, line.text.clone())));
    }
    said
}

fn compare(expected: &[(PersonId, u64, String)], found: &[Chunk]) -> anyhow::Result<()> {
    ensure!(expected.len() == found.len(), "{} chunks were sent, {} are there", expected.len(), found.len());
    for (sent, chunk) in expected.iter().zip(found) {
        let same =
            (Some(sent.0), sent.1, Some(&sent.2)) == (chunk.speaker_id, chunk.start_ms, chunk.text.as_ref());
        if !same || chunk.sealed {
            bail!("chunk {} is not what was said at {} ms", chunk.number, sent.1);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::sitting::Sitting;
    use super::*;

    fn id(name: &str) -> PersonId {
        PersonId::new(uuid::Uuid::from_u128(name.len() as u128))
    }

    fn chunk(speaker: &str, start_ms: u64, text: &str) -> Chunk {
        Chunk {
            number: 1,
            speaker_id: Some(id(speaker)),
            start_ms,
            text: Some(text.to_owned()),
            sealed: false,
        }
    }

    fn script() -> Script {
        let text = r#"{"source": "x", "utterances": [
            {"speaker": "A", "content": "one"}, {"speaker": "Bo", "content": "two"},
            {"speaker": "A", "content": "three", "before": [{"do": "correct", "person": "Bo", "content": "2"}]}]}"#;
        Script::of(Sitting::parse(text).unwrap())
    }

    #[test]
    fn a_record_with_every_word_in_order_and_as_corrected_is_accepted() {
        let found = [chunk("A", 0, "one"), chunk("Bo", 400, "2"), chunk("A", 800, "three")];
        compare(&expected(&script(), id), &found).unwrap();
    }

    #[test]
    fn a_record_with_a_word_missing_changed_or_out_of_order_is_not() {
        let sent = expected(&script(), id);
        let (one, two, three) =
            (|| chunk("A", 0, "one"), || chunk("Bo", 400, "2"), || chunk("A", 800, "three"));
        assert!(compare(&sent, &[one(), two()]).is_err());
        assert!(compare(&sent, &[one(), chunk("Bo", 400, "two"), three()]).is_err());
        assert!(compare(&sent, &[two(), one(), three()]).is_err());
        assert!(compare(&sent, &[one(), chunk("A", 400, "2"), three()]).is_err());
    }
}
