//! Given these events, a chunk's row is …

use acta_domain::TranscriptEvent;
use acta_domain::values::{ChunkNumber, ChunkSource, Confidence, Language, MediaTime};

use super::{ChunkView, Transcript, row_id};
use crate::Projection as _;
use crate::given::{Story, person, second};

fn number(chunk: u64) -> ChunkNumber {
    ChunkNumber::new(chunk).unwrap()
}

fn language(tag: &str) -> Language {
    Language::parse(tag).unwrap()
}

fn spoken(chunk: u64) -> TranscriptEvent {
    TranscriptEvent::Chunk {
        chunk: number(chunk),
        speaker_id: Some(person(1)),
        language: language("el"),
        start_ms: MediaTime::new(chunk * 1_000).unwrap(),
        end_ms: MediaTime::new(chunk * 1_000 + 900).unwrap(),
        confidence: Confidence::new(0.75).unwrap(),
        source: ChunkSource::SpeechToText,
        at: second(1),
    }
}

fn corrected(chunk: u64, tag: Option<&str>) -> TranscriptEvent {
    TranscriptEvent::Corrected { chunk: number(chunk), language: tag.map(language), at: second(2) }
}

fn row(story: &Story, chunk: u64) -> ChunkView {
    story.row::<Transcript>(&row_id(number(chunk)))
}

fn words(view: &ChunkView) -> &[u8] {
    &view.current_text().unwrap().0.ciphertext
}

#[test]
fn rows_sort_as_chunks_do() {
    assert_eq!(row_id(number(12)), "0000000012");
    assert!(row_id(number(9)) < row_id(number(10)));
}

#[test]
fn a_chunk_is_found_by_speaker_language_and_start() {
    let columns = Transcript::columns(&row(&Story::default().then_sealed(spoken(7), 1), 7));
    assert_eq!(columns.kind.as_deref(), Some("el"));
    assert_eq!(columns.person, Some(person(1).to_string()));
    assert_eq!(columns.rank, 7_000);
}

#[test]
fn the_last_correction_counts_and_all_are_kept() {
    let story = Story::default()
        .then_sealed(spoken(1), 1)
        .then_sealed(spoken(2), 9)
        .then_sealed(corrected(1, None), 2)
        .then_sealed(corrected(1, Some("en")), 3)
        .then_sealed(corrected(1, None), 4);
    let view = row(&story, 1);
    assert_eq!((words(&view), view.corrections.len()), ([4; 3].as_slice(), 3));
    assert_eq!(view.text.as_ref().unwrap().0.ciphertext, [1; 3]);
    assert_eq!(view.current_language().as_str(), "en", "a later correction without a language keeps it");
    assert_eq!(Transcript::columns(&view).kind.as_deref(), Some("en"));
    assert_eq!(words(&row(&story, 2)), [9; 3]);
}

#[test]
fn correcting_a_chunk_that_does_not_exist_is_poison() {
    assert!(Story::default().then(corrected(1, None)).rows::<Transcript>().is_err());
}

#[test]
fn two_chunks_with_one_number_are_poison() {
    assert!(Story::default().then(spoken(1)).then(spoken(1)).rows::<Transcript>().is_err());
}

#[test]
fn a_row_survives_json() {
    let view = row(&Story::default().then(spoken(1)).then_sealed(corrected(1, Some("en")), 3), 1);
    let json = serde_json::to_string(&view).unwrap();
    assert_eq!(serde_json::from_str::<ChunkView>(&json).unwrap(), view);
}
