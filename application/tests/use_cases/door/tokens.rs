//! QR codes: our own, and those of the identity service.

use acta_application::UseCaseError;
use acta_application::attendance::{Contact, IssueQr, QrError, ValidateQr};
use acta_application::neighbours::{EvidenceRefusal, EvidenceVerdict, Identified, Neighbours};
use acta_domain::{AttendanceError, PersonId, VotingWeight};
use zeroize::Zeroizing;

use super::{Around, opened};
use crate::faults::FaultyLog;
use crate::room::{Room, command, keyed, person, text};

const TOKEN: &str = "a.token-of.somebody-else";

fn token(text: &str, presenter: Option<PersonId>) -> ValidateQr {
    ValidateQr { token: Zeroizing::new(text.to_owned()), presenter, location: None }
}

fn code(number: u128) -> IssueQr {
    let contact = Contact { name: Some(text("Ana")), ..Contact::default() };
    IssueQr { person_id: person(number), voting_weight: None, contact, lifetime_seconds: 60 }
}

#[tokio::test]
async fn a_token_from_elsewhere_lets_in_whom_the_identity_service_names_once() {
    let around = Around::default();
    let room = Room::beside(around.without_profiles()).await;
    let session = room.session().await;
    let weight = VotingWeight::parse("1.5").unwrap();
    let known = Identified { person: person(1), voting_weight: Some(weight) };
    around.identity.says(EvidenceVerdict::Valid(known));

    let recorded = room.use_cases.validate_qr(&command(), session, token(TOKEN, None)).await.unwrap();
    assert_eq!(recorded.person_id, person(1));
    let event = room.events().await.pop().unwrap();
    assert!(event.payload.contains(r#""voting_weight":"1.5""#), "{}", event.payload);
    assert!(!event.payload.contains(TOKEN));

    around.identity.goes_away();
    let again = room.use_cases.validate_qr(&command(), session, token(TOKEN, None)).await.unwrap_err();
    assert!(
        matches!(again, UseCaseError::Attendance(AttendanceError::EvidenceReplayed)),
        "it is known to be used while nobody can be asked: {again:?}"
    );
    assert_eq!(around.identity.asked(), 1);
}

#[tokio::test]
async fn a_token_of_somebody_else_lets_nobody_in() {
    let around = Around::default();
    let room = Room::beside(around.without_profiles()).await;
    let session = room.session().await;
    around.identity.knows(2);
    let refused = room.use_cases.validate_qr(&command(), session, token(TOKEN, Some(person(1)))).await;
    assert!(matches!(refused, Err(UseCaseError::Evidence(EvidenceRefusal::OtherPerson))), "{refused:?}");

    around.identity.says(EvidenceVerdict::Invalid(EvidenceRefusal::Expired));
    let refused = room.use_cases.validate_qr(&command(), session, token(TOKEN, None)).await;
    assert!(matches!(refused, Err(UseCaseError::Evidence(EvidenceRefusal::Expired))), "{refused:?}");
    assert_eq!(room.event_types().await.len(), 2, "only the session is on the record");
}

#[tokio::test]
async fn without_an_identity_service_a_token_from_elsewhere_is_invalid() {
    let room = Room::beside(Neighbours::default()).await;
    let session = room.session().await;
    let refused = room.use_cases.validate_qr(&command(), session, token(TOKEN, None)).await;
    assert!(matches!(refused, Err(UseCaseError::Qr(QrError::Invalid))), "{refused:?}");
}

#[tokio::test]
async fn a_code_of_ours_needs_no_identity_service() {
    let around = Around::default();
    let room = Room::beside(around.without_profiles()).await;
    let session = room.session().await;
    let qr = room.use_cases.issue_qr(&command(), session, code(1)).await.unwrap();
    room.use_cases.validate_qr(&command(), session, token(&qr.token, Some(person(1)))).await.unwrap();
    assert_eq!(around.identity.asked(), 0);
}

#[tokio::test]
async fn a_place_is_sealed_beside_what_the_code_says_of_the_person() {
    let room = Room::open().await;
    let session = room.session().await;
    let qr = room.use_cases.issue_qr(&command(), session, code(1)).await.unwrap();
    let shown = ValidateQr { location: Some(text("geo:-33.4489,-70.6693;u=35")), ..token(&qr.token, None) };
    room.use_cases.validate_qr(&command(), session, shown).await.unwrap();
    let event = room.events().await.pop().unwrap();
    assert!(!event.payload.contains("geo:") && !event.metadata.contains("geo:"));
    assert_eq!(opened(&room, session, &event, "name").await.as_deref(), Some("Ana"));
    let place = opened(&room, session, &event, "geolocation").await;
    assert_eq!(place.as_deref(), Some("geo:-33.4489,-70.6693;u=35"));
}

#[tokio::test]
async fn what_was_used_is_used_after_a_restart_and_at_another_instance() {
    let around = Around::default();
    let room = Room::furnished(FaultyLog::shared, around.without_profiles(), |use_cases| use_cases).await;
    let session = room.session().await;
    let other = room.another_instance();
    // The other instance has seen the session before, and nobody in it.
    other.known_session(crate::room::tenant(), session).await.unwrap();
    around.identity.knows(2);
    let warm = other.validate_qr(&command(), session, token("another.token", Some(person(3)))).await;
    assert!(matches!(warm, Err(UseCaseError::Evidence(EvidenceRefusal::OtherPerson))), "{warm:?}");

    around.identity.knows(1);
    room.use_cases.validate_qr(&command(), session, token(TOKEN, None)).await.unwrap();
    room.use_cases.mark_left(&command(), session, person(1)).await.unwrap();
    let replayed = |outcome: Result<_, UseCaseError>| {
        let error = outcome.map(drop).unwrap_err();
        let used = matches!(error, UseCaseError::Attendance(AttendanceError::EvidenceReplayed));
        assert!(used, "{error:?}");
    };
    replayed(other.validate_qr(&command(), session, token(TOKEN, None)).await.map(drop));
    let restarted = room.another_instance();
    replayed(restarted.validate_qr(&command(), session, token(TOKEN, None)).await.map(drop));
}

#[tokio::test]
async fn a_command_sent_again_gets_its_first_outcome_though_its_token_is_used() {
    let around = Around::default();
    let room = Room::beside(around.without_profiles()).await;
    let session = room.session().await;
    around.identity.knows(1);
    let send = || async { room.use_cases.validate_qr(&keyed("k", "in"), session, token(TOKEN, None)).await };
    let first = send().await.unwrap();
    around.identity.goes_away();
    let again = send().await.unwrap();
    assert_eq!(again.person_id, first.person_id);
    assert_eq!(again.accepted.appended, first.accepted.appended);
    assert!(again.accepted.repeated);

    let after_the_end = room.another_instance();
    room.use_cases.start_session(&command(), session).await.unwrap();
    room.use_cases.end_session(&command(), session).await.unwrap();
    let again = after_the_end.validate_qr(&keyed("k", "in"), session, token(TOKEN, None)).await.unwrap();
    assert_eq!(again.accepted.appended, first.accepted.appended);
}
