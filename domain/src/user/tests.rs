use std::collections::BTreeSet;

use cqrs_es::Aggregate;
use cqrs_es::test::TestFramework;
use proptest::prelude::*;
use uuid::Uuid;

use super::{User, UserCommand, UserError, UserEvent};
use crate::access::{Permission, Role};
use crate::ids::UserId;
use crate::testing::{at, credential, person, role};
use crate::values::RoleName;

use Permission::{DossierRead, FloorRequest, SessionsRead};

fn user_id() -> UserId {
    UserId::new(Uuid::from_u128(7))
}

fn created() -> UserEvent {
    let credential_id = Some(credential(1));
    UserEvent::Created { user_id: user_id(), person_id: person(1), credential_id, at: at(0) }
}

fn granted(name: &str) -> UserEvent {
    UserEvent::RoleGranted { user_id: user_id(), person_id: person(1), role: role(name), at: at(1) }
}

fn revoked(name: &str) -> UserEvent {
    UserEvent::RoleRevoked { user_id: user_id(), person_id: person(1), role: role(name), at: at(1) }
}

fn added(permission: Permission) -> UserEvent {
    UserEvent::PermissionAdded { user_id: user_id(), person_id: person(1), permission, at: at(1) }
}

fn removed(permission: Permission) -> UserEvent {
    UserEvent::PermissionRemoved { user_id: user_id(), person_id: person(1), permission, at: at(1) }
}

fn reset(permission: Permission) -> UserEvent {
    UserEvent::PermissionReset { user_id: user_id(), person_id: person(1), permission, at: at(1) }
}

fn disabled() -> UserEvent {
    UserEvent::Disabled { user_id: user_id(), person_id: person(1), at: at(1) }
}

fn enabled() -> UserEvent {
    UserEvent::Enabled { user_id: user_id(), person_id: person(1), at: at(1) }
}

fn password(number: u8) -> UserEvent {
    let credential_id = credential(number);
    UserEvent::PasswordChanged { user_id: user_id(), person_id: person(1), credential_id, at: at(1) }
}

fn create() -> UserCommand {
    let credential_id = Some(credential(1));
    UserCommand::Create { user_id: user_id(), person_id: person(1), credential_id, at: at(0) }
}

fn grant(name: &str) -> UserCommand {
    UserCommand::GrantRole { role: role(name), at: at(1) }
}

fn revoke(name: &str) -> UserCommand {
    UserCommand::RevokeRole { role: role(name), at: at(1) }
}

fn add(permission: Permission) -> UserCommand {
    UserCommand::AddPermission { permission, at: at(1) }
}

fn remove(permission: Permission) -> UserCommand {
    UserCommand::RemovePermission { permission, at: at(1) }
}

fn put_back(permission: Permission) -> UserCommand {
    UserCommand::ResetPermission { permission, at: at(1) }
}

#[track_caller]
fn accepted(given: Vec<UserEvent>, when: UserCommand, then: UserEvent) {
    TestFramework::<User>::with(()).given(given).when(when).then_expect_events(vec![then]);
}

#[track_caller]
fn refused(given: Vec<UserEvent>, when: UserCommand, then: UserError) {
    TestFramework::<User>::with(()).given(given).when(when).then_expect_error(then);
}

fn folded(events: Vec<UserEvent>) -> User {
    let mut user = User::default();
    for event in events {
        user.apply(event);
    }
    user
}

/// What the built-in roles permit.
fn built_in(name: &RoleName) -> BTreeSet<Permission> {
    Role::named(name.as_str()).map(|role| role.permissions().iter().copied().collect()).unwrap_or_default()
}

fn may(events: Vec<UserEvent>) -> BTreeSet<Permission> {
    folded(events).permissions(built_in)
}

#[test]
fn a_user_is_created_once() {
    accepted(vec![], create(), created());
    refused(vec![created()], create(), UserError::AlreadyExists);
    let user = folded(vec![created()]);
    assert!(user.exists() && user.is_active());
    assert_eq!((user.user_id(), user.person_id()), (Some(user_id()), Some(person(1))));
    assert_eq!(user.credential_id(), Some(credential(1)));
}

