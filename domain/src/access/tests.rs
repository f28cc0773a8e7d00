use std::collections::BTreeSet;

use cqrs_es::test::TestFramework;
use uuid::Uuid;

use super::{AccessCommand, AccessEvent, AccessRecord, Permission, Role};
use crate::ids::{KeySubject, OperationName, SessionId};
use crate::testing::{at, person};
use crate::values::{InvalidValue, RoleName};

fn session_id() -> SessionId {
    SessionId::new(Uuid::from_u128(3))
}

fn handed_out(subject: &str) -> AccessEvent {
    let subject = KeySubject::parse(subject).expect("a valid value");
    AccessEvent::KeyHandedOut { session_id: session_id(), subject, at: at(1) }
}

#[test]
fn whatever_happened_is_noted_as_often_as_it_happened() {
    let (session_id, person_id) = (session_id(), person(1));
    let operation = OperationName::parse("create_session").expect("a valid value");
    let permission = Some(Permission::SessionsManage);
    let subject = KeySubject::parse("session").expect("a valid value");
    let notes = [
        (
            AccessCommand::NoteRefusal {
                operation: operation.clone(),
                permission,
                session_id: None,
                at: at(1),
            },
            AccessEvent::Refused { operation, permission, session_id: None, at: at(1) },
        ),
        (
            AccessCommand::NoteDossierRead { session_id, at: at(1) },
            AccessEvent::DossierRead { session_id, at: at(1) },
        ),
        (
            AccessCommand::NoteKeyHandedOut { session_id, subject: subject.clone(), at: at(1) },
            AccessEvent::KeyHandedOut { session_id, subject, at: at(1) },
        ),
        (
            AccessCommand::NotePersonErased { session_id, person_id, at: at(1) },
            AccessEvent::PersonErased { session_id, person_id, at: at(1) },
        ),
    ];
    for (command, event) in notes {
        for given in [vec![], vec![event.clone()]] {
            let framework = TestFramework::<AccessRecord>::with(());
            framework.given(given).when(command.clone()).then_expect_events(vec![event.clone()]);
        }
    }
}

#[test]
fn a_key_that_was_handed_out_is_about_the_person_whose_it_is() {
    assert_eq!(handed_out(&format!("person:{}", person(4))).person_id(), Some(person(4)));
    for other in ["session", "person:", "person:ada"] {
        assert_eq!(handed_out(other).person_id(), None);
    }
}

#[test]
fn every_permission_is_read_from_its_own_text_and_no_other() {
    for one in Permission::ALL {
        assert_eq!(one.as_str().parse(), Ok(*one));
        let json = serde_json::to_string(one).expect("a word is JSON");
        assert_eq!(json, format!("\"{}\"", one.as_str()));
    }
    let texts: BTreeSet<_> = Permission::ALL.iter().map(|one| one.as_str()).collect();
    assert_eq!(texts.len(), Permission::ALL.len());
    for other in ["", "sessions", "sessions:Read", "sessions:read ", "everything"] {
        assert_eq!(other.parse::<Permission>(), Err(InvalidValue::NotAPermission));
    }
}

#[test]
fn every_role_has_a_plain_name_by_which_it_is_found() {
    for role in Role::ALL {
        assert_eq!(RoleName::from(role).as_str(), role.name());
        assert_eq!(Role::named(role.name()), Some(role));
    }
    assert_eq!(Role::named("Administrator"), None);
}

#[test]
fn only_administrators_change_rights_and_only_auditors_see_them_too() {
    let holders = |permission| -> Vec<Role> {
        Role::ALL.into_iter().filter(|role| role.permissions().contains(&permission)).collect()
    };
    assert_eq!(holders(Permission::UsersManage), [Role::Administrator]);
    assert_eq!(holders(Permission::PersonsErase), [Role::Administrator]);
    assert_eq!(holders(Permission::AuditRead), [Role::Administrator, Role::Auditor]);
}

#[test]
fn who_moderates_runs_the_room_and_not_the_session() {
    let moderator = Role::Moderator.permissions();
    assert!(moderator.iter().all(|permission| Role::Chair.permissions().contains(permission)));
    for permission in [Permission::SessionsManage, Permission::SessionsOperate, Permission::TranscriptWrite] {
        assert!(!moderator.contains(&permission), "{}", permission.as_str());
    }
    assert_eq!(Role::Speaker.permissions(), Role::Participant.permissions());
}
