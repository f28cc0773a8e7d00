//! Given these events, the user is …

use acta_application::log::Actor;
use acta_domain::values::RoleName;
use acta_domain::{CredentialId, Permission, UserEvent, UserId};
use uuid::Uuid;

use super::{Effect, PermissionChange, RoleGrant, UserStatus, UserView, Users};
use crate::given::{Story, person, sealed, second};
use crate::{Projection as _, StoredPart};

fn user_id() -> UserId {
    UserId::new(Uuid::from_u128(7))
}

fn administrator() -> Actor {
    Actor::Person(person(9))
}

fn role(name: &str) -> RoleName {
    RoleName::parse(name).unwrap()
}

fn creation() -> UserEvent {
    let credential_id = Some(CredentialId::new(Uuid::from_u128(1)));
    UserEvent::Created { user_id: user_id(), person_id: person(1), credential_id, at: second(0) }
}

fn created() -> Story {
    Story::default().by(administrator()).then_sealed(creation(), 5)
}

fn granted(name: &str, at: i64) -> UserEvent {
    UserEvent::RoleGranted { user_id: user_id(), person_id: person(1), role: role(name), at: second(at) }
}

fn added(permission: Permission, at: i64) -> UserEvent {
    UserEvent::PermissionAdded { user_id: user_id(), person_id: person(1), permission, at: second(at) }
}

fn removed(permission: Permission, at: i64) -> UserEvent {
    UserEvent::PermissionRemoved { user_id: user_id(), person_id: person(1), permission, at: second(at) }
}

fn row(story: &Story) -> UserView {
    story.row::<Users>(&user_id().to_string())
}

#[test]
fn a_user_who_was_created_is_active_and_may_nothing() {
    let view = row(&created());
    assert_eq!((view.user_id, view.person_id, view.status), (user_id(), person(1), UserStatus::Active));
    assert_eq!(view.names, Some(StoredPart(sealed(5))));
    assert_eq!((view.created_by, view.created_at), (administrator(), second(0)));
    assert_eq!(view.password_since, Some(second(0)));
    assert!(view.roles.is_empty() && view.permissions.is_empty());
}

#[test]
fn a_grant_says_by_whom_and_when() {
    let service = Actor::Service("scheduler".to_owned());
    let story = created().then(granted("chair", 1)).by(service.clone()).then(granted("auditor", 2));
    let grant = |name, granted_by, at| RoleGrant { role: role(name), granted_by, granted_at: second(at) };
    assert_eq!(row(&story).roles, [grant("chair", administrator(), 1), grant("auditor", service, 2)]);
}

#[test]
fn a_role_that_was_taken_is_no_longer_there() {
    let taken = UserEvent::RoleRevoked {
        user_id: user_id(),
        person_id: person(1),
        role: role("chair"),
        at: second(3),
    };
    let story = created().then(granted("chair", 1)).then(granted("auditor", 2)).then(taken);
    assert_eq!(row(&story).roles.len(), 1);
    assert_eq!(row(&story).roles[0].role, role("auditor"));
}

#[test]
fn the_last_word_about_a_permission_counts() {
    let permission = Permission::DossierRead;
    let change = |effect, at| PermissionChange {
        permission,
        effect,
        granted_by: administrator(),
        granted_at: second(at),
    };
    let story = created().then(added(permission, 1));
    assert_eq!(row(&story).permissions, [change(Effect::Added, 1)]);
    let story = story.then(removed(permission, 2));
    assert_eq!(row(&story).permissions, [change(Effect::Removed, 2)]);
    let reset =
        UserEvent::PermissionReset { user_id: user_id(), person_id: person(1), permission, at: second(3) };
    assert_eq!(row(&story.then(reset)).permissions, []);
}

#[test]
fn a_user_is_disabled_until_they_are_enabled() {
    let disabled = UserEvent::Disabled { user_id: user_id(), person_id: person(1), at: second(1) };
    let enabled = UserEvent::Enabled { user_id: user_id(), person_id: person(1), at: second(2) };
    let story = created().then(disabled);
    assert_eq!((row(&story).status, row(&story).disabled_at), (UserStatus::Disabled, Some(second(1))));
    let story = story.then(enabled);
    assert_eq!((row(&story).status, row(&story).disabled_at), (UserStatus::Active, None));
}

#[test]
fn a_password_has_an_age_and_is_not_there() {
    let credential_id = CredentialId::new(Uuid::from_u128(0xbeef));
    let changed =
        UserEvent::PasswordChanged { user_id: user_id(), person_id: person(1), credential_id, at: second(8) };
    let view = row(&created().then(changed));
    assert_eq!(view.password_since, Some(second(8)));
    assert!(!serde_json::to_string(&view).unwrap().contains(&credential_id.to_string()));
}

#[test]
fn users_are_found_by_status_and_person_in_order_of_creation() {
    let columns = Users::columns(&row(&created()));
    assert_eq!(columns.status.as_deref(), Some("active"));
    assert_eq!(columns.person, Some(person(1).to_string()));
    assert_eq!(columns.rank, second(0).as_micros());
}

#[test]
fn a_user_who_was_never_created_or_twice_is_poison() {
    assert!(Story::default().then(granted("chair", 1)).rows::<Users>().is_err());
    assert!(created().then(creation()).rows::<Users>().is_err());
}
