//! Given these events, the floor is …

mod chair;
mod histories;

use acta_domain::values::{FinishedBy, Priority, SpeechKind, TimeLimit};
use acta_domain::{FloorEvent, PersonId, SpeechRequestId};
use uuid::Uuid;

use super::{Counters, Floor, FloorView, KEPT_PAST, Outcome, ROW};
use crate::Projection as _;
use crate::given::{Story, person, second};

fn request(number: u128) -> SpeechRequestId {
    SpeechRequestId::new(Uuid::from_u128(1_000 + number))
}

fn requested(number: u128, kind: SpeechKind, at: i64) -> FloorEvent {
    FloorEvent::Requested {
        request_id: request(number),
        person_id: person(number),
        kind,
        priority: Priority::default(),
        at: second(at),
    }
}

fn approved(number: u128, limit: Option<u64>, at: i64) -> FloorEvent {
    let time_limit_seconds = limit.map(|limit| TimeLimit::new(limit).unwrap());
    FloorEvent::Approved {
        request_id: request(number),
        person_id: person(number),
        time_limit_seconds,
        at: second(at),
    }
}

fn finished(number: u128, by: FinishedBy, at: i64) -> FloorEvent {
    FloorEvent::Finished { request_id: request(number), person_id: person(number), by, at: second(at) }
}

fn denied(number: u128, at: i64) -> FloorEvent {
    FloorEvent::Denied { request_id: request(number), person_id: person(number), at: second(at) }
}

fn withdrawn(number: u128, at: i64) -> FloorEvent {
    FloorEvent::Withdrawn { request_id: request(number), person_id: person(number), at: second(at) }
}

fn row(story: &Story) -> FloorView {
    story.row::<Floor>(ROW)
}

fn waiting(view: &FloorView) -> Vec<PersonId> {
    view.queue.iter().map(|waiting| waiting.person_id).collect()
}

#[test]
fn points_of_order_come_first_then_replies_then_speeches() {
    let story = Story::default()
        .then(requested(1, SpeechKind::Speech, 1))
        .then(requested(2, SpeechKind::Reply, 2))
        .then(requested(3, SpeechKind::PointOfOrder, 3))
        .then(requested(4, SpeechKind::Speech, 4));
    assert_eq!(waiting(&row(&story)), [person(3), person(2), person(1), person(4)]);
}

#[test]
fn an_approved_request_leaves_the_queue_and_runs_until_its_limit() {
    let story = Story::default()
        .then_sealed(requested(1, SpeechKind::Speech, 1), 5)
        .then(requested(2, SpeechKind::Speech, 2))
        .then(approved(1, Some(90), 10));
    let view = row(&story);
    assert_eq!(waiting(&view), [person(2)]);
    assert_eq!(view.turns[0].ends_at, Some(second(100)));
    assert_eq!(view.turns[0].request.topic.as_ref().unwrap().0.ciphertext, [5; 3]);
    assert_eq!(Floor::columns(&view).status.as_deref(), Some("speaking"));
}

#[test]
fn a_finished_turn_adds_to_the_speaking_time() {
    let story = Story::default()
        .then(requested(1, SpeechKind::Speech, 1))
        .then(approved(1, None, 10))
        .then(finished(1, FinishedBy::Chair, 25));
    let view = row(&story);
    assert!(view.turns.is_empty());
    assert_eq!(view.speaking_ms[&person(1)], 15_000);
    assert_eq!(view.history[0].outcome, Outcome::Finished { by: FinishedBy::Chair, spoke_ms: 15_000 });
    assert_eq!(Floor::columns(&view).status.as_deref(), Some("quiet"));
}

#[test]
fn every_request_is_counted_by_what_became_of_it() {
    let story = (1..=4).fold(Story::default(), |story, n| story.then(requested(n, SpeechKind::Speech, 1)));
    let story = story
        .then(withdrawn(1, 2))
        .then_sealed(denied(2, 3), 8)
        .then(approved(3, None, 4))
        .then(finished(3, FinishedBy::Speaker, 5));
    let view = row(&story);
    let counters = Counters { requested: 4, approved: 1, denied: 1, withdrawn: 1, finished: 1 };
    assert_eq!(view.counters, counters);
    assert_eq!(waiting(&view), [person(4)]);
    let Outcome::Denied { reason: Some(reason) } = &view.history[1].outcome else {
        panic!("a denial keeps its sealed reason");
    };
    assert_eq!(reason.0.ciphertext, [8; 3]);
}

#[test]
fn muted_people_are_listed_until_they_are_unmuted() {
    let muted = |n| FloorEvent::Muted { person_id: person(n), at: second(3) };
    let story = Story::default()
        .then(muted(1))
        .then(muted(2))
        .then(FloorEvent::Unmuted { person_id: person(1), at: second(4) });
    assert_eq!(row(&story).muted.into_iter().collect::<Vec<_>>(), [(person(2), second(3))]);
}

#[test]
fn the_row_does_not_grow_with_the_requests_that_are_over() {
    let story = (0..200).fold(Story::default(), |story, n| {
        story.then(requested(n, SpeechKind::Speech, 1)).then(withdrawn(n, 2))
    });
    let view = row(&story);
    assert_eq!((view.history.len(), view.counters.withdrawn), (KEPT_PAST, 200));
    assert_eq!(view.history.back().unwrap().person_id, person(199));
}

#[test]
fn deciding_a_request_that_does_not_wait_is_poison() {
    assert!(Story::default().then(denied(1, 1)).rows::<Floor>().is_err());
    assert!(Story::default().then(finished(1, FinishedBy::Clock, 1)).rows::<Floor>().is_err());
}

#[test]
fn a_row_survives_json() {
    let story = Story::default()
        .then(requested(1, SpeechKind::Reply, 1))
        .then(approved(1, Some(5), 2))
        .then(finished(1, FinishedBy::Clock, 7))
        .then(requested(2, SpeechKind::Reply, 8))
        .then(denied(2, 9));
    let json = serde_json::to_string(&row(&story)).unwrap();
    assert_eq!(serde_json::from_str::<FloorView>(&json).unwrap(), row(&story));
}
