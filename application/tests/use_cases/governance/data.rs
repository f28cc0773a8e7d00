//! What governance holds, read on request.

use acta_application::UseCaseError;
use acta_application::neighbours::{Neighbour, NeighbourError};
use acta_domain::{SessionError, SessionId};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use super::assembly_hall::{AssemblyHall, Mood};
use super::{count, held, serving, started};
use crate::room::{Room, command, keyed};

const DATA: &str = r#"{"agenda":["minutes"],"quorum":12}"#;

#[tokio::test]
async fn what_governance_holds_is_on_the_record_as_a_digest() {
    let hall = AssemblyHall::open();
    hall.holds(DATA);
    let room = Room::beside(hall.neighbours()).await;
    let session = started(&room).await;
    let noted = room.use_cases.record_governance_data(&command(), session).await.unwrap();
    let digest = Sha256::digest(DATA);
    assert_eq!((noted.digest.as_bytes()[..] == digest[..], noted.bytes), (true, DATA.len() as u64));
    let event = room.events().await.pop().unwrap();
    assert_eq!(event.event_type, "governance.data-recorded.v1");
    assert!(event.payload.contains(&noted.digest.to_string()), "{}", event.payload);
}

#[tokio::test]
async fn what_has_not_changed_is_not_recorded_again() {
    let hall = AssemblyHall::open();
    let room = Room::beside(hall.neighbours()).await;
    let session = started(&room).await;
    room.use_cases.record_governance_data(&command(), session).await.unwrap();
    let again = room.use_cases.record_governance_data(&command(), session).await;
    assert!(matches!(again, Err(UseCaseError::Session(SessionError::GovernanceDataUnchanged))), "{again:?}");
    hall.holds(DATA);
    room.use_cases.record_governance_data(&command(), session).await.unwrap();
    assert_eq!(count(&room, "governance.data-recorded.v1").await, 2);
}

#[tokio::test]
async fn a_request_sent_twice_under_one_key_is_answered_twice_and_asks_once() {
    let hall = AssemblyHall::open();
    let room = Room::beside(hall.neighbours()).await;
    let session = started(&room).await;
    let first = room.use_cases.record_governance_data(&keyed("k", "data"), session).await.unwrap();
    hall.holds(DATA);
    let again = room.use_cases.record_governance_data(&keyed("k", "data"), session).await.unwrap();
    assert_eq!((again.digest, again.bytes, again.accepted.repeated), (first.digest, first.bytes, true));
    assert_eq!(hall.asked(), 1);
}

#[tokio::test]
async fn nothing_is_asked_of_governance_for_a_session_that_can_note_nothing() {
    let hall = AssemblyHall::open();
    let room = Room::beside(hall.neighbours()).await;
    let nobodys = SessionId::new(Uuid::from_u128(5));
    let unknown = room.use_cases.record_governance_data(&command(), nobodys).await;
    assert!(matches!(unknown, Err(UseCaseError::UnknownSession)), "{unknown:?}");
    let session = room.session().await;
    let without = room.use_cases.record_governance_data(&command(), session).await;
    assert!(matches!(without, Err(UseCaseError::Session(SessionError::NoAssembly))), "{without:?}");
    let session = held(&room).await;
    room.use_cases.seal_session(&command(), session).await.unwrap();
    let sealed = room.use_cases.record_governance_data(&command(), session).await;
    assert!(matches!(sealed, Err(UseCaseError::Session(SessionError::Sealed))), "{sealed:?}");
    assert_eq!(hall.asked(), 0);
}

#[tokio::test]
async fn whoever_asks_is_told_that_governance_is_away_or_that_there_is_none() {
    let hall = AssemblyHall::open();
    hall.is(&[Mood::Away]);
    let room = Room::beside(hall.neighbours()).await;
    let session = serving(&room).await;
    let away = room.use_cases.record_governance_data(&command(), session).await;
    let unreachable = matches!(away, Err(UseCaseError::Neighbour(NeighbourError::Unreachable { .. })));
    assert!(unreachable, "{away:?}");
    let room = Room::open().await;
    let session = serving(&room).await;
    let none = room.use_cases.record_governance_data(&command(), session).await;
    let Err(UseCaseError::Neighbour(NeighbourError::NotConfigured { neighbour, .. })) = none else {
        panic!("{none:?}")
    };
    assert_eq!(neighbour, Neighbour::Governance);
}
