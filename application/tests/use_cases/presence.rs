//! Who comes and goes: from sockets to the record.

use std::sync::{Arc, LazyLock};
use std::time::Duration;

use acta_application::UseCaseError;
use acta_application::attendance::EvidenceKey;
use acta_application::clock::Randomness;
use acta_application::leases::HolderId;
use acta_application::log::contract::{TestRandomness, moment};
use acta_application::log::{Actor, RecordedEvent};
use acta_application::policies::PresencePolicy;
use acta_application::presence::{
    MemoryPresence, Place, Presence, SignalKeeping, SignalRecorder, SignalSeen, socket_signals,
};
use acta_domain::presence::intervals;
use acta_domain::{
    PresenceError, PresenceEvent, PresenceReport, PresenceRule, SessionError, SessionId, Sign, Signal,
    SignalSource, Timestamp,
};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;
use zeroize::Zeroizing;

use crate::faults::{ANSWER_LOST, FaultyLog, UNAVAILABLE};
use crate::policies::alone;
use crate::room::{Room, command, keyed, person, tenant, text};

const PATIENCE: Duration = Duration::from_secs(20);

/// An instance of the service, of whose sockets a record is kept.
struct Instance {
    presence: Presence,
    recorder: SignalRecorder,
}

/// Bytes that nobody else in a test gets.
struct OwnRandomness(TestRandomness);

impl Randomness for OwnRandomness {
    fn fill(&self, bytes: &mut [u8]) {
        self.0.fill(bytes);
        for byte in bytes {
            *byte ^= 0x5a;
        }
    }
}

fn keeping(room: &Room) -> SignalKeeping {
    static RANDOMNESS: LazyLock<Arc<OwnRandomness>> =
        LazyLock::new(|| Arc::new(OwnRandomness(TestRandomness::default())));
    let randomness = Arc::clone(&*RANDOMNESS);
    SignalKeeping::new(Arc::clone(&room.use_cases), Arc::clone(&room.clock) as _, randomness)
}

fn instance(room: &Room, number: u128, board: &Arc<MemoryPresence>) -> Instance {
    let (instance, key) = (HolderId(Uuid::from_u128(number)), EvidenceKey::new(Zeroizing::new([7; 32])));
    let (signals, recorder) = socket_signals(keeping(room), key, instance);
    let presence =
        Presence::new(Arc::clone(board) as _, instance, Arc::clone(&room.clock) as _).noting(signals);
    Instance { presence, recorder }
}

impl Instance {
    /// Nobody is connected any more, and the instance stops.
    async fn stops(self) {
        let stop = CancellationToken::new();
        stop.cancel();
        self.recorder.run(stop).await;
    }
}

fn place(session: SessionId, who: u128) -> Place {
    Place { tenant: tenant(), session, actor: Actor::Person(person(who)) }
}

/// The signals on record, event by event.
async fn signalled(room: &Room) -> Vec<(RecordedEvent, Vec<Signal>)> {
    let events = room.events().await.into_iter().filter(|event| event.event_type == "presence.signalled.v1");
    let read = events.map(|event| {
        let PresenceEvent::Signalled { signals, .. } = event.decode_as().unwrap();
        (event, signals)
    });
    read.collect()
}

async fn report(room: &Room, session: SessionId, who: u128) -> PresenceReport {
    let signals = room.use_cases.signals_of(tenant(), session, person(who)).await.unwrap();
    intervals(PresenceRule::V1, signals, None)
}

fn times(report: &PresenceReport) -> Vec<(Timestamp, Option<Timestamp>)> {
    assert_eq!(report.contradictions, []);
    report.intervals.iter().map(|one| (one.from, one.to)).collect()
}

