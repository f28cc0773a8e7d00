//! Every event once and in order, whoever reads when and however slowly.

use std::collections::HashMap;
use std::sync::Arc;

use acta_application::log::{Position, SessionIndex};
use futures::FutureExt as _;
use proptest::prelude::*;

use super::super::rooms::EnterError;
use super::super::writer::Writer;
use super::super::{Seat, State};
use super::house::{House, indices, next, read_to, said, session, tenant};
use super::script::Script;
use crate::frame::Frame;

/// A client: where it began, and what it was given.
struct Client {
    seat: Seat,
    began: u64,
    got: Vec<Arc<Frame>>,
}

/// What may happen while a sitting goes on.
#[derive(Debug, Clone)]
enum Step {
    /// Events are appended, one after another.
    Play(Vec<u8>),
    /// Many are appended at once.
    Speak(usize),
    /// Somebody new comes.
    Enter,
    /// Somebody comes back who saw so many events of a hundred.
    ComeBack(u64),
    /// A client takes what is there at this moment.
    Read(usize),
    /// A client takes what comes next, and waits for it if there must be something.
    Take(usize),
    /// A client goes.
    Leave(usize),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        3 => prop::collection::vec(any::<u8>(), 1..12).prop_map(Step::Play),
        2 => (1..90_usize).prop_map(Step::Speak),
        1 => Just(Step::Enter),
        2 => (0..=100_u64).prop_map(Step::ComeBack),
        4 => (0..8_usize).prop_map(Step::Read),
        3 => (0..8_usize).prop_map(Step::Take),
        1 => (0..8_usize).prop_map(Step::Leave),
    ]
}

impl Client {
    async fn new(house: &House) -> Self {
        let mut seat = house.enter(None).await;
        let first = next(&mut seat).await.unwrap();
        assert_eq!((first.len(), &said(&first[0])["snapshot"]), (1, &true.into()));
        let began = house.events().await.iter().filter(|event| event.position <= seat.position()).count();
        Self { seat, began: began as u64, got: Vec::new() }
    }

    async fn back(house: &House, seen: u64) -> Self {
        let events = house.events().await;
        let began = events.len() as u64 * seen / 100;
        let after = began
            .checked_sub(1)
            .map_or(Position::default(), |last| events[usize::try_from(last).unwrap()].position);
        Self { seat: house.enter(Some(after)).await, began, got: Vec::new() }
    }

    async fn finish(&mut self, house: &House) {
        let rest = read_to(&mut self.seat, house.head()).await;
        self.got.extend(rest);
        let size = house.events().await.len() as u64;
        assert_eq!(indices(&self.got), (self.began..size).collect::<Vec<_>>());
    }
}

async fn carry_out(house: &House, script: &mut Script, clients: &mut Vec<Client>, step: Step) {
    match step {
        Step::Play(numbers) => script.play(house, &numbers).await,
        Step::Speak(count) => script.speak(house, count).await,
        Step::Enter => clients.push(Client::new(house).await),
        Step::ComeBack(seen) => clients.push(Client::back(house, seen).await),
        Step::Read(who) => {
            // Dropped where it stands, so this also shows that nothing is lost by that.
            if let Some(client) = clients.get_mut(who)
                && let Some(frames) = client.seat.next().now_or_never()
            {
                client.got.extend(frames.unwrap());
            }
        }
        Step::Take(who) => {
            if let Some(client) = clients.get_mut(who)
                && client.seat.position() < house.head()
            {
                client.got.extend(next(&mut client.seat).await.unwrap());
            }
        }
        Step::Leave(who) => {
            if who < clients.len() {
                let mut client = clients.remove(who);
                client.finish(house).await;
            }
        }
    }
}

/// What every event says, written from the first one on.
async fn written_anew(house: &House) -> HashMap<u64, (String, String)> {
    let persons = house.persons.clone();
    let writer = Writer { persons, tenant: tenant(), session: session() };
    let (_, entries) = writer.write(State::default(), &house.events().await).await.unwrap();
    (0..).zip(entries.iter().map(|entry| texts(&entry.frame))).collect()
}

fn texts(frame: &Frame) -> (String, String) {
    (frame.payload(true).text.to_string(), frame.payload(false).text.to_string())
}

