//! Who may attend: the list of the session, else the user profiles, else everybody; and who is let in against that.

use acta_application::UseCaseError;
use acta_application::attendance::{RegisterAttendee, ValidateBiometric};
use acta_application::log::contract::moment;
use acta_application::neighbours::{BiometricSample, Neighbour, NeighbourError};
use acta_application::session::CreateSession;
use acta_domain::{
    AttendanceError, Capacity, EligiblePerson, Limits, PersonId, SessionDetails, SessionId, VotingWeight,
};
use uuid::Uuid;
use zeroize::Zeroizing;

use super::{Around, by_hand, opened};
use crate::faults::FaultyLog;
use crate::room::{Room, assembly, command, keyed, person, text};

fn weight(text: &str) -> VotingWeight {
    VotingWeight::parse(text).unwrap()
}

fn listed(numbers: &[u128]) -> Vec<EligiblePerson> {
    let one = |number: &u128| EligiblePerson { person_id: person(*number), voting_weight: Some(weight("2")) };
    numbers.iter().map(one).collect()
}

fn with_reason(number: u128, why: &str) -> RegisterAttendee {
    RegisterAttendee { override_reason: Some(text(why)), ..by_hand(number) }
}

fn sample(number: u128) -> ValidateBiometric {
    let sample = BiometricSample::new(Zeroizing::new(format!("sample-{number}")));
    ValidateBiometric { person_id: person(number), sample, location: None }
}

async fn register(room: &Room, session: SessionId, who: RegisterAttendee) -> Result<(), UseCaseError> {
    room.use_cases.register_attendee(&command(), session, who).await.map(drop)
}

#[track_caller]
fn not_eligible(outcome: Result<(), UseCaseError>) {
    let refused = outcome.unwrap_err();
    assert!(matches!(refused, UseCaseError::Attendance(AttendanceError::NotEligible)), "{refused:?}");
}

