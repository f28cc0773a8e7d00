use acta_application::relay::TopicName;

use super::*;

const BOUNDS: Bounds = Bounds { messages: 4, bytes: 1_000 };

fn desk() -> Desk {
    Desk::new(BOUNDS, CancellationToken::new())
}

fn lane(partition: u32) -> Lane {
    Lane { topic: TopicName::new("vote.started.v1"), partition }
}

fn message(partition: u32, offset: u32, key: &str) -> Held {
    let message = InboundMessage {
        topic: "vote.started.v1".to_owned(),
        event_type: "vote.started.v1".to_owned(),
        partition,
        offset: offset.into(),
        key: Some(key.as_bytes().to_vec()),
        headers: Vec::new(),
        body: Vec::new(),
    };
    Held { lane: lane(partition), offset: offset.into(), size: 100, message: Arc::new(message) }
}

fn begun(desk: &Desk, held: Held) -> Strand {
    desk.take(held).begin.expect("nobody works on it yet")
}

fn offset_of(work: &Work) -> i64 {
    work.held.offset
}

#[test]
fn messages_of_a_key_come_one_after_the_other() {
    let desk = desk();
    let strand = begun(&desk, message(0, 1, "a"));
    assert_eq!(desk.take(message(0, 2, "a")).begin, None);
    let first = desk.next(&strand).unwrap();
    assert_eq!(offset_of(&first), 1);
    assert_eq!(offset_of(&desk.next(&strand).unwrap()), 1, "it is not finished");
    desk.finish(&strand, &first);
    assert_eq!(offset_of(&desk.next(&strand).unwrap()), 2);
}

#[test]
fn other_keys_and_other_partitions_go_on_beside() {
    let desk = desk();
    let strands = [message(0, 1, "a"), message(0, 2, "b"), message(1, 1, "a")].map(|held| begun(&desk, held));
    let offsets = strands.each_ref().map(|strand| offset_of(&desk.next(strand).unwrap()));
    assert_eq!(offsets, [1, 2, 1]);
}

#[test]
fn a_strand_that_ended_begins_again_with_the_next_message() {
    let desk = desk();
    let strand = begun(&desk, message(0, 1, "a"));
    let work = desk.next(&strand).unwrap();
    desk.finish(&strand, &work);
    assert!(desk.next(&strand).is_none());
    assert_eq!(begun(&desk, message(0, 2, "a")), strand);
}

#[test]
fn only_what_is_behind_the_unbroken_run_is_committed() {
    let desk = desk();
    let (a, b) = (begun(&desk, message(0, 1, "a")), begun(&desk, message(0, 2, "b")));
    let (first, second) = (desk.next(&a).unwrap(), desk.next(&b).unwrap());
    desk.finish(&b, &second);
    assert_eq!(desk.to_commit(), [(lane(0), 1)]);
    desk.finish(&a, &first);
    assert_eq!(desk.to_commit(), [(lane(0), 3)]);
    desk.committed(&[(lane(0), 3)]);
    assert_eq!(desk.to_commit(), []);
}

#[test]
fn a_partition_that_gave_too_much_is_paused_until_half_of_it_is_done() {
    let desk = desk();
    let strand = begun(&desk, message(0, 1, "a"));
    let pauses = [2, 3, 4, 5].map(|offset| desk.take(message(0, offset, "a")).pause);
    assert_eq!(pauses, [false, false, true, false], "it is paused once");
    for _ in 0..2 {
        desk.finish(&strand, &desk.next(&strand).unwrap());
        assert_eq!(desk.to_resume(), []);
    }
    desk.finish(&strand, &desk.next(&strand).unwrap());
    assert_eq!(desk.to_resume(), [lane(0)]);
    assert_eq!(desk.to_resume(), [], "it is resumed once");
}

#[test]
fn large_messages_fill_a_partition_too() {
    let desk = desk();
    assert!(desk.take(Held { size: 1_000, ..message(0, 1, "a") }).pause);
}

