use std::collections::BTreeSet;

use cqrs_es::Aggregate;
use cqrs_es::test::TestFramework;
use proptest::prelude::*;

use super::{DefinedRole, RoleCommand, RoleError, RoleEvent};
use crate::access::{Permission, Role};
use crate::testing::{at, role};

fn permissions(number: usize) -> BTreeSet<Permission> {
    Permission::ALL.iter().copied().take(number).collect()
}

fn define(name: &str, number: usize) -> RoleCommand {
    RoleCommand::Define { name: role(name), permissions: permissions(number), at: at(0) }
}

fn defined(number: usize) -> RoleEvent {
    RoleEvent::Defined { name: role("minute-taker"), permissions: permissions(number), at: at(0) }
}

fn change(number: usize) -> RoleCommand {
    RoleCommand::Change { permissions: permissions(number), at: at(1) }
}

fn changed(number: usize) -> RoleEvent {
    RoleEvent::Changed { name: role("minute-taker"), permissions: permissions(number), at: at(1) }
}

fn retired() -> RoleEvent {
    RoleEvent::Retired { name: role("minute-taker"), at: at(2) }
}

#[track_caller]
fn accepted(given: Vec<RoleEvent>, when: RoleCommand, then: RoleEvent) {
    TestFramework::<DefinedRole>::with(()).given(given).when(when).then_expect_events(vec![then]);
}

#[track_caller]
fn refused(given: Vec<RoleEvent>, when: RoleCommand, then: RoleError) {
    TestFramework::<DefinedRole>::with(()).given(given).when(when).then_expect_error(then);
}

fn folded(events: Vec<RoleEvent>) -> DefinedRole {
    let mut role = DefinedRole::default();
    for event in events {
        role.apply(event);
    }
    role
}

#[test]
fn a_role_permits_what_it_says_until_that_is_changed() {
    accepted(vec![], define("minute-taker", 2), defined(2));
    accepted(vec![defined(2)], change(3), changed(3));
    assert_eq!(folded(vec![defined(2)]).permissions(), Some(&permissions(2)));
    assert_eq!(folded(vec![defined(2), changed(0)]).permissions(), Some(&permissions(0)));
}

#[test]
fn a_role_is_defined_once_and_again_after_it_was_retired() {
    refused(vec![defined(2)], define("minute-taker", 1), RoleError::AlreadyDefined);
    accepted(vec![defined(2), retired()], define("minute-taker", 1), defined(1));
}

#[test]
fn a_retired_role_permits_nothing_and_cannot_be_changed() {
    accepted(vec![defined(2)], RoleCommand::Retire { at: at(2) }, retired());
    assert_eq!(folded(vec![defined(2), retired()]).permissions(), None);
    refused(vec![defined(2), retired()], change(1), RoleError::Unknown);
    refused(vec![defined(2), retired()], RoleCommand::Retire { at: at(3) }, RoleError::Unknown);
}

#[test]
fn a_role_that_was_never_defined_is_unknown() {
    refused(vec![], change(1), RoleError::Unknown);
    refused(vec![], RoleCommand::Retire { at: at(3) }, RoleError::Unknown);
}

#[test]
fn the_names_of_the_built_in_roles_are_taken() {
    for one in Role::ALL {
        refused(vec![], define(one.name(), 1), RoleError::BuiltIn);
    }
}

#[test]
fn a_snapshot_holds_the_whole_role() {
    let role = folded(vec![defined(2), changed(4)]);
    let snapshot = serde_json::to_string(&role).expect("the state is plain JSON");
    assert_eq!(serde_json::from_str::<DefinedRole>(&snapshot).expect("the state is plain JSON"), role);
}

proptest! {
    #[test]
    fn any_events_fold_and_the_last_one_counts(
        events in prop::collection::vec(
            prop_oneof![(0..16_usize).prop_map(defined), (0..16_usize).prop_map(changed), Just(retired())],
            1..40,
        )
    ) {
        let expected = match events.last() {
            Some(RoleEvent::Defined { permissions, .. } | RoleEvent::Changed { permissions, .. }) => {
                Some(permissions.clone())
            }
            _ => None,
        };
        let role = folded(events);
        prop_assert_eq!(role.permissions(), expected.as_ref());
    }
}