async fn every_event_once_and_in_order(house: House, steps: Vec<Step>) {
    let mut script = Script::begin(&house).await;
    let mut clients = Vec::new();
    for step in steps {
        carry_out(&house, &mut script, &mut clients, step).await;
    }
    let anew = written_anew(&house).await;
    for client in &mut clients {
        client.finish(&house).await;
        for frame in client.got.iter().filter(|frame| frame.recorded_at.is_some()) {
            let index = said(frame)["session_index"].as_u64().unwrap();
            assert_eq!(texts(frame), anew[&index]);
        }
    }
    drop(clients);
    house.close().await;
}

fn in_runtime(work: impl Future<Output = ()>) {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(work);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn every_client_sees_every_event_once_and_in_order(steps in prop::collection::vec(step(), 1..40)) {
        in_runtime(async { every_event_once_and_in_order(House::open().await, steps).await });
    }

    #[test]
    fn so_it_is_where_rings_are_small_and_inboxes_overflow(steps in prop::collection::vec(step(), 1..40)) {
        in_runtime(async { every_event_once_and_in_order(House::narrow().await, steps).await });
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_room_opened_in_the_middle_of_heavy_appends_has_no_gap() {
    let house = Arc::new(House::open().await);
    let mut script = Script::begin(&house).await;
    let writer = {
        let house = Arc::clone(&house);
        tokio::spawn(async move {
            for round in 0..60_u8 {
                script.play(&house, &[round, round.wrapping_mul(37), round.wrapping_mul(91)]).await;
                script.speak(&house, 5).await;
            }
        })
    };
    let mut clients = Vec::new();
    while !writer.is_finished() {
        clients.push(Client::new(&house).await);
        clients.push(Client::back(&house, 40).await);
        tokio::task::yield_now().await;
        if clients.len() > 20 {
            clients.clear();
        }
    }
    writer.await.unwrap();
    clients.push(Client::back(&house, 0).await);
    for client in &mut clients {
        client.finish(&house).await;
    }
}

#[tokio::test]
async fn who_comes_from_a_position_that_the_log_never_reaches_is_told_so() {
    let house = House::open().await;
    Script::begin(&house).await;
    let _somebody = house.enter(None).await;
    tokio::time::pause();
    let after = Position::new(1_000);
    let refused = house.rooms.enter(tenant(), session(), Some(after)).await.err();
    assert_eq!(refused, Some(EnterError::PositionUnknown { after }));
}

#[tokio::test]
async fn who_comes_from_a_position_of_another_session_gets_what_followed_it() {
    let house = House::open().await;
    let mut script = Script::begin(&house).await;
    script.speak(&house, 3).await;
    let elsewhere = acta_domain::SessionId::new(uuid::Uuid::from_u128(0x5f));
    let chunk = Script::default().chunk();
    let after = house.append_to(elsewhere, vec![chunk]).await;
    let mut seat = house.enter(Some(after)).await;
    script.speak(&house, 2).await;
    let frames = read_to(&mut seat, house.head()).await;
    assert_eq!(indices(&frames), [6, 7]);
    assert_eq!(seat.head(), house.head());
}

#[tokio::test]
async fn who_comes_back_after_a_restart_gets_what_they_missed_out_of_one_reading() {
    let mut house = House::open().await;
    let mut script = Script::begin(&house).await;
    script.speak(&house, 700).await;
    let (first, size) = (house.events().await[600].position, 703);
    house.reopen().await;
    for _ in 0..20 {
        let mut seat = house.enter(Some(first)).await;
        let frames = read_to(&mut seat, house.head()).await;
        assert_eq!(indices(&frames), (601..size).collect::<Vec<_>>());
    }
    let _seat = house.enter(Some(first)).await;
    let (room, _) = house.rooms.find((tenant(), session())).unwrap();
    assert_eq!(room.base().next, SessionIndex::new(size - 512));
}

#[tokio::test]
async fn a_seat_ends_when_the_service_stops_and_not_before_everything_was_given() {
    let house = House::open().await;
    let mut script = Script::begin(&house).await;
    let mut seat = house.enter(Some(Position::default())).await;
    script.speak(&house, 100).await;
    let mut other = house.enter(None).await;
    next(&mut other).await.unwrap();
    let head = house.head();
    read_to(&mut other, head).await;
    house.close().await;
    let frames = read_to(&mut seat, head).await;
    assert_eq!(indices(&frames), (0..103).collect::<Vec<_>>());
    assert!(next(&mut seat).await.is_err());
}
