use cqrs_es::Aggregate;
use cqrs_es::test::TestFramework;
use proptest::prelude::*;

use super::{Transcript, TranscriptCommand, TranscriptError, TranscriptEvent};
use crate::testing::{at, person};
use crate::values::{ChunkNumber, ChunkSource, Confidence, Language, MediaTime};

const HOUR_MS: u64 = 3_600_000;

fn chunk_number(number: u64) -> ChunkNumber {
    ChunkNumber::new(number).expect("a valid value")
}

fn media_time(ms: u64) -> MediaTime {
    MediaTime::new(ms).expect("a valid value")
}

fn add(start: u64, end: u64) -> TranscriptCommand {
    TranscriptCommand::Add {
        speaker_id: Some(person(1)),
        language: Language::parse("en").expect("a valid value"),
        start: media_time(start),
        end: media_time(end),
        confidence: Confidence::new(0.75).expect("a valid value"),
        source: ChunkSource::SpeechToText,
        at: at(1),
    }
}

fn added(number: u64, start: u64, end: u64) -> TranscriptEvent {
    TranscriptEvent::Chunk {
        chunk: chunk_number(number),
        speaker_id: Some(person(1)),
        language: Language::parse("en").expect("a valid value"),
        start_ms: media_time(start),
        end_ms: media_time(end),
        confidence: Confidence::new(0.75).expect("a valid value"),
        source: ChunkSource::SpeechToText,
        at: at(1),
    }
}

fn correct(number: u64) -> TranscriptCommand {
    TranscriptCommand::Correct { chunk: chunk_number(number), language: None, at: at(2) }
}

fn corrected(number: u64) -> TranscriptEvent {
    TranscriptEvent::Corrected { chunk: chunk_number(number), language: None, at: at(2) }
}

#[track_caller]
fn accepted(given: Vec<TranscriptEvent>, when: TranscriptCommand, then: TranscriptEvent) {
    TestFramework::<Transcript>::with(()).given(given).when(when).then_expect_events(vec![then]);
}

#[track_caller]
fn refused(given: Vec<TranscriptEvent>, when: TranscriptCommand, then: TranscriptError) {
    TestFramework::<Transcript>::with(()).given(given).when(when).then_expect_error(then);
}

#[test]
fn chunks_are_numbered_from_one_without_gaps() {
    accepted(vec![], add(0, 1_000), added(1, 0, 1_000));
    accepted(vec![added(1, 0, 1_000)], add(1_000, 2_000), added(2, 1_000, 2_000));
    let given = vec![added(1, 0, 1_000), corrected(1)];
    accepted(given, add(1_000, 2_000), added(2, 1_000, 2_000));
}

#[test]
fn chunks_may_overlap_and_come_late() {
    accepted(vec![added(1, 5_000, 9_000)], add(4_000, 6_000), added(2, 4_000, 6_000));
}

#[test]
fn a_chunk_may_be_empty_but_not_end_before_it_begins() {
    accepted(vec![], add(7, 7), added(1, 7, 7));
    refused(vec![], add(8, 7), TranscriptError::EndsBeforeStart);
}

#[test]
fn a_chunk_lasts_an_hour_at_most() {
    accepted(vec![], add(1, HOUR_MS + 1), added(1, 1, HOUR_MS + 1));
    refused(vec![], add(0, HOUR_MS + 1), TranscriptError::TooLong);
}

#[test]
fn only_an_existing_chunk_can_be_corrected() {
    accepted(vec![added(1, 0, 1)], correct(1), corrected(1));
    let error = TranscriptError::NoSuchChunk { chunk: chunk_number(2) };
    refused(vec![added(1, 0, 1)], correct(2), error);
}

proptest! {
    #[test]
    fn any_commands_leave_numbers_without_gaps(
        commands in prop::collection::vec(
            prop_oneof![
                (0..20_u64, 0..20_u64).prop_map(|(start, end)| add(start, end)),
                (1..20_u64).prop_map(correct),
            ],
            0..80,
        )
    ) {
        let mut transcript = Transcript::default();
        let mut numbers = Vec::new();
        for command in commands {
            let Ok(events) = transcript.decide(command) else { continue };
            for event in events {
                if matches!(event, TranscriptEvent::Chunk { .. }) {
                    numbers.push(event.chunk().get());
                }
                prop_assert!(event.chunk().get() <= numbers.len() as u64);
                transcript.apply(event);
            }
        }
        prop_assert_eq!(transcript.chunk_count(), numbers.len() as u64);
        prop_assert!((1..).zip(numbers).all(|(expected, number)| expected == number));
    }

    #[test]
    fn any_events_fold(numbers in prop::collection::vec(1..=ChunkNumber::MAX.get(), 0..40)) {
        let mut transcript = Transcript::default();
        for number in numbers {
            transcript.apply(corrected(number));
            transcript.apply(added(number, 0, 1));
            prop_assert!(transcript.next_chunk() <= ChunkNumber::MAX);
        }
    }
}
