//! Each way in which an append can fail, and what must be true afterwards.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

use acta_application::UseCaseError;
use acta_application::log::{
    Append, AppendError, AppendTicket, Appended, CommandDigest, CommandId, EventLog, FeedPage, FeedScope,
    LogError, Position, RecordedEvent, Sequence, SessionIndex, Snapshot, StreamId,
};
use acta_domain::{SessionError, SessionId, TenantId, VoteId};
use acta_proof::commitment::Commitment;
use acta_proof::head::HeadState;
use acta_sqlite::SqliteLog;
use async_trait::async_trait;
use tokio::sync::{Notify, watch};

use crate::room::{Room, chunk, command, keyed, person, tenant};

const NONE: u8 = 0;
/// The append never reaches the store.
pub(crate) const UNAVAILABLE: u8 = 1;
/// The append reaches the store and its answer is lost.
pub(crate) const ANSWER_LOST: u8 = 2;
/// The append does not reach the store, and nobody can tell.
pub(crate) const SILENTLY_LOST: u8 = 3;
/// The append is taken and waits until it is let go.
const HELD_BACK: u8 = 4;
/// The append is not taken before it is let go, as by a full queue.
const NOT_TAKEN: u8 = 5;

/// A real log whose next append fails as it is told.
pub(crate) struct FaultyLog {
    log: Arc<SqliteLog>,
    next: AtomicU8,
    held: Arc<Notify>,
    reached: Notify,
    shared: bool,
}

impl FaultyLog {
    /// A log that never fails, and to which other processes append too.
    pub(crate) fn shared(log: Arc<SqliteLog>) -> Arc<Self> {
        Arc::new(Self { shared: true, ..Self::over(log) })
    }

    fn over(log: Arc<SqliteLog>) -> Self {
        let next = AtomicU8::new(NONE);
        Self { log, next, held: Arc::default(), reached: Notify::new(), shared: false }
    }

    /// A room, and the log that will fail in it.
    pub(crate) async fn room() -> (Room, Arc<Self>) {
        let mut faulty = None;
        let room = Room::with_log(|log| {
            let log = Arc::new(Self::over(log));
            faulty = Some(Arc::clone(&log));
            log
        })
        .await;
        (room, faulty.unwrap())
    }

    /// The next append will fail by `fault`.
    pub(crate) fn fail_next(&self, fault: u8) {
        self.next.store(fault, Ordering::SeqCst);
    }

    fn fault() -> Arc<dyn std::error::Error + Send + Sync> {
        Arc::new(std::io::Error::from(std::io::ErrorKind::ConnectionReset))
    }
}

#[async_trait]
impl EventLog for FaultyLog {
    async fn submit(&self, append: Append) -> Result<AppendTicket, AppendError> {
        let (answer, ticket) = AppendTicket::new();
        match self.next.swap(NONE, Ordering::SeqCst) {
            UNAVAILABLE => answer.send(Err(AppendError::Unavailable(Self::fault()))),
            ANSWER_LOST => {
                self.log.append(append).await.unwrap();
                answer.send(Err(AppendError::Unknown(Self::fault())));
            }
            HELD_BACK => {
                let (log, held) = (Arc::clone(&self.log), Arc::clone(&self.held));
                tokio::spawn(async move {
                    held.notified().await;
                    answer.send(log.append(append).await);
                });
            }
            NOT_TAKEN => {
                self.reached.notify_one();
                self.held.notified().await;
                return self.log.submit(append).await;
            }
            SILENTLY_LOST => answer.send(Err(AppendError::Unknown(Self::fault()))),
            _ => return self.log.submit(append).await,
        }
        Ok(ticket)
    }

    fn has_other_writers(&self) -> bool {
        self.shared
    }

    async fn outcome(
        &self,
        tenant: TenantId,
        command: CommandId,
    ) -> Result<Option<(Appended, CommandDigest)>, LogError> {
        self.log.outcome(tenant, command).await
    }

    async fn stream(
        &self,
        tenant: TenantId,
        stream: &StreamId,
        after: Sequence,
        limit: usize,
    ) -> Result<Vec<RecordedEvent>, LogError> {
        self.log.stream(tenant, stream, after, limit).await
    }

    async fn session(
        &self,
        tenant: TenantId,
        session: SessionId,
        from: SessionIndex,
        limit: usize,
    ) -> Result<Vec<RecordedEvent>, LogError> {
        self.log.session(tenant, session, from, limit).await
    }

    async fn commitments(
        &self,
        tenant: TenantId,
        session: SessionId,
        from: SessionIndex,
        limit: usize,
    ) -> Result<Vec<Commitment>, LogError> {
        self.log.commitments(tenant, session, from, limit).await
    }

    async fn session_size(&self, tenant: TenantId, session: SessionId) -> Result<u64, LogError> {
        self.log.session_size(tenant, session).await
    }

    async fn tenant_of(&self, session: SessionId) -> Result<Option<TenantId>, LogError> {
        self.log.tenant_of(session).await
    }

    async fn feed(&self, scope: FeedScope, after: Position, limit: usize) -> Result<FeedPage, LogError> {
        self.log.feed(scope, after, limit).await
    }

    async fn snapshot(&self, tenant: TenantId, stream: &StreamId) -> Result<Option<Snapshot>, LogError> {
        self.log.snapshot(tenant, stream).await
    }

    async fn keep_snapshot(
        &self,
        tenant: TenantId,
        stream: &StreamId,
        snapshot: Snapshot,
    ) -> Result<(), LogError> {
        self.log.keep_snapshot(tenant, stream, snapshot).await
    }

