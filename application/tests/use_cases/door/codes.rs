//! One-time codes: sent from here, or known to the identity service.

use acta_application::attendance::{CodeError, IssueCode, ValidateCode};
use acta_application::log::contract::moment;
use acta_application::neighbours::{EvidenceRefusal, Neighbour, NeighbourError, Neighbours};
use acta_application::{CommandContext, UseCaseError};
use acta_domain::{AttendanceError, AttendanceMethod, SessionId};
use zeroize::Zeroizing;

use super::{Around, by_hand};
use crate::room::{Room, command, keyed, person};

const PHONE: &str = "+56 9 5555 1234";

fn to_send(number: u128) -> IssueCode {
    let to = Zeroizing::new(PHONE.to_owned());
    IssueCode { person_id: person(number), method: AttendanceMethod::Sms, to, lifetime_seconds: 600 }
}

fn shown(number: u128, code: &str) -> ValidateCode {
    let code = Zeroizing::new(code.to_owned());
    ValidateCode { person_id: person(number), method: None, code, location: None }
}

/// Another code than `code`.
fn wrong(code: &str) -> String {
    let last = if code.ends_with('0') { "1" } else { "0" };
    format!("{}{last}", &code[..5])
}

/// A room where a code was sent to the first person.
struct Sent {
    around: Around,
    room: Room,
    session: SessionId,
    code: String,
}

impl Sent {
    async fn beside(pick: impl FnOnce(&Around) -> Neighbours) -> Self {
        let around = Around::default();
        let room = Room::beside(pick(&around)).await;
        let session = room.session().await;
        room.use_cases.issue_code(&command(), session, to_send(1)).await.unwrap();
        let code = around.post.last_code();
        Self { around, room, session, code }
    }

    /// Without an identity service.
    async fn alone() -> Self {
        Self::beside(|around| Neighbours { codes: Some(around.post.clone()), ..Neighbours::default() }).await
    }

    async fn show(&self, context: &CommandContext, code: &str) -> Result<(), UseCaseError> {
        self.room.use_cases.validate_code(context, self.session, shown(1, code)).await.map(drop)
    }

    /// Shows a wrong code as often as it takes to end the right one.
    async fn exhaust(&self) {
        for left in (0..5).rev() {
            let refused = self.show(&command(), &wrong(&self.code)).await.unwrap_err();
            let expected =
                matches!(refused, UseCaseError::Code(CodeError::Wrong { tries_left }) if tries_left == left);
            assert!(expected, "{left}: {refused:?}");
        }
    }
}

#[track_caller]
fn replayed(outcome: Result<(), UseCaseError>) {
    let refused = outcome.unwrap_err();
    assert!(matches!(refused, UseCaseError::Attendance(AttendanceError::EvidenceReplayed)), "{refused:?}");
}

#[track_caller]
fn no_code(outcome: Result<(), UseCaseError>) {
    let refused = outcome.unwrap_err();
    assert!(matches!(refused, UseCaseError::Code(CodeError::None)), "{refused:?}");
}