#[tokio::test]
async fn a_crowd_that_comes_and_goes_is_one_event_in_the_name_of_the_room() {
    let room = Room::open().await;
    let session = room.active_session().await;
    let instance = instance(&room, 1, &Arc::default());
    let crowd: Vec<_> = (1..=200).map(|who| instance.presence.enter(place(session, who))).collect();
    let again = instance.presence.enter(place(session, 1));
    let service = Actor::Service("captions".to_owned());
    let captions = instance.presence.enter(Place { actor: service, ..place(session, 1) });
    room.clock.set(moment(10));
    drop((crowd, captions));
    room.clock.set(moment(20));
    drop(again);
    instance.stops().await;
    let told = signalled(&room).await;
    assert_eq!(told.iter().map(|(_, signals)| signals.len()).collect::<Vec<_>>(), [400]);
    assert!(told[0].0.metadata.contains(r#""actor":"service:room""#), "{}", told[0].0.metadata);
    assert_eq!(times(&report(&room, session, 1).await), [(moment(0), Some(moment(20)))]);
    assert_eq!(times(&report(&room, session, 2).await), [(moment(0), Some(moment(10)))]);
}

#[tokio::test]
async fn more_than_one_event_holds_are_several_and_each_session_has_its_own() {
    let room = Room::open().await;
    let (one, other) = (room.active_session().await, room.active_session().await);
    let instance = instance(&room, 1, &Arc::default());
    let crowd: Vec<_> = (1..=700).map(|who| instance.presence.enter(place(one, who))).collect();
    let few: Vec<_> = (1..=3).map(|who| instance.presence.enter(place(other, who))).collect();
    instance.stops().await;
    drop((crowd, few));
    let mut sizes: Vec<_> = signalled(&room)
        .await
        .iter()
        .map(|(event, signals)| (event.session_id == one, signals.len()))
        .collect();
    sizes.sort_unstable();
    assert_eq!(sizes, [(false, 3), (true, 200), (true, 500)]);
}

#[tokio::test]
async fn signals_are_recorded_while_the_instance_runs() {
    let room = Room::open().await;
    let session = room.active_session().await;
    let Instance { presence, recorder } = instance(&room, 1, &Arc::default());
    let stop = CancellationToken::new();
    let running = tokio::spawn(recorder.run(stop.clone()));
    let connection = presence.enter(place(session, 1));
    until(&room, 1).await;
    drop(connection);
    until(&room, 2).await;
    stop.cancel();
    running.await.unwrap();
}

/// Waits until so many signals are on record.
async fn until(room: &Room, signals: usize) {
    let waiting = async {
        while signalled(room).await.iter().map(|(_, signals)| signals.len()).sum::<usize>() < signals {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(PATIENCE, waiting).await.expect("the signals are recorded");
}

#[tokio::test]
async fn signals_whose_append_fails_or_whose_answer_is_lost_are_recorded_once() {
    for fault in [UNAVAILABLE, ANSWER_LOST] {
        let (room, log) = FaultyLog::room().await;
        let session = room.active_session().await;
        let instance = instance(&room, 1, &Arc::default());
        drop(instance.presence.enter(place(session, 1)));
        log.fail_next(fault);
        instance.stops().await;
        let told = signalled(&room).await;
        assert_eq!(told.iter().map(|(_, signals)| signals.len()).collect::<Vec<_>>(), [2], "{fault}");
    }
}

#[tokio::test]
async fn whoever_looks_at_a_sealed_session_is_not_on_its_record() {
    let room = Room::open().await;
    let session = room.active_session().await;
    room.use_cases.end_session(&command(), session).await.unwrap();
    room.use_cases.seal_session(&command(), session).await.unwrap();
    let instance = instance(&room, 1, &Arc::default());
    drop(instance.presence.enter(place(session, 1)));
    instance.stops().await;
    assert_eq!(signalled(&room).await.len(), 0);
}

#[tokio::test]
async fn who_was_connected_to_an_instance_that_died_has_left_and_who_came_back_elsewhere_has_not() {
    let room = Room::open().await;
    let session = room.active_session().await;
    let board = Arc::new(MemoryPresence::new());
    let dead = instance(&room, 1, &board);
    let there = [1, 2].map(|who| dead.presence.enter(place(session, who)));
    // It records who came, and dies before it can tell who went.
    dead.stops().await;
    std::mem::forget(there);

    let other = instance(&room, 2, &board);
    let (stop, policy) = (CancellationToken::new(), policy(&room, &board));
    let tasks = [
        tokio::spawn(other.presence.clone().run(stop.clone())),
        tokio::spawn(other.recorder.run(stop.clone())),
        tokio::spawn(policy.run(alone(), stop.clone())),
    ];
    room.clock.set(moment(100));
    let _back = other.presence.enter(place(session, 2));
    until(&room, 3).await;
    let waiting = async {
        for second in 101.. {
            room.clock.set(moment(second));
            if times(&report(&room, session, 1).await)[0].1.is_some() {
                return;
            }
            tokio::time::sleep(Duration::from_millis(30)).await;
        }
    };
    tokio::time::timeout(PATIENCE, waiting).await.expect("it is noted that they left");
    assert_eq!(times(&report(&room, session, 2).await), [(moment(0), None)]);
    stop.cancel();
    for task in tasks {
        task.await.unwrap();
    }
}

fn policy(room: &Room, board: &Arc<MemoryPresence>) -> PresencePolicy {
    let board = Arc::clone(board);
    PresencePolicy::new(Arc::clone(&room.log), Arc::clone(&room.views) as _, board, keeping(room))
        .at_pace(Duration::from_millis(20))
}

fn seen(who: u128, sign: Sign, second: i64) -> SignalSeen {
    SignalSeen {
        person_id: person(who),
        source: SignalSource::Provider,
        channel: text("Ada's telephone"),
        sign,
        observed_at: moment(second),
    }
}

#[tokio::test]
async fn what_a_provider_calls_its_participants_is_not_on_the_record() {
    let room = Room::open().await;
    let session = room.session().await;
    let told = vec![seen(1, Sign::Arrived, 5), seen(2, Sign::Arrived, 5), seen(1, Sign::Departed, 9)];
    room.use_cases.report_signals(&command(), session, told).await.unwrap();
    assert_eq!(times(&report(&room, session, 1).await), [(moment(5), Some(moment(9)))]);
    let (event, signals) = signalled(&room).await.pop().unwrap();
    assert!(!event.payload.contains("telephone"), "{}", event.payload);
    let channels =
        |who| signals.iter().filter(move |signal| signal.person_id == person(who)).map(|one| one.channel);
    assert!(channels(1).all(|channel| channels(2).all(|other| channel != other)), "nor who shares one");
}

#[tokio::test]
async fn the_same_again_is_nothing_new_but_under_its_key_it_is_the_first_outcome() {
    let room = Room::open().await;
    let session = room.session().await;
    let tell = async |context| {
        room.use_cases.report_signals(&context, session, vec![seen(1, Sign::Arrived, 5)]).await
    };
    let first = tell(keyed("webhook", "one")).await.unwrap();
    let again = tell(keyed("webhook", "one")).await.unwrap();
    assert_eq!((again.appended, again.repeated), (first.appended, true));
    assert!(matches!(tell(command()).await, Err(UseCaseError::Presence(PresenceError::NothingNew))));
}

#[tokio::test]
async fn a_late_signal_is_taken_until_the_record_is_sealed() {
    let room = Room::open().await;
    let session = room.active_session().await;
    let tell = async |second| {
        room.use_cases.report_signals(&command(), session, vec![seen(1, Sign::Arrived, second)]).await
    };
    room.use_cases.end_session(&command(), session).await.unwrap();
    tell(5).await.unwrap();
    room.use_cases.seal_session(&command(), session).await.unwrap();
    assert!(matches!(tell(6).await, Err(UseCaseError::Session(SessionError::Sealed))));
    let nowhere = SessionId::new(Uuid::from_u128(404));
    let outcome = room.use_cases.report_signals(&command(), nowhere, vec![seen(1, Sign::Arrived, 5)]).await;
    assert!(matches!(outcome, Err(UseCaseError::UnknownSession)));
}
