use std::collections::BTreeSet;
use std::sync::Arc;

use acta_application::UseCaseError;
use acta_application::log::StreamId;
use acta_application::transcript::CorrectChunk;
use acta_domain::{ChunkNumber, TranscriptError};
use futures::future::join_all;

use crate::room::{Room, chunk, command, keyed, person, tenant, text};

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn many_clients_on_one_session_get_one_number_each_and_no_gap() {
    let room = Arc::new(Room::open().await);
    let session = room.active_session().await;
    let adding = (0..300).map(|n| {
        let room = Arc::clone(&room);
        tokio::spawn(async move {
            room.use_cases.add_chunk(&command(), session, chunk(&format!("word {n}"))).await.unwrap().chunk
        })
    });
    let numbers: BTreeSet<_> = join_all(adding).await.into_iter().map(|chunk| chunk.unwrap().get()).collect();
    assert_eq!(numbers, (1..=300).collect());
    let positions: Vec<_> = room.events().await.iter().map(|event| event.position.get()).collect();
    assert_eq!(positions, (1..=303).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_chunk_sent_twice_under_one_key_has_one_number() {
    let room = Room::open().await;
    let session = room.active_session().await;
    let first = room.use_cases.add_chunk(&keyed("k", "add"), session, chunk("one")).await.unwrap();
    room.use_cases.add_chunk(&command(), session, chunk("two")).await.unwrap();
    let again = room.use_cases.add_chunk(&keyed("k", "add"), session, chunk("one")).await.unwrap();
    assert_eq!((again.chunk, again.accepted.repeated), (first.chunk, true));
}

#[tokio::test]
async fn the_end_of_a_session_and_words_spoken_at_the_same_time_keep_their_order() {
    let room = Arc::new(Room::open().await);
    let session = room.active_session().await;
    let adding = (0..50).map(|n| {
        let room = Arc::clone(&room);
        tokio::spawn(async move {
            if n == 25 {
                room.use_cases.end_session(&command(), session).await.map(drop)
            } else {
                room.use_cases.mark_left(&command(), session, person(n)).await.map(drop)
            }
        })
    });
    join_all(adding).await;
    let types = room.event_types().await;
    assert_eq!(types.iter().filter(|name| *name == "session.ended.v1").count(), 1);
}

#[tokio::test]
async fn a_correction_is_sealed_for_the_speaker_of_its_chunk_however_many_came_before() {
    let room = Room::open().await;
    let session = room.active_session().await;
    for words in ["one", "two", "three"] {
        room.use_cases.add_chunk(&command(), session, chunk(words)).await.unwrap();
        correct(&room, session, 1, "ONE").await.unwrap();
    }
    correct(&room, session, 3, "THREE").await.unwrap();
    let sealed = room.events().await.pop().unwrap().sealed.unwrap();
    assert_eq!(sealed.subject, format!("person:{}", person(1)));
}

#[tokio::test]
async fn a_chunk_that_is_not_there_cannot_be_corrected() {
    let room = Room::open().await;
    let session = room.active_session().await;
    let refused = correct(&room, session, 1, "ONE").await;
    assert!(
        matches!(refused, Err(UseCaseError::Transcript(TranscriptError::NoSuchChunk { .. }))),
        "{refused:?}"
    );
}

async fn correct(
    room: &Room,
    session: acta_domain::SessionId,
    number: u64,
    words: &str,
) -> Result<(), UseCaseError> {
    let correction =
        CorrectChunk { chunk: ChunkNumber::new(number).unwrap(), text: text(words), language: None };
    room.use_cases.correct_chunk(&command(), session, correction).await.map(drop)
}

#[tokio::test]
async fn a_stream_that_leaves_the_memory_again_and_again_still_gets_its_snapshot() {
    let room = Room::open().await;
    let session = room.active_session().await;
    for _ in 0..3 {
        let adding =
            (0..400).map(|_| async { room.use_cases.add_chunk(&command(), session, chunk("word")).await });
        assert!(join_all(adding).await.iter().all(Result::is_ok));
        // As many sessions as there is room for in memory.
        for _ in 0..8 {
            let other = room.active_session().await;
            room.use_cases.add_chunk(&command(), other, chunk("word")).await.unwrap();
        }
    }
    room.use_cases.settle().await;
    let transcript = StreamId::of_session("transcript", session);
    let snapshot = room.log.snapshot(tenant(), &transcript).await.unwrap();
    assert_eq!(snapshot.map(|snapshot| snapshot.sequence.get()), Some(1_000));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn clients_that_repeat_themselves_do_not_hold_up_the_others() {
    let room = Arc::new(Room::open().await);
    let session = room.active_session().await;
    let add = |key: String| {
        let room = Arc::clone(&room);
        async move { room.use_cases.add_chunk(&keyed(&key, "add"), session, chunk("words")).await }
    };
    let first = join_all((0..100).map(|n| add(format!("old {n}")))).await;
    assert!(first.iter().all(Result::is_ok));
    let storm = (0..100).flat_map(|n| [add(format!("old {n}")), add(format!("new {n}"))]).map(tokio::spawn);
    let outcomes: Vec<_> = join_all(storm).await.into_iter().map(|one| one.unwrap().unwrap()).collect();
    let repeated = outcomes.iter().filter(|chunk| chunk.accepted.repeated).count();
    assert_eq!((outcomes.len(), repeated), (200, 100));
}