#[test]
fn nothing_can_be_done_to_a_user_who_was_never_created() {
    let password = UserCommand::ChangePassword { credential_id: credential(2), at: at(1) };
    let disable = UserCommand::Disable { at: at(1) };
    for command in [grant("chair"), revoke("chair"), add(DossierRead), password, disable] {
        refused(vec![], command, UserError::Unknown);
    }
    assert!(!User::default().exists() && !User::default().is_active());
}

#[test]
fn a_changed_password_takes_the_place_of_the_one_before() {
    let change = UserCommand::ChangePassword { credential_id: credential(2), at: at(1) };
    accepted(vec![created()], change, password(2));
    assert_eq!(folded(vec![created(), password(2)]).credential_id(), Some(credential(2)));
}

#[test]
fn a_role_is_held_once_and_taken_once() {
    accepted(vec![created()], grant("chair"), granted("chair"));
    refused(vec![created(), granted("chair")], grant("chair"), UserError::RoleAlreadyGranted);
    accepted(vec![created(), granted("chair")], revoke("chair"), revoked("chair"));
    refused(vec![created()], revoke("chair"), UserError::RoleNotGranted);
    refused(vec![created(), granted("chair"), revoked("chair")], revoke("chair"), UserError::RoleNotGranted);
}

#[test]
fn a_user_may_do_what_any_of_their_roles_permits() {
    let both = may(vec![created(), granted("participant"), granted("auditor")]);
    let expected = &built_in(&role("participant")) | &built_in(&role("auditor"));
    assert_eq!(both, expected);
    let one = may(vec![created(), granted("participant"), granted("auditor"), revoked("participant")]);
    assert_eq!(one, built_in(&role("auditor")));
}

#[test]
fn a_role_that_nobody_defined_permits_nothing() {
    assert_eq!(may(vec![created(), granted("ghost")]), BTreeSet::new());
}

#[test]
fn a_single_permission_can_be_added_to_the_roles() {
    accepted(vec![created()], add(DossierRead), added(DossierRead));
    let may = may(vec![created(), granted("observer"), added(DossierRead)]);
    assert_eq!(may, BTreeSet::from([SessionsRead, DossierRead]));
    let given = vec![created(), added(DossierRead)];
    refused(given, add(DossierRead), UserError::PermissionAlreadyAdded);
}

#[test]
fn a_removed_permission_wins_over_every_role_whenever_it_was_granted() {
    accepted(vec![created()], remove(SessionsRead), removed(SessionsRead));
    let before = may(vec![created(), granted("chair"), removed(SessionsRead)]);
    let after = may(vec![created(), removed(SessionsRead), granted("chair")]);
    assert_eq!(before, after);
    assert!(!before.contains(&SessionsRead) && before.contains(&FloorRequest));
    let given = vec![created(), removed(SessionsRead)];
    refused(given, remove(SessionsRead), UserError::PermissionAlreadyRemoved);
}

#[test]
fn adding_and_removing_a_permission_take_each_others_place() {
    let given = vec![created(), removed(DossierRead)];
    accepted(given.clone(), add(DossierRead), added(DossierRead));
    let user = folded([given, vec![added(DossierRead)]].concat());
    assert_eq!((user.added(), user.removed()), (&BTreeSet::from([DossierRead]), &BTreeSet::new()));
    let given = vec![created(), added(DossierRead)];
    accepted(given.clone(), remove(DossierRead), removed(DossierRead));
    let user = folded([given, vec![removed(DossierRead)]].concat());
    assert_eq!((user.added(), user.removed()), (&BTreeSet::new(), &BTreeSet::from([DossierRead])));
}