#[tokio::test]
async fn a_list_says_who_may_attend_and_what_their_vote_counts() {
    let room = Room::open().await;
    let session = room.session().await;
    let roll = room.use_cases.import_eligibility(&command(), session, listed(&[1, 2])).await.unwrap();
    assert_eq!(roll.people, 2);
    register(&room, session, by_hand(1)).await.unwrap();
    assert!(room.events().await.pop().unwrap().payload.contains(r#""voting_weight":"2""#));
    not_eligible(register(&room, session, by_hand(3)).await);
    room.use_cases.import_eligibility(&command(), session, listed(&[3])).await.unwrap();
    register(&room, session, by_hand(3)).await.unwrap();
    let restarted = room.another_instance();
    not_eligible(restarted.register_attendee(&command(), session, by_hand(2)).await.map(drop));
}

#[tokio::test]
async fn a_long_list_is_one_append_and_the_same_list_sent_again_is_the_same() {
    let room = Room::open().await;
    let session = room.session().await;
    let people = || {
        let id = |number| PersonId::new(Uuid::from_u128(number));
        (1..=50_000).map(|n| EligiblePerson { person_id: id(n), voting_weight: None }).collect()
    };
    let import = || async { room.use_cases.import_eligibility(&keyed("k", "roll"), session, people()).await };
    let first = import().await.unwrap();
    let appended = first.accepted.appended;
    assert_eq!(appended.last.get() - appended.first.get(), 19, "twenty parts, next to each other");
    let again = import().await.unwrap();
    assert_eq!((again.roll_id, again.people, again.accepted.repeated), (first.roll_id, 50_000, true));
    let refused = room.use_cases.import_eligibility(&command(), session, vec![]).await;
    assert!(matches!(refused, Err(UseCaseError::Attendance(AttendanceError::NobodyListed))), "{refused:?}");
}

#[tokio::test]
async fn without_a_list_the_user_profiles_say_who_may_attend() {
    let around = Around::default();
    let room = Room::beside(around.all()).await;
    let session = room.session().await;
    around.profiles.add(1, Some(weight("4")));
    around.identity.knows(1);
    room.use_cases.validate_biometric(&command(), session, sample(1)).await.unwrap();
    assert!(room.events().await.pop().unwrap().payload.contains(r#""voting_weight":"4""#));
    around.identity.knows(2);
    not_eligible(room.use_cases.validate_biometric(&command(), session, sample(2)).await.map(drop));
    not_eligible(register(&room, session, by_hand(2)).await);
}

#[tokio::test]
async fn while_the_user_profiles_are_away_people_come_in_by_hand_and_that_is_noted() {
    let around = Around::default();
    let room = Room::beside(around.all()).await;
    let session = room.session().await;
    around.profiles.goes_away();
    around.identity.knows(1);
    let refused = room.use_cases.validate_biometric(&command(), session, sample(1)).await.unwrap_err();
    assert!(
        matches!(
            &refused,
            UseCaseError::Neighbour(NeighbourError::TimedOut { neighbour: Neighbour::Profiles, .. })
        ),
        "{refused:?}"
    );
    register(&room, session, by_hand(1)).await.unwrap();
    let note = room.events().await.pop().unwrap();
    assert_eq!(note.event_type, "attendance.overridden.v1");
    assert!(note.payload.contains(r#""rules":["eligibility_unknown"]"#), "{}", note.payload);
    assert_eq!(note.sealed, None);

    room.use_cases.import_eligibility(&command(), session, listed(&[2])).await.unwrap();
    register(&room, session, by_hand(2)).await.unwrap();
    let last = room.events().await.pop().unwrap();
    assert_eq!(last.event_type, "attendance.validated.v1", "with a list nobody is asked");
}

#[tokio::test]
async fn a_list_that_another_instance_took_counts_though_the_user_profiles_are_away() {
    let around = Around::default();
    let room = Room::furnished(FaultyLog::shared, around.all(), |use_cases| use_cases).await;
    let session = room.session().await;
    around.profiles.goes_away();
    around.identity.knows(1);
    let away = room.use_cases.validate_biometric(&command(), session, sample(1)).await;
    assert!(matches!(away, Err(UseCaseError::Neighbour(_))), "{away:?}");
    room.another_instance().import_eligibility(&command(), session, listed(&[1])).await.unwrap();
    room.use_cases.validate_biometric(&command(), session, sample(1)).await.unwrap();
}

#[tokio::test]
async fn an_override_stands_beside_the_entrance_with_its_reason_sealed() {
    let room = Room::open().await;
    let limits = Limits { capacity: Some(Capacity::new(1_u64).unwrap()), ..Limits::default() };
    let details = SessionDetails { limits, ..assembly().details };
    let created = room.use_cases.create_session(&command(), CreateSession { details, ..assembly() }).await;
    let session = created.unwrap().session_id;
    room.use_cases.import_eligibility(&command(), session, listed(&[1])).await.unwrap();
    register(&room, session, with_reason(1, "in the list")).await.unwrap();
    let listed = room.events().await.pop().unwrap();
    assert_eq!(listed.event_type, "attendance.validated.v1", "nothing was overridden");

    let contact = acta_application::attendance::Contact { name: Some(text("Ana")), ..Default::default() };
    let guest = RegisterAttendee { contact, ..with_reason(2, "her proxy is here") };
    register(&room, session, guest).await.unwrap();
    let events = room.events().await;
    let [.., entrance, note] = events.as_slice() else { panic!("{events:?}") };
    assert_eq!(entrance.event_type, "attendance.validated.v1");
    assert_eq!(opened(&room, session, entrance, "name").await.as_deref(), Some("Ana"));
    assert_eq!(note.event_type, "attendance.overridden.v1");
    assert!(note.payload.contains(r#""rules":["eligibility","capacity"]"#), "{}", note.payload);
    let reason = opened(&room, session, note, "override_reason").await;
    assert_eq!(reason.as_deref(), Some("her proxy is here"));
    assert_eq!(entrance.metadata, note.metadata, "one command");
    let again = register(&room, session, with_reason(2, "again")).await.unwrap_err();
    assert!(matches!(again, UseCaseError::Attendance(AttendanceError::AlreadyPresent)), "{again:?}");
}

#[tokio::test]
async fn nothing_bends_the_end_of_a_session() {
    let room = Room::open().await;
    let session = room.active_session().await;
    room.clock.set(moment(1));
    room.use_cases.end_session(&command(), session).await.unwrap();
    let refused = register(&room, session, with_reason(1, "late")).await.unwrap_err();
    assert!(matches!(refused, UseCaseError::WrongState { .. }), "{refused:?}");
}
