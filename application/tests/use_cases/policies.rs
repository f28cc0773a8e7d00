use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use acta_application::floor::{ApproveSpeech, RequestSpeech};
use acta_application::leases::{HolderId, LeaseName, Leases, LeasesError, SoleInstance, Tenures};
use acta_application::log::Position;
use acta_application::log::contract::moment;
use acta_application::policies::{CURSORS, DeadlinePolicy, HeadPolicy, SealAfter};
use acta_application::views::{RowKey, ViewName, ViewQuery, ViewRow, Views, ViewsError};
use acta_domain::{
    FloorRules, PersonId, Priority, SessionId, SpeechKind, SpeechRequestId, TimeLimit, WarningTime,
};
use async_trait::async_trait;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::room::{Room, command, person, tenant};

pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

/// Waits until the log holds an event of type `name`.
pub(crate) async fn recorded(room: &Room, name: &str) {
    let mut head = room.log.head();
    let waiting = async {
        while !room.event_types().await.iter().any(|recorded| recorded == name) {
            head.changed().await.unwrap();
        }
    };
    tokio::time::timeout(PATIENCE, waiting).await.unwrap_or_else(|_| panic!("no {name} was recorded"));
}

fn deadlines(room: &Room, seal_after: SealAfter) -> DeadlinePolicy {
    deadlines_in(room, Arc::clone(&room.views) as _, seal_after)
}

fn deadlines_in(room: &Room, views: Arc<dyn Views>, seal_after: SealAfter) -> DeadlinePolicy {
    DeadlinePolicy::new(
        Arc::clone(&room.log),
        views,
        Arc::clone(&room.use_cases),
        Arc::clone(&room.clock) as _,
        seal_after,
    )
}

pub(crate) fn alone() -> Tenures {
    Tenures::new(Arc::new(SoleInstance), HolderId(Uuid::nil()))
}

/// Lets `who` into the session and gives them a turn of 30 seconds.
async fn speaks(room: &Room, session: SessionId, who: PersonId) -> SpeechRequestId {
    room.let_in(session, who).await;
    let ask = RequestSpeech {
        person_id: who,
        kind: SpeechKind::Speech,
        priority: Priority::default(),
        topic: None,
    };
    let request = room.use_cases.request_speech(&command(), session, ask).await.unwrap().request_id;
    let time_limit = Some(TimeLimit::new(30_u64).unwrap());
    let turn = ApproveSpeech { request_id: request, time_limit, override_reason: None };
    room.use_cases.approve_speech(&command(), session, turn).await.unwrap();
    request
}

