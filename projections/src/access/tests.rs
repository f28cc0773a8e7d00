//! Given these events, it can be seen who did what.

use acta_application::log::Actor;
use acta_domain::values::{EndReason, Generation, RoleName};
use acta_domain::{
    AccessEvent, AttendanceEvent, KeySubject, OperationName, Permission, RoleEvent, SignInEvent, SignInId,
    UserEvent, UserId,
};
use uuid::Uuid;

use super::{Access, AccessView};
use crate::Projection as _;
use crate::given::{Story, person, second, session};

fn refusal() -> AccessEvent {
    AccessEvent::Refused {
        operation: OperationName::parse("create_session").unwrap(),
        permission: Some(Permission::SessionsManage),
        session_id: Some(session()),
        at: second(1),
    }
}

fn by_person(number: u128) -> Story {
    Story::default().by(Actor::Person(person(number)))
}

fn sign_in_id() -> SignInId {
    SignInId::new(Uuid::from_u128(4))
}

/// What the story's only event becomes.
fn only(story: &Story) -> AccessView {
    story.row::<Access>("00000000000000000001")
}

#[test]
fn a_refusal_says_who_wanted_what_and_which_permission_they_lack() {
    let view = only(&by_person(3).then(refusal()));
    assert_eq!((view.event_type.as_str(), view.who), ("access.refused.v1", Actor::Person(person(3))));
    assert_eq!(view.operation.unwrap().as_str(), "create_session");
    assert_eq!((view.permission, view.session_id), (Some(Permission::SessionsManage), Some(session())));
    assert_eq!((view.person_id, view.at), (None, second(1)));
}

#[test]
fn a_grant_says_who_gave_what_to_whom() {
    let user_id = UserId::new(Uuid::from_u128(7));
    let role = RoleName::parse("chair").unwrap();
    let granted = UserEvent::RoleGranted { user_id, person_id: person(1), role: role.clone(), at: second(1) };
    let view = only(&by_person(9).then(granted));
    assert_eq!((view.who, view.person_id), (Actor::Person(person(9)), Some(person(1))));
    assert_eq!((view.user_id, view.role), (Some(user_id), Some(role)));
}

#[test]
fn a_key_that_was_handed_out_is_about_its_person() {
    let subject = KeySubject::parse(&format!("person:{}", person(1))).unwrap();
    let event = AccessEvent::KeyHandedOut { session_id: session(), subject: subject.clone(), at: second(1) };
    let view = only(&by_person(9).then(event));
    assert_eq!((view.person_id, view.subject), (Some(person(1)), Some(subject)));
}

#[test]
fn a_change_of_a_role_and_the_end_of_a_sign_in_are_seen() {
    let name = RoleName::parse("minute-taker").unwrap();
    let view = only(&by_person(9).then(RoleEvent::Retired { name: name.clone(), at: second(1) }));
    assert_eq!((view.role, view.person_id), (Some(name), None));
    let (sign_in_id, person_id, reason) = (sign_in_id(), person(1), EndReason::SignedOut);
    let view = only(&by_person(1).then(SignInEvent::Ended { sign_in_id, person_id, reason, at: second(1) }));
    assert_eq!((view.reason, view.person_id), (Some(reason), Some(person(1))));
}

#[test]
fn each_event_has_a_row_of_its_own_in_the_order_of_the_log() {
    let rows = (0..11).fold(by_person(1), |story, _| story.then(refusal())).rows::<Access>().unwrap();
    let positions: Vec<u64> = rows.values().map(|view| view.position.get()).collect();
    assert_eq!(positions, (1..=11).collect::<Vec<u64>>());
}

#[test]
fn renewals_and_what_happens_in_sessions_are_not_there() {
    let generation = Generation::new(2);
    let renewed =
        SignInEvent::Renewed { sign_in_id: sign_in_id(), person_id: person(1), generation, at: second(1) };
    let left = AttendanceEvent::Left { person_id: person(1), at: second(1) };
    assert!(by_person(1).then(renewed).then(left).rows::<Access>().unwrap().is_empty());
}

#[test]
fn rows_are_found_by_what_was_done_and_by_the_person_who_did_it() {
    let columns = Access::columns(&only(&by_person(3).then(refusal())));
    assert_eq!(columns.kind.as_deref(), Some("access.refused.v1"));
    assert_eq!((columns.person, columns.rank), (Some(person(3).to_string()), second(1).as_micros()));
    let service = Story::default().by(Actor::Service("scheduler".to_owned())).then(refusal());
    assert_eq!(Access::columns(&only(&service)).person, None);
}
