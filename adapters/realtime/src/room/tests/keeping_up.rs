//! Slow seats, empty rooms, and what a room takes.

use std::sync::Arc;

use acta_application::log::{Position, SessionIndex};

use super::super::Seat;
use super::super::budget::Budget;
use super::super::ring::{Entry, Found, MOST_FRAMES, Ring};
use super::super::state::Place;
use super::house::{House, indices, next, read_to, said, session, tenant};
use super::script::Script;
use crate::frame::Frame;

#[tokio::test]
async fn a_seat_that_fell_behind_is_told_so_once_and_misses_nothing() {
    let house = House::narrow().await;
    let mut script = Script::begin(&house).await;
    let mut seat = house.enter(Some(house.head())).await;
    script.speak(&house, 1).await;
    let before = next(&mut seat).await.unwrap();
    script.speak(&house, 200).await;
    let mut eager = house.enter(None).await;
    read_to(&mut eager, house.head()).await;

    let told = next(&mut seat).await.unwrap();
    assert_eq!((told.len(), told[0].name), (1, "lagged"));
    assert_eq!(said(&told[0])["position"], before[0].position.get());
    assert_eq!(said(&told[0])["head"], house.head().get());
    let rest = read_to(&mut seat, house.head()).await;
    assert!(rest.iter().all(|frame| frame.name != "lagged"));
    assert_eq!(indices(&rest), (4..204).collect::<Vec<_>>());
}

#[tokio::test]
async fn who_comes_back_from_far_away_is_not_told_that_they_lagged() {
    let house = House::narrow().await;
    let mut script = Script::begin(&house).await;
    script.speak(&house, 100).await;
    let mut seat = house.enter(Some(Position::default())).await;
    let frames = read_to(&mut seat, house.head()).await;
    assert!(frames.iter().all(|frame| frame.name != "lagged"));
    assert_eq!(indices(&frames), (0..103).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_room_ends_when_nobody_has_been_in_it_for_a_while() {
    let house = House::open().await;
    Script::begin(&house).await;
    let seat = house.enter(None).await;
    drop(seat);
    assert!(house.rooms.find((tenant(), session())).is_some());
    tokio::time::pause();
    while house.rooms.find((tenant(), session())).is_some() {
        tokio::time::sleep(std::time::Duration::from_secs(1)).await;
    }
    tokio::time::resume();
    let mut seat = house.enter(None).await;
    assert_eq!(said(&next(&mut seat).await.unwrap()[0])["position"], house.head().get());
}

#[test]
fn a_seat_is_small() {
    assert!(size_of::<Seat>() <= 80, "{}", size_of::<Seat>());
}

#[tokio::test]
async fn waiting_in_a_seat_takes_little_memory() {
    let house = House::open().await;
    Script::begin(&house).await;
    let mut seat = house.enter(None).await;
    let waiting = size_of_val(&seat.next());
    assert!(waiting <= 512, "{waiting}");
}

fn entry(position: u64, bytes: usize) -> Entry {
    let data = "x".repeat(bytes);
    let frame = Frame::new(Position::new(position), "transcript_chunk", None, &data).unwrap();
    Entry { frame: Arc::new(frame), subject: None }
}

#[test]
fn a_ring_keeps_the_last_frames_and_knows_where_they_begin() {
    let mut ring = Ring::at(Place::default(), Arc::new(Budget::default()));
    ring.extend((1..=3_000).map(|position| entry(position * 2, 1)));
    let gone = 3_000 - MOST_FRAMES as u64;
    assert_eq!(ring.base(), Place { position: Position::new(gone * 2), next: SessionIndex::new(gone) });
    assert!(matches!(ring.read(SessionIndex::new(gone - 1), Position::default(), 64), Found::Gone));
    let Found::Frames(frames, place) = ring.read(SessionIndex::new(gone), Position::default(), 64) else {
        panic!("they are there");
    };
    assert_eq!((frames.len(), place.next), (64, SessionIndex::new(gone + 64)));
    assert!(matches!(ring.read(SessionIndex::new(3_000), Position::default(), 64), Found::Nothing));
    assert_eq!(ring.place_of(Position::new(gone * 2 - 1)), None);
    let between = Position::new(5_001);
    assert_eq!(ring.place_of(between), Some(Place { position: between, next: SessionIndex::new(2_500) }));
}

#[test]
fn large_frames_leave_room_for_fewer() {
    let budget = Arc::new(Budget::default());
    let mut ring = Ring::at(Place::default(), Arc::clone(&budget));
    ring.extend((1..=10).map(|position| entry(position, 300_000)));
    assert_eq!(ring.base().next, SessionIndex::new(7));
    ring.extend([entry(11, 3_000_000)]);
    assert_eq!(ring.base().next, SessionIndex::new(10));
}

#[test]
fn all_rings_together_keep_to_their_budget() {
    let budget = Arc::new(Budget::of(1_000_000));
    let mut one = Ring::at(Place::default(), Arc::clone(&budget));
    one.extend((1..=100).map(|position| entry(position, 4_000)));
    assert!(!budget.is_overdrawn());
    let mut other = Ring::at(Place::default(), Arc::clone(&budget));
    other.extend((1..=100).map(|position| entry(position, 4_000)));
    assert!(other.base().next > SessionIndex::new(50));
    drop((one, other));
    budget.take(1_000_000);
    assert!(!budget.is_overdrawn(), "what a ring took is given back with it");
}