#[test]
fn a_permission_that_was_reset_depends_on_the_roles_again() {
    for change in [added(SessionsRead), removed(SessionsRead)] {
        accepted(vec![created(), change.clone()], put_back(SessionsRead), reset(SessionsRead));
        let observer = may(vec![created(), granted("observer"), change.clone(), reset(SessionsRead)]);
        assert_eq!(observer, BTreeSet::from([SessionsRead]));
        assert_eq!(may(vec![created(), change, reset(SessionsRead)]), BTreeSet::new());
    }
    refused(vec![created()], put_back(SessionsRead), UserError::PermissionNotChanged);
}

#[test]
fn a_disabled_user_may_do_nothing_until_they_are_enabled() {
    accepted(vec![created()], UserCommand::Disable { at: at(1) }, disabled());
    accepted(vec![created(), disabled()], UserCommand::Enable { at: at(1) }, enabled());
    refused(vec![created(), disabled()], UserCommand::Disable { at: at(1) }, UserError::AlreadyDisabled);
    refused(vec![created()], UserCommand::Enable { at: at(1) }, UserError::NotDisabled);
    let given = vec![created(), granted("chair"), added(DossierRead), disabled()];
    assert_eq!(may(given.clone()), BTreeSet::new());
    assert!(!folded(given.clone()).is_active() && folded(given.clone()).exists());
    assert!(may([given, vec![enabled()]].concat()).contains(&DossierRead));
}

#[test]
fn rights_of_a_disabled_user_can_be_prepared() {
    accepted(vec![created(), disabled()], grant("chair"), granted("chair"));
    accepted(vec![created(), disabled()], remove(DossierRead), removed(DossierRead));
}

#[test]
fn a_snapshot_holds_the_whole_user() {
    let user =
        folded(vec![created(), granted("chair"), added(DossierRead), removed(FloorRequest), disabled()]);
    let snapshot = serde_json::to_string(&user).expect("the state is plain JSON");
    assert_eq!(serde_json::from_str::<User>(&snapshot).expect("the state is plain JSON"), user);
}

fn any_permission() -> impl Strategy<Value = Permission> {
    prop::sample::select(Permission::ALL)
}

fn any_role() -> impl Strategy<Value = &'static str> {
    prop::sample::select(Role::ALL.map(Role::name).to_vec())
}

fn any_command() -> impl Strategy<Value = UserCommand> {
    prop_oneof![
        Just(create()),
        any_role().prop_map(grant),
        any_role().prop_map(revoke),
        any_permission().prop_map(add),
        any_permission().prop_map(remove),
        any_permission().prop_map(put_back),
        Just(UserCommand::Disable { at: at(1) }),
        Just(UserCommand::Enable { at: at(1) }),
    ]
}

fn any_event() -> impl Strategy<Value = UserEvent> {
    prop_oneof![
        Just(created()),
        any_role().prop_map(granted),
        any_role().prop_map(revoked),
        any_permission().prop_map(added),
        any_permission().prop_map(removed),
        any_permission().prop_map(reset),
        (0..5_u8).prop_map(password),
        Just(disabled()),
        Just(enabled()),
    ]
}

proptest! {
    #[test]
    fn whatever_is_decided_changes_the_user_and_no_permission_is_both_added_and_removed(
        commands in prop::collection::vec(any_command(), 0..80)
    ) {
        let mut user = User::default();
        for command in commands {
            for event in user.decide(command).unwrap_or_default() {
                let before = user.clone();
                user.apply(event);
                prop_assert_ne!(&before, &user);
            }
            prop_assert!(user.added().is_disjoint(user.removed()));
        }
    }

    #[test]
    fn any_events_fold_and_nobody_may_do_what_was_removed(events in prop::collection::vec(any_event(), 0..80)) {
        let user = folded(events);
        let permissions = user.permissions(built_in);
        prop_assert!(permissions.is_disjoint(user.removed()));
        prop_assert!(user.is_active() || permissions.is_empty());
        prop_assert!(!user.is_active() || user.added().is_subset(&permissions));
    }
}
