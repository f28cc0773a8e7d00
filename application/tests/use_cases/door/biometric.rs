//! A biometric sample: compared elsewhere, good once, and written nowhere.

use acta_application::UseCaseError;
use acta_application::attendance::ValidateBiometric;
use acta_application::neighbours::{
    BiometricSample, EvidenceRefusal, EvidenceVerdict, Neighbour, NeighbourError,
};
use acta_domain::AttendanceError;
use zeroize::Zeroizing;

use super::{Around, opened};
use crate::room::{Room, command, keyed, person, text};

const SAMPLE: &str = "QmlvbWV0cmljTWFya2VyIQ==";

fn sample(number: u128) -> ValidateBiometric {
    let sample = BiometricSample::new(Zeroizing::new(SAMPLE.to_owned()));
    ValidateBiometric { person_id: person(number), sample, location: None }
}

#[tokio::test]
async fn a_sample_lets_its_person_in_once_and_is_on_no_record() {
    let around = Around::default();
    let room = Room::beside(around.without_profiles()).await;
    let session = room.session().await;
    around.identity.knows(1);
    let located = ValidateBiometric { location: Some(text("geo:1,2")), ..sample(1) };
    assert!(!format!("{located:?}").contains(SAMPLE));
    room.use_cases.validate_biometric(&command(), session, located).await.unwrap();
    let event = room.events().await.pop().unwrap();
    assert!(event.payload.contains(r#""method":"biometric""#));
    assert!(room.events().await.iter().all(|event| !format!("{event:?}").contains(SAMPLE)));
    assert_eq!(opened(&room, session, &event, "geolocation").await.as_deref(), Some("geo:1,2"));

    room.use_cases.mark_left(&command(), session, person(1)).await.unwrap();
    around.identity.goes_away();
    let again = room.use_cases.validate_biometric(&command(), session, sample(1)).await;
    let used = matches!(again, Err(UseCaseError::Attendance(AttendanceError::EvidenceReplayed)));
    assert!(used, "{again:?}");
    let stolen = room.use_cases.validate_biometric(&command(), session, sample(2)).await;
    let used = matches!(stolen, Err(UseCaseError::Attendance(AttendanceError::EvidenceReplayed)));
    assert!(used, "{stolen:?}");
    let restarted = room.another_instance().validate_biometric(&command(), session, sample(1)).await;
    let used = matches!(restarted, Err(UseCaseError::Attendance(AttendanceError::EvidenceReplayed)));
    assert!(used, "{restarted:?}");
    assert_eq!(around.identity.asked(), 1);
}

#[tokio::test]
async fn a_sample_that_is_not_the_persons_lets_nobody_in() {
    let around = Around::default();
    let room = Room::beside(around.without_profiles()).await;
    let session = room.session().await;
    around.identity.says(EvidenceVerdict::Invalid(EvidenceRefusal::NotAccepted));
    let refused = room.use_cases.validate_biometric(&command(), session, sample(1)).await;
    assert!(matches!(refused, Err(UseCaseError::Evidence(EvidenceRefusal::NotAccepted))), "{refused:?}");
    around.identity.knows(2);
    let refused = room.use_cases.validate_biometric(&command(), session, sample(1)).await;
    assert!(matches!(refused, Err(UseCaseError::Evidence(EvidenceRefusal::OtherPerson))), "{refused:?}");
    assert_eq!(room.event_types().await.len(), 2, "only the session is on the record");
}

#[tokio::test]
async fn a_sample_can_be_given_again_after_the_identity_service_was_away() {
    let around = Around::default();
    let room = Room::beside(around.without_profiles()).await;
    let session = room.session().await;
    let away = room.use_cases.validate_biometric(&keyed("k", "in"), session, sample(1)).await;
    let timed_out = matches!(away, Err(UseCaseError::Neighbour(NeighbourError::TimedOut { .. })));
    assert!(timed_out, "{away:?}");
    around.identity.knows(1);
    room.use_cases.validate_biometric(&keyed("k", "in"), session, sample(1)).await.unwrap();
    around.identity.goes_away();
    let again = room.use_cases.validate_biometric(&keyed("k", "in"), session, sample(1)).await.unwrap();
    assert!(again.accepted.repeated);
}

#[tokio::test]
async fn without_an_identity_service_it_is_said_what_is_missing() {
    let room = Room::open().await;
    let session = room.session().await;
    let refused = room.use_cases.validate_biometric(&command(), session, sample(1)).await.unwrap_err();
    let missing = Neighbour::Identity;
    assert!(
        matches!(refused, UseCaseError::Neighbour(NeighbourError::NotConfigured { neighbour, .. }) if neighbour == missing),
        "{refused:?}"
    );
}