#[tokio::test]
async fn a_turn_is_ended_by_the_clock_even_if_the_service_was_stopped_when_it_fell_due() {
    let room = Room::open().await;
    let session = room.active_session().await;
    speaks(&room, session, person(1)).await;

    let stop = CancellationToken::new();
    let first = tokio::spawn(deadlines(&room, SealAfter(None)).run(alone(), stop.clone()));
    stop.cancel();
    first.await.unwrap();
    room.clock.set(moment(31));
    let stop = CancellationToken::new();
    let second = tokio::spawn(deadlines(&room, SealAfter(None)).run(alone(), stop.clone()));
    recorded(&room, "speech.finished.v1").await;
    stop.cancel();
    second.await.unwrap();

    let finished = room.events().await.pop().unwrap();
    assert!(finished.payload.contains(r#""by":"clock""#), "{}", finished.payload);
    assert!(finished.metadata.contains(r#""actor":"clock""#), "{}", finished.metadata);
}

/// Runs the policy until the log holds an event of type `name`.
async fn runs_until(room: &Room, name: &str) {
    let stop = CancellationToken::new();
    let policy = tokio::spawn(deadlines(room, SealAfter(None)).run(alone(), stop.clone()));
    recorded(room, name).await;
    stop.cancel();
    policy.await.unwrap();
}

#[tokio::test]
async fn a_speaker_is_warned_once_and_then_the_turn_is_ended_though_the_service_was_stopped_in_between() {
    let room = Room::open().await;
    let session = room.active_session().await;
    speaks(&room, session, person(1)).await;
    room.clock.set(moment(24));
    runs_until(&room, "turn.warned.v1").await;
    room.clock.set(moment(30));
    runs_until(&room, "speech.finished.v1").await;
    let names = room.event_types().await;
    assert_eq!(names.iter().filter(|name| *name == "turn.warned.v1").count(), 1);
    let warned = room.events().await.into_iter().rev().nth(1).unwrap();
    assert!(warned.payload.contains(r#""remaining_seconds":6"#), "{}", warned.payload);
}

#[tokio::test]
async fn a_warning_that_was_overtaken_is_dropped() {
    let room = Room::open().await;
    let session = room.active_session().await;
    speaks(&room, session, person(1)).await;
    room.clock.set(moment(31));
    runs_until(&room, "speech.finished.v1").await;
    assert!(!room.event_types().await.iter().any(|name| name == "turn.warned.v1"));
}

#[tokio::test]
async fn the_rules_of_the_session_say_when_a_speaker_is_warned() {
    let room = Room::open().await;
    let session = room.active_session().await;
    speaks(&room, session, person(1)).await;
    let rules = FloorRules { warning_seconds: WarningTime::new(20).ok(), ..FloorRules::default() };
    room.use_cases.set_floor_rules(&command(), session, rules).await.unwrap();
    room.clock.set(moment(10));
    runs_until(&room, "turn.warned.v1").await;
}

#[tokio::test]
async fn a_paused_turn_is_not_ended_until_its_time_is_up_after_it_went_on() {
    let room = Room::open().await;
    let session = room.active_session().await;
    let request = speaks(&room, session, person(1)).await;
    room.clock.set(moment(10));
    room.use_cases.pause_turn(&command(), session, request).await.unwrap();
    room.clock.set(moment(100));
    let stop = CancellationToken::new();
    let policy = tokio::spawn(deadlines(&room, SealAfter(None)).run(alone(), stop.clone()));
    followed(&room).await;
    stop.cancel();
    policy.await.unwrap();
    room.use_cases.resume_turn(&command(), session, request).await.unwrap();
    room.clock.set(moment(114));
    runs_until(&room, "turn.warned.v1").await;
    room.clock.set(moment(120));
    runs_until(&room, "speech.finished.v1").await;
    let types = room.event_types().await;
    let [.., paused, resumed, warned, finished] = types.as_slice() else { panic!("{types:?}") };
    let told = [paused, resumed, warned, finished].map(String::as_str);
    assert_eq!(told, ["turn.paused.v1", "turn.resumed.v1", "turn.warned.v1", "speech.finished.v1"]);
}

#[tokio::test]
async fn a_session_that_is_over_is_sealed_when_its_time_has_come() {
    let room = Room::open().await;
    let session = room.active_session().await;
    room.use_cases.end_session(&command(), session).await.unwrap();
    room.clock.set(moment(3_601));
    let stop = CancellationToken::new();
    let policy =
        tokio::spawn(deadlines(&room, SealAfter(Some(Duration::from_hours(1)))).run(alone(), stop.clone()));
    recorded(&room, "session.sealed.v1").await;
    stop.cancel();
    policy.await.unwrap();
}

#[tokio::test]
async fn heads_are_issued_when_a_session_opens_and_when_its_record_closes() {
    let room = Room::open().await;
    let session = room.active_session().await;
    let (log, views) = (Arc::clone(&room.log), Arc::clone(&room.views) as _);
    let stop = CancellationToken::new();
    let policy =
        tokio::spawn(HeadPolicy::new(log, views, Arc::clone(&room.evidence)).run(alone(), stop.clone()));
    heads(&room, session, 1).await;
    room.use_cases.end_session(&command(), session).await.unwrap();
    room.use_cases.seal_session(&command(), session).await.unwrap();
    heads(&room, session, 2).await;
    stop.cancel();
    policy.await.unwrap();
}

/// Waits until `count` heads were issued for `session`.
async fn heads(room: &Room, session: acta_domain::SessionId, count: usize) {
    let waiting = async {
        while room.evidence.heads(tenant(), session, 0, 10).await.unwrap().len() < count {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(PATIENCE, waiting).await.expect("the heads are issued");
}

/// Real views that lose the answer to a commit when they are told to.
struct AnswerLost {
    views: Arc<dyn Views>,
    next: AtomicBool,
}

#[async_trait]
impl Views for AnswerLost {
    async fn checkpoint(&self, view: &ViewName) -> Result<Position, ViewsError> {
        self.views.checkpoint(view).await
    }

    async fn follow(&self, view: &ViewName) -> Result<watch::Receiver<Position>, ViewsError> {
        self.views.follow(view).await
    }

    async fn rows(&self, view: &ViewName, keys: &[RowKey]) -> Result<Vec<ViewRow>, ViewsError> {
        self.views.rows(view, keys).await
    }

    async fn query(&self, view: &ViewName, query: &ViewQuery) -> Result<Vec<ViewRow>, ViewsError> {
        self.views.query(view, query).await
    }

    async fn commit(
        &self,
        view: &ViewName,
        expected: Position,
        reached: Position,
        rows: Vec<ViewRow>,
    ) -> Result<(), ViewsError> {
        self.views.commit(view, expected, reached, rows).await?;
        if self.next.swap(false, Ordering::SeqCst) {
            let fault = std::io::Error::from(std::io::ErrorKind::ConnectionReset);
            return Err(ViewsError::Unavailable(Arc::new(fault)));
        }
        Ok(())
    }

    async fn scan(
        &self,
        view: &ViewName,
        after: Option<&RowKey>,
        limit: u32,
    ) -> Result<Vec<ViewRow>, ViewsError> {
        self.views.scan(view, after, limit).await
    }

    async fn discard(&self, view: &ViewName) -> Result<(), ViewsError> {
        self.views.discard(view).await
    }

    async fn replace(&self, view: &ViewName, copy: &ViewName, position: Position) -> Result<(), ViewsError> {
        self.views.replace(view, copy, position).await
    }
}

#[tokio::test]
async fn a_deadline_is_kept_although_nobody_learned_that_its_row_was_written() {
    let room = Room::open().await;
    let session = room.active_session().await;
    room.use_cases.end_session(&command(), session).await.unwrap();
    room.clock.set(moment(3_601));
    let views = Arc::new(AnswerLost { views: Arc::clone(&room.views) as _, next: AtomicBool::new(true) });
    let policy = deadlines_in(&room, views.clone(), SealAfter(Some(Duration::from_hours(1))));
    let stop = CancellationToken::new();
    let policy = tokio::spawn(policy.run(alone(), stop.clone()));
    recorded(&room, "session.sealed.v1").await;
    assert!(!views.next.load(Ordering::SeqCst), "the answer was lost");
    stop.cancel();
    policy.await.unwrap();
}

pub(crate) const ONE: HolderId = HolderId(Uuid::from_u128(1));
pub(crate) const OTHER: HolderId = HolderId(Uuid::from_u128(2));
pub(crate) const NEITHER: HolderId = HolderId(Uuid::from_u128(3));

/// Leases that go to one holder after the other, as the test says.
pub(crate) struct HeldBy {
    holder: Mutex<HolderId>,
    /// What each of the two was answered last.
    answered: watch::Sender<[bool; 2]>,
}

impl HeldBy {
    /// Leases that `holder` has at first.
    pub(crate) fn first(holder: HolderId) -> Arc<Self> {
        Arc::new(Self { holder: Mutex::new(holder), answered: watch::Sender::default() })
    }

    /// Moves the leases to `next`, and waits until both know.
    pub(crate) async fn pass_to(&self, next: HolderId) {
        *self.holder.lock().unwrap() = next;
        let mut answered = self.answered.subscribe();
        let known = answered.wait_for(|answered| *answered == [ONE, OTHER].map(|holder| holder == next));
        tokio::time::timeout(PATIENCE, known).await.expect("both ask again").unwrap();
    }
}

#[async_trait]
impl Leases for HeldBy {
    async fn take(&self, _: &LeaseName, holder: HolderId, _: Duration) -> Result<bool, LeasesError> {
        let granted = *self.holder.lock().unwrap() == holder;
        self.answered.send_modify(|answered| answered[usize::from(holder == OTHER)] = granted);
        Ok(granted)
    }

    async fn give_up(&self, _: &LeaseName, _: HolderId) -> Result<(), LeasesError> {
        Ok(())
    }
}

/// Waits until the deadlines of everything that was recorded are kept.
async fn followed(room: &Room) {
    let [_, cursor, ..] = CURSORS.map(ViewName::new);
    let head = *room.log.head().borrow();
    let waiting = async {
        while room.views.checkpoint(&cursor).await.unwrap() < head {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(PATIENCE, waiting).await.expect("the policy reads on");
}

/// Waits until the clock has ended `count` turns.
async fn turns_ended(room: &Room, count: usize) {
    let mut head = room.log.head();
    let waiting = async {
        while room.event_types().await.iter().filter(|name| *name == "speech.finished.v1").count() < count {
            head.changed().await.unwrap();
        }
    };
    tokio::time::timeout(PATIENCE, waiting).await.expect("the turns are ended");
}

#[tokio::test]
async fn deadlines_pass_from_instance_to_instance_and_back() {
    let room = Room::open().await;
    let session = room.active_session().await;
    let leases = HeldBy::first(ONE);
    let stop = CancellationToken::new();
    let instances = [ONE, OTHER].map(|holder| {
        let tenures =
            Tenures::new(leases.clone(), holder).at_pace(Duration::from_secs(5), Duration::from_millis(10));
        tokio::spawn(deadlines(&room, SealAfter(None)).run(tenures, stop.clone()))
    });
    for (number, next) in [(1, OTHER), (2, ONE), (3, OTHER)] {
        speaks(&room, session, person(number)).await;
        followed(&room).await;
        leases.pass_to(NEITHER).await;
        room.clock.set(moment(i64::try_from(number).unwrap() * 100));
        leases.pass_to(next).await;
        turns_ended(&room, usize::try_from(number).unwrap()).await;
    }
    stop.cancel();
    for instance in instances {
        instance.await.unwrap();
    }
}
