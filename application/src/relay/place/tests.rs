use uuid::Uuid;

use super::*;

fn found(offset: u64, position: u64, previous: Option<u64>) -> Found {
    Found {
        offset: Offset(offset),
        position: Position::new(position),
        previous: previous.map(Position::new),
        id: id(position),
        replayed: false,
    }
}

fn id(position: u64) -> RecordId {
    RecordId(Uuid::from_u128(position.into()))
}

fn bounds(first: u64, next: u64) -> Bounds {
    Bounds { first: Offset(first), next: Offset(next) }
}

fn mark(offset: u64, position: u64) -> Mark {
    Mark { offset: Some(Offset(offset)), position: Position::new(position) }
}

fn place(offset: u64, position: u64) -> Place {
    Place { offset: Offset(offset), position: Position::new(position), id: Some(id(position)) }
}

fn walked(mut walk: Walk, lane: &[Found]) -> Result<Option<Place>, MarkGone> {
    let from = walk.reads_from();
    for found in lane.iter().filter(|found| found.offset >= from) {
        walk.take(found)?;
    }
    walk.place()
}

/// Three records at offsets 0 to 2.
fn three() -> [Found; 3] {
    [found(0, 3, None), found(1, 7, Some(3)), found(2, 8, Some(7))]
}

#[test]
fn a_lane_without_a_mark_is_followed_from_its_start() {
    assert_eq!(walked(Walk::new(None, bounds(0, 3)), &three()), Ok(Some(place(2, 8))));
}

#[test]
fn an_empty_lane_has_no_place() {
    assert_eq!(walked(Walk::new(None, bounds(0, 0)), &[]), Ok(None));
}

#[test]
fn what_follows_the_mark_is_there() {
    let walk = Walk::new(Some(mark(1, 7)), bounds(0, 3));
    assert_eq!(walk.reads_from(), Offset(1));
    assert_eq!(walked(walk, &three()), Ok(Some(place(2, 8))));
}

#[test]
fn a_lane_that_ends_before_its_mark_was_forgotten_and_is_read_from_its_start() {
    assert_eq!(walked(Walk::new(Some(mark(3, 9)), bounds(0, 3)), &three()), Ok(Some(place(2, 8))));
}

#[test]
fn another_record_where_the_mark_was_says_that_it_is_gone() {
    let lane = [found(0, 3, None), found(1, 9, Some(8))];
    assert_eq!(walked(Walk::new(Some(mark(1, 7)), bounds(0, 2)), &lane), Err(MarkGone));
    assert_eq!(walked(Walk::from_start(Some(mark(1, 7)), bounds(0, 2)), &lane), Ok(Some(place(0, 3))));
}

#[test]
fn a_record_behind_the_marks_offset_says_that_it_is_gone() {
    assert_eq!(walked(Walk::new(Some(mark(1, 7)), bounds(0, 3)), &[found(2, 7, Some(3))]), Err(MarkGone));
}

#[test]
fn a_lane_whose_mark_is_known_to_be_gone_is_read_from_its_start() {
    let walk = Walk::new(Some(Mark { offset: None, position: Position::new(8) }), bounds(0, 3));
    assert_eq!(walk.reads_from(), Offset(0));
    assert_eq!(walked(walk, &three()), Ok(Some(place(2, 8))));
}

#[test]
fn a_replayed_record_is_no_mark() {
    let lane = [Found { replayed: true, ..found(0, 7, None) }];
    assert_eq!(walked(Walk::new(Some(mark(0, 7)), bounds(0, 1)), &lane), Err(MarkGone));
}

#[test]
fn a_mark_that_does_not_come_at_all_is_gone() {
    assert_eq!(walked(Walk::new(Some(mark(1, 7)), bounds(0, 2)), &[]), Err(MarkGone));
}

#[test]
fn a_double_does_not_move_the_place() {
    let lane = [found(0, 3, None), found(1, 7, Some(3)), found(2, 3, None), found(3, 7, Some(3))];
    assert_eq!(walked(Walk::new(None, bounds(0, 4)), &lane), Ok(Some(place(1, 7))));
}

#[test]
fn an_early_record_is_not_taken_before_it_comes_again_in_its_place() {
    let early = [found(0, 3, None), found(1, 8, Some(7)), found(2, 9, Some(8))];
    assert_eq!(walked(Walk::new(None, bounds(0, 3)), &early), Ok(Some(place(0, 3))));
    let mended = [&early[..], &[found(3, 7, Some(3)), found(4, 8, Some(7)), found(5, 9, Some(8))]].concat();
    assert_eq!(walked(Walk::new(None, bounds(0, 6)), &mended), Ok(Some(place(5, 9))));
}

#[test]
fn replayed_records_are_outside_the_chain() {
    let lane = [found(0, 3, None), Found { replayed: true, ..found(1, 3, None) }, found(2, 7, Some(3))];
    assert_eq!(walked(Walk::new(None, bounds(0, 3)), &lane), Ok(Some(place(2, 7))));
}

#[test]
fn a_lane_whose_beginning_expired_begins_with_its_oldest_record() {
    let lane = [found(5, 13, Some(12)), found(6, 14, Some(13))];
    assert_eq!(walked(Walk::new(None, bounds(5, 7)), &lane), Ok(Some(place(6, 14))));
}

#[test]
fn where_nothing_can_have_expired_a_record_behind_nothing_is_early() {
    let lane = [found(0, 13, Some(12)), found(1, 14, Some(13))];
    assert_eq!(walked(Walk::new(Some(mark(9, 20)), bounds(0, 2)), &lane), Ok(None));
}

#[test]
fn what_is_further_on_than_a_forgotten_mark_is_no_beginning() {
    let early = [found(5, 21, Some(20))];
    assert_eq!(walked(Walk::new(Some(mark(9, 20)), bounds(5, 6)), &early), Ok(None));
    let older = [found(5, 13, Some(12))];
    assert_eq!(walked(Walk::new(Some(mark(9, 20)), bounds(5, 6)), &older), Ok(Some(place(5, 13))));
}

#[test]
fn an_expired_mark_is_remembered_in_an_empty_lane() {
    let remembered = Place { offset: Offset(9), position: Position::new(20), id: None };
    assert_eq!(walked(Walk::new(Some(mark(9, 20)), bounds(10, 10)), &[]), Ok(Some(remembered)));
}

#[test]
fn behind_an_expired_mark_the_lane_goes_on_with_whatever_is_oldest() {
    let right_behind = [found(10, 22, Some(20)), found(11, 25, Some(22))];
    assert_eq!(walked(Walk::new(Some(mark(9, 20)), bounds(10, 12)), &right_behind), Ok(Some(place(11, 25))));
    let further_on = [found(12, 25, Some(22)), found(13, 26, Some(25))];
    assert_eq!(walked(Walk::new(Some(mark(9, 20)), bounds(12, 14)), &further_on), Ok(Some(place(13, 26))));
}

#[test]
fn doubles_behind_an_expired_mark_are_doubles() {
    let lane = [found(10, 18, Some(17)), found(11, 20, Some(18)), found(12, 22, Some(20))];
    assert_eq!(walked(Walk::new(Some(mark(9, 20)), bounds(10, 13)), &lane), Ok(Some(place(12, 22))));
}
