//! Given these events, the role permits …

use std::collections::BTreeSet;

use acta_application::log::Actor;
use acta_domain::values::RoleName;
use acta_domain::{Permission, RoleEvent};

use super::{RoleStatus, RoleView, Roles};
use crate::Projection as _;
use crate::given::{Story, person, second};

fn name() -> RoleName {
    RoleName::parse("minute-taker").unwrap()
}

fn permissions(number: usize) -> BTreeSet<Permission> {
    Permission::ALL.iter().copied().take(number).collect()
}

fn defined(number: usize, at: i64) -> RoleEvent {
    RoleEvent::Defined { name: name(), permissions: permissions(number), at: second(at) }
}

fn changed(number: usize, at: i64) -> RoleEvent {
    RoleEvent::Changed { name: name(), permissions: permissions(number), at: second(at) }
}

fn retired(at: i64) -> RoleEvent {
    RoleEvent::Retired { name: name(), at: second(at) }
}

fn row(story: &Story) -> RoleView {
    story.row::<Roles>("minute-taker")
}

#[test]
fn a_role_permits_what_was_said_last_and_says_by_whom() {
    let [one, other] = [1, 2].map(|number| Actor::Person(person(number)));
    let story = Story::default().by(one.clone()).then(defined(2, 0));
    assert_eq!((row(&story).permissions, row(&story).changed_by), (permissions(2), one));
    let view = row(&story.by(other.clone()).then(changed(3, 1)));
    assert_eq!((view.permissions, view.changed_by, view.changed_at), (permissions(3), other, second(1)));
    assert_eq!((view.status, view.defined_at), (RoleStatus::Active, second(0)));
}

#[test]
fn a_retired_role_can_be_defined_again() {
    let story = Story::default().then(defined(2, 0)).then(retired(1));
    assert_eq!((row(&story).status, row(&story).permissions), (RoleStatus::Retired, permissions(2)));
    let view = row(&story.then(defined(4, 2)));
    assert_eq!((view.status, view.permissions), (RoleStatus::Active, permissions(4)));
    assert_eq!((view.defined_at, view.changed_at), (second(0), second(2)));
}

#[test]
fn roles_are_found_by_status_in_order_of_name() {
    let columns = Roles::columns(&row(&Story::default().then(defined(2, 0))));
    assert_eq!((columns.status.as_deref(), columns.rank), (Some("active"), 0));
}

#[test]
fn a_role_that_was_never_defined_is_poison() {
    assert!(Story::default().then(changed(2, 0)).rows::<Roles>().is_err());
    assert!(Story::default().then(retired(0)).rows::<Roles>().is_err());
}