    fn head(&self) -> watch::Receiver<Position> {
        self.log.head()
    }
}

/// A session that is scheduled, and the log that will fail.
async fn scheduled() -> (Room, Arc<FaultyLog>, SessionId) {
    let (room, log) = FaultyLog::room().await;
    let session = room.session().await;
    (room, log, session)
}

#[tokio::test]
async fn after_an_append_that_was_not_written_the_command_can_be_sent_again() {
    let (room, log, session) = scheduled().await;
    log.next.store(UNAVAILABLE, Ordering::SeqCst);
    let failed = room.use_cases.start_session(&keyed("k", "start"), session).await;
    assert!(matches!(failed, Err(UseCaseError::Log(AppendError::Unavailable(_)))), "{failed:?}");
    let again = room.use_cases.start_session(&keyed("k", "start"), session).await.unwrap();
    assert!(!again.repeated);
}

#[tokio::test]
async fn after_a_lost_answer_the_same_command_gets_the_outcome_of_the_first_time() {
    let (room, log, session) = scheduled().await;
    log.next.store(ANSWER_LOST, Ordering::SeqCst);
    let doubtful = room.use_cases.start_session(&keyed("k", "start"), session).await;
    assert!(matches!(doubtful, Err(UseCaseError::Doubtful(_))), "{doubtful:?}");
    let again = room.use_cases.start_session(&keyed("k", "start"), session).await.unwrap();
    assert!(again.repeated);
    let starts = room.event_types().await.into_iter().filter(|name| name == "session.started.v1");
    assert_eq!(starts.count(), 1);
}

#[tokio::test]
async fn after_a_lost_answer_other_commands_see_what_was_really_written() {
    let (room, log, session) = scheduled().await;
    log.next.store(ANSWER_LOST, Ordering::SeqCst);
    room.use_cases.start_session(&command(), session).await.unwrap_err();
    let other = room.use_cases.start_session(&command(), session).await;
    assert!(matches!(other, Err(UseCaseError::Session(SessionError::NotScheduled { .. }))), "{other:?}");
}

#[tokio::test]
async fn a_refusal_never_rests_on_something_that_did_not_happen() {
    let (room, log, session) = scheduled().await;
    log.next.store(SILENTLY_LOST, Ordering::SeqCst);
    let (lost, other) =
        tokio::join!(async { room.use_cases.start_session(&command(), session).await }, async {
            room.use_cases.start_session(&command(), session).await
        },);
    assert!(matches!(lost, Err(UseCaseError::Doubtful(_))), "{lost:?}");
    other.expect("the first start never happened, so the second one is the first");
}

#[tokio::test]
async fn what_was_decided_on_a_failed_append_is_decided_again() {
    let (room, log, session) = scheduled().await;
    room.use_cases.start_session(&command(), session).await.unwrap();
    log.next.store(SILENTLY_LOST, Ordering::SeqCst);
    let add = |words| {
        let room = &room;
        async move { room.use_cases.add_chunk(&command(), session, chunk(words)).await }
    };
    // Whichever is queued first is the one that is lost.
    let (one, other) = tokio::join!(add("one"), add("other"));
    let (lost, next) = if one.is_err() { (one, other) } else { (other, one) };
    assert!(matches!(lost, Err(UseCaseError::Doubtful(_))), "{lost:?}");
    assert_eq!(next.unwrap().chunk.get(), 1, "the lost chunk took no number");
}

#[tokio::test]
async fn no_head_calls_a_record_closed_before_its_seal_is_durable() {
    let (room, log, session) = scheduled().await;
    room.use_cases.start_session(&command(), session).await.unwrap();
    room.use_cases.end_session(&command(), session).await.unwrap();
    log.next.store(HELD_BACK, Ordering::SeqCst);
    let command = command();
    let sealing = room.use_cases.seal_session(&command, session);
    let asking = async {
        tokio::task::yield_now().await;
        let head = room.evidence.head(tenant(), session);
        let letting_go = async {
            tokio::task::yield_now().await;
            log.held.notify_one();
        };
        tokio::join!(head, letting_go).0.unwrap()
    };
    let (sealed, head) = tokio::join!(sealing, asking);
    assert_eq!((head.size, head.state), (5, HeadState::Closed), "the head waited for the seal");
    assert_eq!(sealed.unwrap().appended.session_index.get() + 1, head.size);
    let heads = room.evidence.heads(tenant(), session, 0, 10).await.unwrap();
    assert!(heads.iter().all(|head| head.state == HeadState::Open || head.size == 5), "{heads:?}");
}

#[tokio::test]
async fn a_stream_that_left_the_memory_while_it_was_written_is_not_stale_for_ever() {
    let (room, log, session) = scheduled().await;
    room.use_cases.start_session(&command(), session).await.unwrap();
    log.next.store(NOT_TAKEN, Ordering::SeqCst);
    let (use_cases, opening) = (Arc::clone(&room.use_cases), command());
    let vote = VoteId::parse("v1").unwrap();
    let opening = tokio::spawn(async move { use_cases.open_vote(&opening, session, vote).await });
    log.reached.notified().await;
    for _ in 0..9 {
        room.session().await;
    }
    // Somebody reads the session meanwhile, without the vote.
    room.use_cases.mark_left(&command(), session, person(9)).await.unwrap_err();
    log.held.notify_one();
    opening.await.unwrap().unwrap();
    room.use_cases.add_chunk(&command(), session, chunk("words")).await.unwrap();
}
