use super::*;
use crate::relay::TopicName;

const PATIENCE: Duration = Duration::from_mins(1);

fn position(number: u64) -> Position {
    Position::new(number)
}

fn of(positions: &[u64]) -> Vec<Acknowledged> {
    let lane = Lane { topic: TopicName::new("t"), partition: 0 };
    let one =
        |number| Acknowledged { lane: lane.clone(), offset: Offset(number), position: position(number) };
    positions.iter().copied().map(one).collect()
}

fn fault() -> Fault {
    Arc::new(std::fmt::Error)
}

#[test]
fn everything_is_acknowledged_up_to_the_first_one_that_is_not() {
    let now = Instant::now();
    let mut course = Course::new(position(5));
    assert_eq!(course.up_to(), position(4));
    for number in [5, 8, 9] {
        course.sent(position(number), now);
    }
    course.acknowledged(&of(&[9, 5]), now);
    assert_eq!((course.up_to(), course.records()), (position(7), 2));
    course.acknowledged(&of(&[8]), now);
    assert_eq!((course.up_to(), course.records()), (position(9), 3));
    course.sent_all(position(12));
    assert_eq!(course.up_to(), position(12));
}

#[test]
fn what_was_under_way_is_sent_again() {
    let now = Instant::now();
    let mut course = Course::new(position(1));
    for number in [1, 2, 3] {
        course.sent(position(number), now);
    }
    course.acknowledged(&of(&[1, 3]), now);
    assert_eq!(course.recall(), position(1));
    course.sent(position(2), now);
    assert_eq!(course.up_to(), position(1));
}

#[test]
fn an_answer_that_nobody_waits_for_is_not_counted() {
    let mut course = Course::new(position(1));
    course.acknowledged(&of(&[7]), Instant::now());
    assert_eq!((course.up_to(), course.records()), (position(0), 0));
}

#[test]
fn patience_begins_anew_with_each_answer() {
    let start = Instant::now();
    let mut course = Course::new(position(1));
    assert!(!course.is_silent_for(PATIENCE, start + PATIENCE), "nothing was asked yet");
    course.sent(position(1), start);
    course.sent(position(2), start + PATIENCE / 2);
    assert!(course.is_silent_for(PATIENCE, start + PATIENCE));
    course.acknowledged(&of(&[1]), start + PATIENCE);
    assert!(!course.is_silent_for(PATIENCE, start + PATIENCE * 3 / 2));
    course.acknowledged(&of(&[2]), start + PATIENCE);
    assert!(!course.is_silent_for(PATIENCE, start + PATIENCE * 9), "everything is answered");
}

#[test]
fn a_broker_that_only_lets_us_in_has_not_answered() {
    let start = Instant::now();
    let mut course = Course::new(position(1));
    course.expects_an_answer(start);
    course.connected();
    assert!(!course.is_silent_for(PATIENCE, start + PATIENCE * 9));
    assert!(course.lost(&fault(), start), "it is the first loss");
    course.connected();
    course.sent(position(1), start + PATIENCE / 2);
    assert!(!course.lost(&fault(), start + PATIENCE / 2), "it is the same loss");
    assert!(course.is_silent_for(PATIENCE, start + PATIENCE));
    assert!(course.fault().is_some());
}

#[test]
fn the_last_acknowledged_record_of_each_lane_is_known_until_everything_starts_over() {
    let now = Instant::now();
    let mut course = Course::new(position(5));
    for number in [5, 6, 7] {
        course.sent(position(number), now);
    }
    course.acknowledged(&of(&[5, 6]), now);
    let lane = of(&[6]).remove(0).lane;
    assert_eq!(course.marks(), [Mark { lane, offset: Offset(6), position: position(6) }]);
    course.start_over(position(5));
    assert_eq!((course.up_to(), course.marks()), (position(4), Vec::new()));
}