#[test]
fn what_is_held_of_a_partition_that_goes_is_forgotten() {
    let desk = desk();
    let strand = begun(&desk, message(0, 1, "a"));
    let work = desk.next(&strand).unwrap();
    desk.block(&strand, "no_session");
    desk.give_up(&lane(0));
    assert!(work.over.is_cancelled());
    assert!(desk.next(&strand).is_none());
    assert_eq!(desk.blocked(10), []);
    desk.finish(&strand, &work);
    assert_eq!(desk.to_commit(), []);
}

#[test]
fn a_worker_of_an_earlier_assignment_takes_nothing_of_the_next() {
    let desk = desk();
    let earlier = begun(&desk, message(0, 1, "a"));
    let work = desk.next(&earlier).unwrap();
    desk.give_up(&lane(0));
    let later = begun(&desk, message(0, 1, "a"));
    desk.finish(&earlier, &work);
    assert!(desk.next(&earlier).is_none());
    assert_eq!(desk.to_commit(), [(lane(0), 1)]);
    assert_eq!(offset_of(&desk.next(&later).unwrap()), 1);
}

#[test]
fn a_broker_that_went_back_is_followed() {
    let desk = desk();
    let strand = begun(&desk, message(0, 9, "a"));
    let old = desk.next(&strand).unwrap();
    desk.take(message(0, 3, "a"));
    assert_eq!(desk.to_commit(), [(lane(0), 3)]);
    desk.finish(&strand, &old);
    assert_eq!(desk.to_commit(), [(lane(0), 3)], "what it forgot finishes nothing");
    desk.finish(&strand, &desk.next(&strand).unwrap());
    assert_eq!(desk.to_commit(), [(lane(0), 4)]);
}

#[test]
fn a_blocked_strand_is_told_of_until_it_goes_on() {
    let desk = desk();
    let strand = begun(&desk, message(0, 1, "a\n"));
    let work = desk.next(&strand).unwrap();
    desk.block(&strand, "no_session");
    assert_eq!(desk.blocked(10), [("vote.started.v1/0 a\\n".to_owned(), "no_session")]);
    desk.finish(&strand, &work);
    assert_eq!(desk.blocked(10), []);
}

#[test]
fn after_the_end_nothing_is_given_out() {
    let desk = desk();
    let strand = begun(&desk, message(0, 1, "a"));
    let work = desk.next(&strand).unwrap();
    desk.close();
    assert!(work.over.is_cancelled());
    desk.finish(&strand, &work);
    assert_eq!(desk.to_commit(), [(lane(0), 2)], "what was under way counts");
    assert!(desk.next(&strand).is_none());
    assert_eq!(desk.take(message(0, 2, "a")), Taken::default());
}

#[test]
fn a_partition_is_through_when_all_is_finished_or_blocked_under_other_keys() {
    let desk = desk();
    assert!(!desk.is_through(&lane(0), 1, |_| false), "nothing was read");
    let (a, b) = (begun(&desk, message(0, 1, "a")), begun(&desk, message(0, 2, "b")));
    let (first, second) = (desk.next(&a).unwrap(), desk.next(&b).unwrap());
    desk.finish(&a, &first);
    assert!(!desk.is_through(&lane(0), 3, |key| key == Some(b"a".as_slice())), "b is under way");
    desk.block(&b, "failing");
    assert!(desk.is_through(&lane(0), 3, |key| key == Some(b"a".as_slice())));
    assert!(!desk.is_through(&lane(0), 3, |key| key == Some(b"b".as_slice())));
    assert!(!desk.is_through(&lane(0), 4, |key| key == Some(b"a".as_slice())), "not all of it was read");
    desk.finish(&b, &second);
    assert!(desk.is_through(&lane(0), 3, |key| key == Some(b"b".as_slice())));
}