#[tokio::test]
async fn a_code_that_was_sent_lets_its_person_in_once() {
    let sent = Sent::alone().await;
    assert_eq!(sent.code.len(), 6);
    sent.show(&command(), &sent.code).await.unwrap();
    let events = sent.room.events().await;
    assert!(events.last().unwrap().payload.contains(r#""method":"sms""#));
    let record = format!("{events:?}");
    assert!(!record.contains(PHONE), "where it was sent to is on no record");
    let said = format!("\"{}\"", sent.code);
    assert!(events.iter().all(|event| !event.payload.contains(&said)), "nor is the code");

    sent.room.use_cases.mark_left(&command(), sent.session, person(1)).await.unwrap();
    replayed(sent.show(&command(), &sent.code).await);
    let restarted = sent.room.another_instance();
    let again = restarted.validate_code(&command(), sent.session, shown(1, &sent.code)).await;
    replayed(again.map(drop));
    no_code(sent.show(&command(), &wrong(&sent.code)).await);
}

#[tokio::test]
async fn a_code_is_good_for_its_person_and_its_session_alone() {
    let sent = Sent::alone().await;
    let other = sent.room.session().await;
    let use_cases = &sent.room.use_cases;
    no_code(use_cases.validate_code(&command(), other, shown(1, &sent.code)).await.map(drop));
    no_code(use_cases.validate_code(&command(), sent.session, shown(2, &sent.code)).await.map(drop));
}

#[tokio::test]
async fn five_wrong_codes_end_the_right_one_also_after_a_restart() {
    let sent = Sent::alone().await;
    sent.exhaust().await;
    no_code(sent.show(&command(), &sent.code).await);
    no_code(sent.show(&command(), &wrong(&sent.code)).await);
    let restarted = sent.room.another_instance();
    no_code(restarted.validate_code(&command(), sent.session, shown(1, &sent.code)).await.map(drop));
    let refusals = sent.room.event_types().await;
    assert_eq!(refusals.iter().filter(|name| *name == "attendance.refused.v1").count(), 5);

    sent.room.use_cases.issue_code(&command(), sent.session, to_send(1)).await.unwrap();
    sent.show(&command(), &sent.around.post.last_code()).await.unwrap();
}

#[tokio::test]
async fn wrong_codes_at_the_same_moment_count_too() {
    let sent = Sent::alone().await;
    let guesses = (0..40).map(|_| async { sent.show(&command(), &wrong(&sent.code)).await.unwrap_err() });
    let refused = futures::future::join_all(guesses).await;
    let counted = refused.iter().filter(|one| matches!(one, UseCaseError::Code(CodeError::Wrong { .. })));
    assert_eq!(counted.count(), 5);
    no_code(sent.show(&command(), &sent.code).await);
}

#[tokio::test]
async fn a_wrong_code_sent_again_under_its_key_stays_wrong_and_a_right_one_stays_right() {
    let sent = Sent::alone().await;
    let bad = wrong(&sent.code);
    for left in [4, 3] {
        let refused = sent.show(&keyed("k", "wrong"), &bad).await.unwrap_err();
        let expected =
            matches!(refused, UseCaseError::Code(CodeError::Wrong { tries_left }) if tries_left == left);
        assert!(expected, "{refused:?}");
    }
    let show = || async {
        let shown = shown(1, &sent.code);
        sent.room.use_cases.validate_code(&keyed("k2", "right"), sent.session, shown).await.unwrap()
    };
    let first = show().await;
    let again = show().await;
    assert_eq!((again.person_id, again.accepted.appended), (first.person_id, first.accepted.appended));
    assert!(again.accepted.repeated);
}

#[tokio::test]
async fn a_code_expires() {
    let sent = Sent::alone().await;
    sent.room.clock.set(moment(600));
    let refused = sent.show(&command(), &sent.code).await.unwrap_err();
    assert!(matches!(refused, UseCaseError::Evidence(EvidenceRefusal::Expired)), "{refused:?}");
}

#[tokio::test]
async fn somebody_who_is_in_already_loses_no_try() {
    let sent = Sent::alone().await;
    sent.room.use_cases.register_attendee(&command(), sent.session, by_hand(1)).await.unwrap();
    let refused = sent.show(&command(), &wrong(&sent.code)).await.unwrap_err();
    assert!(matches!(refused, UseCaseError::Attendance(AttendanceError::AlreadyPresent)), "{refused:?}");
    sent.room.use_cases.mark_left(&command(), sent.session, person(1)).await.unwrap();
    sent.show(&command(), &sent.code).await.unwrap();
}

#[tokio::test]
async fn without_anything_that_brings_codes_none_is_made() {
    let room = Room::open().await;
    let session = room.session().await;
    let refused = room.use_cases.issue_code(&command(), session, to_send(1)).await.unwrap_err();
    let missing = matches!(refused, UseCaseError::Neighbour(NeighbourError::NotConfigured { .. }));
    assert!(missing, "{refused:?}");

    let around = Around::default();
    *around.post.no_sms.lock().unwrap() = true;
    let room = Room::beside(around.without_profiles()).await;
    let session = room.session().await;
    let refused = room.use_cases.issue_code(&command(), session, to_send(1)).await.unwrap_err();
    let missing = matches!(refused, UseCaseError::Neighbour(NeighbourError::NotConfigured { .. }));
    assert!(missing, "{refused:?}");
    assert_eq!(room.event_types().await.len(), 2, "only the session is on the record");
}

#[tokio::test]
async fn a_command_whose_code_could_not_be_brought_brings_the_same_code_later() {
    let around = Around::default();
    let room = Room::beside(around.without_profiles()).await;
    let session = room.session().await;
    let issue = || async { room.use_cases.issue_code(&keyed("k", "send"), session, to_send(1)).await };
    around.post.set_away(true);
    let failed = issue().await.unwrap_err();
    let neighbour = Neighbour::Notifications;
    assert!(
        matches!(&failed, UseCaseError::Neighbour(error) if error.neighbour() == neighbour),
        "{failed:?}"
    );
    around.post.set_away(false);
    let issued = issue().await.unwrap();
    assert!(issued.accepted.repeated);
    let once_more = issue().await.unwrap();
    assert_eq!((once_more.code_id, once_more.expires_at), (issued.code_id, issued.expires_at));
    let brought: Vec<_> =
        around.post.brought.lock().unwrap().iter().map(|one| (one.id, one.code.clone())).collect();
    assert_eq!(brought.len(), 2);
    assert_eq!(brought[0], brought[1], "under the same id, so that it arrives once");
    assert_eq!(brought[0].0, issued.code_id);
    room.use_cases.validate_code(&command(), session, shown(1, &around.post.last_code())).await.unwrap();
    issue().await.unwrap();
    assert_eq!(around.post.brought(), 2, "a used code need not arrive again");
}

#[tokio::test]
async fn a_code_that_was_not_sent_from_here_is_for_the_identity_service() {
    let around = Around::default();
    let room = Room::beside(around.without_profiles()).await;
    let session = room.session().await;
    around.identity.knows(1);
    let by_mail = || ValidateCode { method: Some(AttendanceMethod::Email), ..shown(1, "987654") };
    room.use_cases.validate_code(&command(), session, by_mail()).await.unwrap();
    let event = room.events().await.pop().unwrap();
    assert!(event.payload.contains(r#""method":"email""#), "{}", event.payload);

    room.use_cases.mark_left(&command(), session, person(1)).await.unwrap();
    around.identity.goes_away();
    replayed(room.use_cases.validate_code(&command(), session, by_mail()).await.map(drop));
    assert_eq!(around.identity.asked(), 1);
}

#[tokio::test]
async fn a_wrong_code_in_place_of_an_open_one_never_reaches_the_identity_service() {
    let sent = Sent::beside(Around::without_profiles).await;
    sent.around.identity.knows(1);
    sent.exhaust().await;
    assert_eq!(sent.around.identity.asked(), 0);
    sent.show(&command(), "987654").await.unwrap();
    assert_eq!(sent.around.identity.asked(), 1, "once none is open, it may be one of theirs");
}
