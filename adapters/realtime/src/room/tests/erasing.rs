//! What becomes of the words of somebody who is erased while the room is open.

use acta_application::log::Position;
use acta_application::log::contract::moment;
use acta_application::persons::{PersonalPart, Subject};
use acta_application::register::register_of;
use acta_domain::{AccessEvent, ClientEvent, ClientId, PersonId, SignInEvent, SignInId, UserEvent, UserId};
use uuid::Uuid;

use super::super::Notice;
use super::house::{House, PATIENCE, next, read_to, said, session, tenant};
use super::script::{Script, person};

async fn erase(house: &House, who: PersonId) {
    let keys = house.persons.keys();
    assert!(keys.erase(tenant(), session(), Subject::Person(who), moment(9)).await.unwrap());
    let erased = AccessEvent::PersonErased { session_id: session(), person_id: who, at: moment(9) };
    house.append_to(register_of(tenant()), vec![(erased.into(), PersonalPart::default())]).await;
}

#[tokio::test]
async fn the_words_of_somebody_who_is_erased_leave_the_ring() {
    let house = House::open().await;
    let mut script = Script::begin(&house).await;
    script.speak(&house, 10).await;
    script.play(&house, &[0, 0]).await;
    let mut seat = house.enter(Some(Position::default())).await;
    let head = house.head();
    let before = read_to(&mut seat, head).await;
    assert!(before.iter().skip(3).all(|frame| said(frame)["sealed"] == false));

    erase(&house, person(1)).await;
    // The next event is told of after the erasure was.
    script.play(&house, &[7]).await;
    next(&mut seat).await.unwrap();
    let mut again = house.enter(Some(Position::default())).await;
    let after = read_to(&mut again, head).await;
    for frame in after.iter().take(before.len()).skip(3).map(|frame| said(frame)) {
        let who = frame["speaker_id"].as_str().or(frame["user_id"].as_str()).unwrap();
        let gone = who == person(1).to_string();
        let words = if frame["text"].is_null() { &frame["topic"] } else { &frame["text"] };
        assert_eq!((&frame["sealed"], words.is_null()), (&gone.into(), gone), "{frame}");
    }
    let mut fresh = house.enter(None).await;
    let snapshot = said(&next(&mut fresh).await.unwrap()[0]);
    let queue = snapshot["floor"]["queue"].as_array().unwrap();
    let topics: Vec<_> = queue.iter().map(|waiting| waiting["topic"].is_null()).collect();
    assert!(topics.contains(&true) && topics.contains(&false), "{queue:?}");
}

#[tokio::test]
async fn what_ends_connections_is_announced() {
    let house = House::open().await;
    Script::begin(&house).await;
    let mut notices = house.rooms.notices();
    let _somebody = house.enter(None).await;
    let (sign_in_id, user_id) = (SignInId::new(Uuid::from_u128(1)), UserId::new(Uuid::from_u128(2)));
    let client_id = ClientId::new(Uuid::from_u128(3));
    let (person_id, at) = (person(1), moment(1));
    let generation = acta_domain::Generation::default();
    let register = register_of(tenant());
    let plain = PersonalPart::default;
    let reuse = SignInEvent::ReuseDetected { sign_in_id, person_id, generation, at };
    house.append_to(register, vec![(reuse.into(), plain())]).await;
    let disabled = UserEvent::Disabled { user_id, person_id, at };
    house.append_to(register, vec![(disabled.into(), plain())]).await;
    house.append_to(register, vec![(ClientEvent::Revoked { client_id, at }.into(), plain())]).await;
    let expected = [
        Notice::SignInEnded(tenant(), sign_in_id),
        Notice::UserDisabled(tenant(), person_id),
        Notice::ClientRevoked(tenant(), client_id),
    ];
    for notice in expected {
        let told = tokio::time::timeout(PATIENCE, notices.recv()).await.expect("it is announced");
        assert_eq!(told, Ok(notice));
    }
}
