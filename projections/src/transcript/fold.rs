//! How events become the row.

use acta_application::log::RecordedEvent;
use acta_application::views::Columns;
use acta_domain::values::ChunkNumber;
use acta_domain::{AnyEvent, TranscriptEvent};

use super::{ChunkView, Correction};
use crate::{Poison, Projection, StoredPart};

/// The read model of transcripts. Columns: `kind` = language, `person` = speaker, `rank` = start in milliseconds of the session.
#[derive(Debug, Clone, Copy)]
pub struct Transcript;

/// The id of a chunk's row: its number in ten digits, so that rows sort as chunks do.
pub fn row_id(chunk: ChunkNumber) -> String {
    format!("{:010}", chunk.get())
}

impl Projection for Transcript {
    const NAME: &'static str = "transcript";
    type View = ChunkView;

    fn concerns(aggregate_type: &str) -> bool {
        aggregate_type == "transcript"
    }

    fn row(_: &RecordedEvent, decoded: &AnyEvent) -> Option<String> {
        match decoded {
            AnyEvent::Transcript(
                TranscriptEvent::Chunk { chunk, .. } | TranscriptEvent::Corrected { chunk, .. },
            ) => Some(row_id(*chunk)),
            _ => None,
        }
    }

    fn fold(view: Option<ChunkView>, event: &RecordedEvent, decoded: &AnyEvent) -> Result<ChunkView, Poison> {
        match (view, decoded) {
            (None, AnyEvent::Transcript(fact)) => added(event, fact),
            (Some(view), AnyEvent::Transcript(fact)) => corrected(view, event, fact),
            _ => Err(Poison::new("not an event of a transcript")),
        }
    }

    fn columns(view: &ChunkView) -> Columns {
        Columns {
            status: None,
            kind: Some(view.current_language().as_str().to_owned()),
            person: view.speaker_id.map(|speaker| speaker.to_string()),
            rank: i64::try_from(view.start_ms.get()).unwrap_or(i64::MAX),
        }
    }
}

/// The row of a chunk that was just written down.
fn added(event: &RecordedEvent, fact: &TranscriptEvent) -> Result<ChunkView, Poison> {
    let TranscriptEvent::Chunk { chunk, speaker_id, language, start_ms, end_ms, confidence, source, at } =
        fact
    else {
        return Err(Poison::new("a chunk was corrected that does not exist"));
    };
    Ok(ChunkView {
        chunk: *chunk,
        speaker_id: *speaker_id,
        language: language.clone(),
        start_ms: *start_ms,
        end_ms: *end_ms,
        confidence: *confidence,
        source: *source,
        at: *at,
        text: StoredPart::of(event),
        corrections: Vec::new(),
        position: event.position,
    })
}

/// The row of a chunk after a correction.
fn corrected(
    mut view: ChunkView,
    event: &RecordedEvent,
    fact: &TranscriptEvent,
) -> Result<ChunkView, Poison> {
    let TranscriptEvent::Corrected { language, at, .. } = fact else {
        return Err(Poison::new("two chunks have one number"));
    };
    view.corrections.push(Correction { text: StoredPart::of(event), language: language.clone(), at: *at });
    view.position = event.position;
    Ok(view)
}
