use std::collections::BTreeSet;

use cqrs_es::Aggregate;
use cqrs_es::test::TestFramework;
use proptest::prelude::*;
use uuid::Uuid;

use super::{Client, ClientCommand, ClientError, ClientEvent};
use crate::ids::ClientId;
use crate::testing::{at, credential, role};
use crate::values::{RoleName, ServiceName};

fn client_id() -> ClientId {
    ClientId::new(Uuid::from_u128(9))
}

fn name() -> ServiceName {
    ServiceName::parse("scheduler").expect("a valid value")
}

fn roles(names: &[&str]) -> BTreeSet<RoleName> {
    names.iter().copied().map(role).collect()
}

fn register() -> ClientCommand {
    let (client_id, credential_id) = (client_id(), credential(1));
    ClientCommand::Register { client_id, name: name(), roles: roles(&["service"]), credential_id, at: at(0) }
}

fn registered() -> ClientEvent {
    let (client_id, credential_id) = (client_id(), credential(1));
    ClientEvent::Registered { client_id, name: name(), roles: roles(&["service"]), credential_id, at: at(0) }
}

fn rotate(number: u8) -> ClientCommand {
    ClientCommand::RotateSecret { credential_id: credential(number), previous_until: at(100), at: at(1) }
}

fn rotated(number: u8) -> ClientEvent {
    let (client_id, credential_id) = (client_id(), credential(number));
    ClientEvent::SecretRotated { client_id, credential_id, previous_until: at(100), at: at(1) }
}

fn change_roles(names: &[&str]) -> ClientCommand {
    ClientCommand::ChangeRoles { roles: roles(names), at: at(1) }
}

fn roles_changed(names: &[&str]) -> ClientEvent {
    ClientEvent::RolesChanged { client_id: client_id(), roles: roles(names), at: at(1) }
}

fn revoke() -> ClientCommand {
    ClientCommand::Revoke { at: at(2) }
}

fn revoked() -> ClientEvent {
    ClientEvent::Revoked { client_id: client_id(), at: at(2) }
}

#[track_caller]
fn accepted(given: Vec<ClientEvent>, when: ClientCommand, then: ClientEvent) {
    TestFramework::<Client>::with(()).given(given).when(when).then_expect_events(vec![then]);
}

#[track_caller]
fn refused(given: Vec<ClientEvent>, when: ClientCommand, then: ClientError) {
    TestFramework::<Client>::with(()).given(given).when(when).then_expect_error(then);
}

fn folded(events: Vec<ClientEvent>) -> Client {
    let mut client = Client::default();
    for event in events {
        client.apply(event);
    }
    client
}

#[test]
fn a_client_is_registered_once() {
    accepted(vec![], register(), registered());
    refused(vec![registered()], register(), ClientError::AlreadyRegistered);
    refused(vec![registered(), revoked()], register(), ClientError::AlreadyRegistered);
    let client = folded(vec![registered()]);
    assert!(client.is_active());
    assert_eq!((client.client_id(), client.name()), (Some(client_id()), Some(&name())));
    assert_eq!(client.roles(), &roles(&["service"]));
}

#[test]
fn the_secret_before_the_last_rotation_is_good_for_a_while() {
    accepted(vec![registered()], rotate(2), rotated(2));
    let client = folded(vec![registered(), rotated(2)]);
    assert_eq!(client.credentials(at(99)), [credential(2), credential(1)]);
    assert_eq!(client.credentials(at(100)), [credential(2)]);
}

#[test]
fn a_client_never_has_three_secrets() {
    let client = folded(vec![registered(), rotated(2), rotated(3)]);
    assert_eq!(client.credentials(at(5)), [credential(3), credential(2)]);
}

#[test]
fn roles_are_replaced_as_a_whole() {
    accepted(vec![registered()], change_roles(&["observer"]), roles_changed(&["observer"]));
    let client = folded(vec![registered(), roles_changed(&["observer", "auditor"])]);
    assert_eq!(client.roles(), &roles(&["auditor", "observer"]));
}

#[test]
fn a_revoked_client_has_no_secrets_and_never_comes_back() {
    accepted(vec![registered()], revoke(), revoked());
    let client = folded(vec![registered(), rotated(2), revoked()]);
    assert!(!client.is_active());
    assert_eq!(client.credentials(at(5)), []);
    for command in [rotate(3), change_roles(&[]), revoke()] {
        refused(vec![registered(), revoked()], command, ClientError::Revoked);
    }
}

#[test]
fn nothing_can_be_done_to_a_client_that_was_never_registered() {
    for command in [rotate(3), change_roles(&[]), revoke()] {
        refused(vec![], command, ClientError::Unknown);
    }
    assert!(!Client::default().is_active());
}

#[test]
fn a_snapshot_holds_the_whole_client() {
    let client = folded(vec![registered(), rotated(2), roles_changed(&["auditor"]), revoked()]);
    let snapshot = serde_json::to_string(&client).expect("the state is plain JSON");
    assert_eq!(serde_json::from_str::<Client>(&snapshot).expect("the state is plain JSON"), client);
}

proptest! {
    #[test]
    fn any_events_fold_and_there_are_at_most_two_secrets(
        events in prop::collection::vec(
            prop_oneof![Just(registered()), (0..9_u8).prop_map(rotated), Just(roles_changed(&[])), Just(revoked())],
            0..40,
        )
    ) {
        let client = folded(events);
        let secrets = client.credentials(at(5));
        prop_assert!(secrets.len() <= 2);
        prop_assert!(client.is_active() || secrets.is_empty());
    }
}
