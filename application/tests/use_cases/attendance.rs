use acta_application::UseCaseError;
use acta_application::attendance::{Contact, IssueQr, QrError, ValidateQr};
use acta_application::log::contract::moment;
use acta_domain::{AttendanceError, PersonId};
use zeroize::Zeroizing;

use crate::room::{Room, chunk, command, keyed, person, tenant, text};

fn code(number: u128) -> IssueQr {
    let contact = Contact { name: Some(text("Ana")), ..Contact::default() };
    IssueQr { person_id: person(number), voting_weight: None, contact, lifetime_seconds: 60 }
}

fn shown(token: &str, presenter: Option<PersonId>) -> ValidateQr {
    ValidateQr { token: Zeroizing::new(token.to_owned()), presenter, location: None }
}

#[tokio::test]
async fn a_qr_code_lets_its_person_in_once() {
    let room = Room::open().await;
    let session = room.session().await;
    let qr = room.use_cases.issue_qr(&command(), session, code(1)).await.unwrap();

    let recorded = room.use_cases.validate_qr(&command(), session, shown(&qr.token, None)).await.unwrap();
    assert_eq!(recorded.person_id, person(1));
    let sealed = room.events().await.pop().unwrap().sealed.unwrap();
    let opened = room.persons.open(tenant(), session, &sealed).await.unwrap().unwrap();
    assert_eq!(opened.get("name"), Some("Ana"));

    room.use_cases.mark_left(&command(), session, person(1)).await.unwrap();
    let replayed = room.use_cases.validate_qr(&command(), session, shown(&qr.token, None)).await;
    assert!(
        matches!(replayed, Err(UseCaseError::Attendance(AttendanceError::EvidenceReplayed))),
        "{replayed:?}"
    );
}

#[tokio::test]
async fn a_qr_code_is_good_only_for_its_session_its_person_and_its_time() {
    let room = Room::open().await;
    let (session, other) = (room.session().await, room.session().await);
    let qr = room.use_cases.issue_qr(&command(), session, code(1)).await.unwrap();
    let validate = |session, presenter| {
        let (room, token) = (&room, qr.token.as_str());
        async move { room.use_cases.validate_qr(&command(), session, shown(token, presenter)).await.unwrap_err() }
    };
    assert!(matches!(validate(other, None).await, UseCaseError::Qr(QrError::OtherSession)));
    assert!(matches!(validate(session, Some(person(2))).await, UseCaseError::Qr(QrError::OtherPerson)));
    room.clock.set(moment(60));
    assert!(matches!(validate(session, Some(person(1))).await, UseCaseError::Qr(QrError::Expired)));
    assert_eq!(room.event_types().await.len(), 4, "only the two sessions are on the record");
}

#[tokio::test]
async fn an_erased_person_is_unreadable_and_cannot_be_written_about_again() {
    let room = Room::open().await;
    let session = room.session().await;
    room.let_in(session, person(1)).await;
    let sealed = room.events().await.pop().unwrap().sealed.unwrap();
    let open = || room.persons.open(tenant(), session, &sealed);
    assert_eq!(open().await.unwrap().unwrap().get("name"), Some("Ana"));

    let erased = room.use_cases.erase_person(&command(), session, person(1)).await.unwrap();
    assert_eq!(erased.at, moment(0));
    assert_eq!(open().await.unwrap(), None);
    room.clock.set(moment(9));
    let again = room.use_cases.erase_person(&command(), session, person(1)).await.unwrap();
    assert_eq!(again.at, moment(0), "the first time counts");
    let spoken = room.use_cases.add_chunk(&command(), session, chunk("again")).await;
    assert!(matches!(spoken, Err(UseCaseError::Seal(_))), "{spoken:?}");
}

#[tokio::test]
async fn a_person_of_whom_the_session_holds_nothing_cannot_be_erased() {
    let room = Room::open().await;
    let session = room.session().await;
    let refused = room.use_cases.erase_person(&command(), session, person(1)).await;
    assert!(matches!(refused, Err(UseCaseError::UnknownPerson)), "{refused:?}");
}

#[tokio::test]
async fn a_command_repeated_after_its_person_was_erased_gets_its_first_outcome() {
    let room = Room::open().await;
    let session = room.active_session().await;
    let first = room.use_cases.add_chunk(&keyed("k", "add"), session, chunk("words")).await.unwrap();
    room.use_cases.erase_person(&command(), session, person(1)).await.unwrap();
    let again = room.use_cases.add_chunk(&keyed("k", "add"), session, chunk("words")).await.unwrap();
    assert_eq!((again.chunk, again.accepted.appended), (first.chunk, first.accepted.appended));
}

#[tokio::test]
async fn a_command_repeated_after_its_code_expired_gets_its_first_outcome() {
    let room = Room::open().await;
    let session = room.session().await;
    let qr = room.use_cases.issue_qr(&command(), session, code(1)).await.unwrap();
    let let_in =
        || async { room.use_cases.validate_qr(&keyed("k", "in"), session, shown(&qr.token, None)).await };
    let first = let_in().await.unwrap();
    room.clock.set(moment(61));
    let again = let_in().await.unwrap();
    assert_eq!((again.person_id, again.accepted.appended), (person(1), first.accepted.appended));
}
