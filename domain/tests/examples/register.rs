//! The events of a tenant's register.

use std::collections::BTreeSet;

use acta_domain::access::Permission;
use acta_domain::values::{EndReason, Generation, KeyThumbprint, RoleName, ServiceName, Timestamp};
use acta_domain::{
    AccessEvent, AnyEvent, ClientEvent, ClientId, CredentialId, KeySubject, OperationName, RoleEvent,
    SessionId, SignInEvent, SignInId, UserEvent, UserId,
};

use super::{at, person_id};

pub(super) fn events() -> impl Iterator<Item = AnyEvent> {
    let users = user_events().into_iter().map(AnyEvent::from);
    let roles = role_events().into_iter().map(AnyEvent::from);
    let clients = client_events().into_iter().map(AnyEvent::from);
    let sign_ins = sign_in_events().into_iter().map(AnyEvent::from);
    let access = access_events().into_iter().map(AnyEvent::from);
    users.chain(roles).chain(clients).chain(sign_ins).chain(access)
}

fn user_id() -> UserId {
    UserId::parse("6ba7b810-9dad-81d1-80b4-00c04fd430c8").unwrap()
}

fn credential_id() -> CredentialId {
    CredentialId::parse("0192f0c1-4444-7444-8444-444444444444").unwrap()
}

fn role(name: &str) -> RoleName {
    RoleName::parse(name).unwrap()
}

fn roles() -> BTreeSet<RoleName> {
    BTreeSet::from([role("service"), role("minute-taker")])
}

fn permissions() -> BTreeSet<Permission> {
    BTreeSet::from([Permission::SessionsRead, Permission::TranscriptWrite])
}

fn later() -> Timestamp {
    Timestamp::parse("2026-12-22T10:00:00Z").unwrap()
}

fn session_id() -> SessionId {
    SessionId::parse("0192f0c1-1111-7111-8111-111111111111").unwrap()
}

fn user_events() -> Vec<UserEvent> {
    let (user_id, person_id, at) = (user_id(), person_id(), at());
    let permission = Permission::DossierRead;
    let role = role("minute-taker");
    vec![
        UserEvent::Created { user_id, person_id, credential_id: Some(credential_id()), at },
        UserEvent::PasswordChanged { user_id, person_id, credential_id: credential_id(), at },
        UserEvent::RoleGranted { user_id, person_id, role: role.clone(), at },
        UserEvent::RoleRevoked { user_id, person_id, role, at },
        UserEvent::PermissionAdded { user_id, person_id, permission, at },
        UserEvent::PermissionRemoved { user_id, person_id, permission, at },
        UserEvent::PermissionReset { user_id, person_id, permission, at },
        UserEvent::Disabled { user_id, person_id, at },
        UserEvent::Enabled { user_id, person_id, at },
    ]
}

fn role_events() -> Vec<RoleEvent> {
    let name = role("minute-taker");
    vec![
        RoleEvent::Defined { name: name.clone(), permissions: permissions(), at: at() },
        RoleEvent::Changed { name: name.clone(), permissions: permissions(), at: at() },
        RoleEvent::Retired { name, at: at() },
    ]
}

fn client_events() -> Vec<ClientEvent> {
    let client_id = ClientId::parse("0192f0c1-5555-7555-8555-555555555555").unwrap();
    let (credential_id, at) = (credential_id(), at());
    let name = ServiceName::parse("scheduler").unwrap();
    vec![
        ClientEvent::Registered { client_id, name, roles: roles(), credential_id, at },
        ClientEvent::SecretRotated { client_id, credential_id, previous_until: later(), at },
        ClientEvent::RolesChanged { client_id, roles: roles(), at },
        ClientEvent::Revoked { client_id, at },
    ]
}

fn sign_in_events() -> Vec<SignInEvent> {
    let sign_in_id = SignInId::parse("0192f0c1-6666-7666-8666-666666666666").unwrap();
    let (person_id, at) = (person_id(), at());
    let key = Some(KeyThumbprint::new([0x5a; 32]));
    vec![
        SignInEvent::Started { sign_in_id, user_id: user_id(), person_id, key, expires_at: later(), at },
        SignInEvent::Renewed { sign_in_id, person_id, generation: Generation::new(2), at },
        SignInEvent::ReuseDetected { sign_in_id, person_id, generation: Generation::FIRST, at },
        SignInEvent::Ended { sign_in_id, person_id, reason: EndReason::PasswordChanged, at },
    ]
}

fn access_events() -> Vec<AccessEvent> {
    let (session_id, person_id, at) = (session_id(), person_id(), at());
    vec![
        AccessEvent::Refused {
            operation: OperationName::parse("create_session").unwrap(),
            permission: Some(Permission::SessionsManage),
            session_id: Some(session_id),
            at,
        },
        AccessEvent::DossierRead { session_id, at },
        AccessEvent::KeyHandedOut {
            session_id,
            subject: KeySubject::parse(&format!("person:{person_id}")).unwrap(),
            at,
        },
        AccessEvent::PersonErased { session_id, person_id, at },
    ]
}
