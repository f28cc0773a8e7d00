//! Given these events, somebody's row is …

use acta_domain::values::{AttendanceMethod, RefusalReason, VotingWeight};
use acta_domain::{AttendanceEvent, PersonId};

use super::{Attendance, AttendanceStatus, AttendeeView, KEPT_REFUSALS, QuorumWeight, presence_at};
use crate::Projection as _;
use crate::given::{Story, person, second};

fn validated(who: PersonId, weight: Option<&str>, at: i64) -> AttendanceEvent {
    AttendanceEvent::Validated {
        person_id: who,
        method: AttendanceMethod::Manual,
        evidence: None,
        voting_weight: weight.map(|weight| VotingWeight::parse(weight).unwrap()),
        at: second(at),
    }
}

fn left(who: PersonId, at: i64) -> AttendanceEvent {
    AttendanceEvent::Left { person_id: who, at: second(at) }
}

fn returned(who: PersonId, at: i64) -> AttendanceEvent {
    AttendanceEvent::Returned { person_id: who, method: AttendanceMethod::Qr, evidence: None, at: second(at) }
}

fn refused(who: PersonId, at: i64) -> AttendanceEvent {
    AttendanceEvent::Refused {
        person_id: who,
        method: AttendanceMethod::Sms,
        reason: RefusalReason::NotEligible,
        at: second(at),
    }
}

fn row(story: &Story, who: PersonId) -> AttendeeView {
    story.row::<Attendance>(&who.to_string())
}

fn counted(story: &Story, at: i64, over_at: Option<i64>) -> (u64, String) {
    let rows = story.rows::<Attendance>().unwrap();
    let (present, weight) = presence_at(rows.values(), second(at), over_at.map(second));
    (present, weight.to_string())
}

#[test]
fn somebody_who_was_let_in_is_present() {
    let view = row(&Story::default().then_sealed(validated(person(1), Some("3.25"), 10), 4), person(1));
    assert_eq!(view.status, AttendanceStatus::Present);
    assert_eq!(view.name.as_ref().unwrap().0.ciphertext, [4; 3]);
    let columns = Attendance::columns(&view);
    assert_eq!(columns.status.as_deref(), Some("present"));
    assert_eq!(columns.kind.as_deref(), Some("manual"));
    assert_eq!(columns.person, Some(person(1).to_string()));
    assert_eq!(columns.rank, second(10).as_micros());
}

#[test]
fn leaving_and_returning_gives_two_intervals_and_keeps_weight_and_name() {
    let story = Story::default()
        .then_sealed(validated(person(1), Some("2"), 10), 4)
        .then(left(person(1), 20))
        .then(returned(person(1), 30));
    let view = row(&story, person(1));
    let times: Vec<_> = view.intervals.iter().map(|presence| (presence.from, presence.to)).collect();
    assert_eq!(times, [(second(10), Some(second(20))), (second(30), None)]);
    assert_eq!(view.method, AttendanceMethod::Qr);
    assert_eq!(view.weight, Some(VotingWeight::parse("2").unwrap()));
    assert!(view.name.is_some());
}

#[test]
fn somebody_refused_who_is_let_in_later_is_present_since_then() {
    let story = Story::default().then(refused(person(1), 5)).then(validated(person(1), None, 9));
    let view = row(&story, person(1));
    assert_eq!(view.status, AttendanceStatus::Present);
    assert_eq!((view.first_seen, view.intervals[0].from), (second(5), second(9)));
    assert_eq!((view.refused, view.method), (1, AttendanceMethod::Manual));
}

#[test]
fn a_refusal_of_somebody_present_changes_neither_status_nor_method() {
    let story = Story::default().then(validated(person(1), None, 1)).then(refused(person(1), 2));
    let view = row(&story, person(1));
    assert_eq!((view.status, view.method), (AttendanceStatus::Present, AttendanceMethod::Manual));
}

#[test]
fn a_row_keeps_the_last_refusals_and_counts_all() {
    let story = (0..30).fold(Story::default(), |story, at| story.then(refused(person(1), at)));
    let view = row(&story, person(1));
    assert_eq!((view.refused, view.refusals.len()), (30, KEPT_REFUSALS));
    assert_eq!(view.refusals[0].at, second(10));
}

#[test]
fn leaving_without_having_come_is_poison() {
    assert!(Story::default().then(left(person(1), 1)).rows::<Attendance>().is_err());
    assert!(
        Story::default().then(refused(person(1), 1)).then(left(person(1), 2)).rows::<Attendance>().is_err()
    );
}

#[test]
fn presence_counts_from_its_first_instant_up_to_its_last() {
    let story = Story::default()
        .then(validated(person(1), Some("1.5"), 10))
        .then(validated(person(2), Some("0.000001"), 12))
        .then(validated(person(3), None, 12))
        .then(left(person(1), 20));
    assert_eq!(counted(&story, 9, None), (0, "0".to_owned()));
    assert_eq!(counted(&story, 10, None), (1, "1.5".to_owned()));
    assert_eq!(counted(&story, 12, None), (3, "1.500001".to_owned()));
    assert_eq!(counted(&story, 20, None), (2, "0.000001".to_owned()));
}

#[test]
fn nobody_is_present_once_the_session_is_over() {
    let story = Story::default().then(validated(person(1), Some("1"), 10));
    assert_eq!(counted(&story, 29, Some(30)), (1, "1".to_owned()));
    assert_eq!(counted(&story, 30, Some(30)), (0, "0".to_owned()));
}

#[test]
fn weights_add_up_past_what_one_weight_can_be() {
    let heaviest = VotingWeight::parse("1000000000").unwrap();
    let sum = (0..3).fold(QuorumWeight::default(), |sum, _| sum.plus(heaviest));
    assert_eq!(sum.to_string(), "3000000000");
}
