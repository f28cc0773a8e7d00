//! Given these events, the client is …

use std::collections::BTreeSet;

use acta_application::log::Actor;
use acta_domain::values::{RoleName, ServiceName};
use acta_domain::{ClientEvent, ClientId, CredentialId};
use uuid::Uuid;

use super::{ClientStatus, ClientView, Clients, SecretView};
use crate::Projection as _;
use crate::given::{Story, person, second};

fn client_id() -> ClientId {
    ClientId::new(Uuid::from_u128(3))
}

fn credential(number: u128) -> CredentialId {
    CredentialId::new(Uuid::from_u128(0xbeef_0000 + number))
}

fn roles(names: &[&str]) -> BTreeSet<RoleName> {
    names.iter().map(|name| RoleName::parse(name).unwrap()).collect()
}

fn registration() -> ClientEvent {
    ClientEvent::Registered {
        client_id: client_id(),
        name: ServiceName::parse("scheduler").unwrap(),
        roles: roles(&["service"]),
        credential_id: credential(1),
        at: second(0),
    }
}

fn registered() -> Story {
    Story::default().by(Actor::Person(person(1))).then(registration())
}

fn rotated(number: u128, at: i64) -> ClientEvent {
    let previous_until = second(at + 100);
    ClientEvent::SecretRotated {
        client_id: client_id(),
        credential_id: credential(number),
        previous_until,
        at: second(at),
    }
}

fn row(story: &Story) -> ClientView {
    story.row::<Clients>(&client_id().to_string())
}

#[test]
fn a_client_that_was_registered_is_active() {
    let view = row(&registered());
    assert_eq!((view.name.as_str(), view.status), ("scheduler", ClientStatus::Active));
    assert_eq!((view.roles, view.registered_by), (roles(&["service"]), Actor::Person(person(1))));
    assert_eq!(view.secrets, [SecretView { since: second(0), until: None }]);
}

#[test]
fn its_secrets_have_ages_and_are_not_there() {
    let view = row(&registered().then(rotated(2, 10)).then(rotated(3, 20)));
    let [newest, before] = [(20, None), (10, Some(second(120)))]
        .map(|(since, until)| SecretView { since: second(since), until });
    assert_eq!(view.secrets, [newest, before]);
    assert!(!serde_json::to_string(&view).unwrap().contains("beef"));
}

#[test]
fn its_roles_are_those_that_were_said_last() {
    let changed =
        ClientEvent::RolesChanged { client_id: client_id(), roles: roles(&["observer"]), at: second(5) };
    let view = row(&registered().by(Actor::Person(person(2))).then(changed));
    assert_eq!((view.roles, view.changed_at), (roles(&["observer"]), second(5)));
    assert_eq!((view.registered_by, view.changed_by), (Actor::Person(person(1)), Actor::Person(person(2))));
}

#[test]
fn a_revoked_client_stays_in_the_list() {
    let view = row(&registered().then(ClientEvent::Revoked { client_id: client_id(), at: second(9) }));
    assert_eq!((view.status, view.changed_at), (ClientStatus::Revoked, second(9)));
    let columns = Clients::columns(&view);
    assert_eq!((columns.status.as_deref(), columns.kind.as_deref()), (Some("revoked"), Some("scheduler")));
    assert_eq!(columns.rank, second(0).as_micros());
}

#[test]
fn a_client_that_was_never_registered_or_twice_is_poison() {
    assert!(Story::default().then(rotated(2, 1)).rows::<Clients>().is_err());
    assert!(registered().then(registration()).rows::<Clients>().is_err());
}
