//! An examination finds what was altered behind the service's back.

use std::sync::Arc;

use acta_application::doctor::{Check, Examined, examine};
use acta_application::log::{
    Append, AppendError, AppendTicket, Appended, CommandDigest, CommandId, EventLog, FeedPage, FeedScope,
    LogError, Position, RecordedEvent, Sequence, SessionIndex, Snapshot, StreamId,
};
use acta_domain::{SessionId, TenantId};
use acta_proof::commitment::Commitment;
use acta_proof::key::{Signer as _, SigningKey, VerifyingKey};
use async_trait::async_trait;
use tokio::sync::watch;

use crate::room::{Room, chunk, command, tenant};

/// A log whose rows somebody has been at.
struct Altered {
    log: Arc<dyn EventLog>,
    /// What was done to a row.
    row: fn(&mut RecordedEvent),
    /// What was done to the commitments of a session.
    commitments: fn(&mut Vec<Commitment>),
    /// The position of a row that is not there any more.
    missing: Option<u64>,
}

#[async_trait]
impl EventLog for Altered {
    async fn feed(&self, scope: FeedScope, after: Position, limit: usize) -> Result<FeedPage, LogError> {
        let mut page = self.log.feed(scope, after, limit).await?;
        if page.events.iter().any(|event| Some(event.position.get()) == self.missing) {
            return Err(LogError::Damaged {
                place: "the feed".to_owned(),
                what: "one is missing".to_owned(),
            });
        }
        page.events.iter_mut().for_each(self.row);
        Ok(page)
    }

    async fn commitments(
        &self,
        tenant: TenantId,
        session: SessionId,
        from: SessionIndex,
        limit: usize,
    ) -> Result<Vec<Commitment>, LogError> {
        let mut page = self.log.commitments(tenant, session, from, limit).await?;
        (self.commitments)(&mut page);
        Ok(page)
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

    async fn stream(
        &self,
        tenant: TenantId,
        stream: &StreamId,
        after: Sequence,
        limit: usize,
    ) -> Result<Vec<RecordedEvent>, LogError> {
        self.log.stream(tenant, stream, after, limit).await
    }

    fn head(&self) -> watch::Receiver<Position> {
        self.log.head()
    }

    async fn submit(&self, append: Append) -> Result<AppendTicket, AppendError> {
        self.log.submit(append).await
    }

    async fn outcome(
        &self,
        tenant: TenantId,
        command: CommandId,
    ) -> Result<Option<(Appended, CommandDigest)>, LogError> {
        self.log.outcome(tenant, command).await
    }

    async fn session_size(&self, tenant: TenantId, session: SessionId) -> Result<u64, LogError> {
        self.log.session_size(tenant, session).await
    }

    async fn tenant_of(&self, session: SessionId) -> Result<Option<TenantId>, LogError> {
        self.log.tenant_of(session).await
    }

    async fn snapshot(&self, tenant: TenantId, stream: &StreamId) -> Result<Option<Snapshot>, LogError> {
        self.log.snapshot(tenant, stream).await
    }

    async fn keep_snapshot(
        &self,
        tenant: TenantId,
        stream: &StreamId,
        kept: Snapshot,
    ) -> Result<(), LogError> {
        self.log.keep_snapshot(tenant, stream, kept).await
    }
}

/// Two sessions that were spoken in, with two heads each.
async fn room() -> Room {
    let room = Room::open().await;
    for _ in 0..2 {
        let session = room.active_session().await;
        for words in ["one", "two"] {
            room.use_cases.add_chunk(&command(), session, chunk(words)).await.unwrap();
            room.evidence.head(tenant(), session).await.unwrap();
        }
    }
    room
}

fn keys(room: &Room) -> Vec<VerifyingKey> {
    room.evidence.keys().to_vec()
}

fn unaltered(room: &Room) -> Altered {
    Altered { log: room.log.clone(), row: |_| {}, commitments: |_| {}, missing: None }
}

async fn examined(room: &Room, log: &Altered) -> Examined {
    examine(log, &*room.archive, &keys(room), |_, _| {}).await.unwrap()
}

/// Checks that find something, each with how much.
fn found(examined: &Examined) -> Vec<(Check, u64)> {
    let all = Check::ALL.map(|check| (check, examined.findings(check).faults));
    all.into_iter().filter(|(_, faults)| *faults > 0).collect()
}

#[tokio::test]
async fn a_log_as_it_was_written_is_sound() {
    let room = room().await;
    let examined = examined(&room, &unaltered(&room)).await;
    assert!(examined.is_sound(), "{examined:?}");
    assert_eq!((examined.events, examined.sessions, examined.heads), (10, 2, 4));
    assert_eq!((examined.head.get(), examined.end.get()), (10, 10));
}

#[tokio::test]
async fn a_changed_row_is_not_what_was_committed_to() {
    let room = room().await;
    let changed = |event: &mut RecordedEvent| {
        if event.position.get() == 4 {
            event.payload.push(' ');
        }
    };
    let examined = examined(&room, &Altered { row: changed, ..unaltered(&room) }).await;
    assert_eq!(found(&examined), [(Check::Commitments, 1)]);
    let told = examined.findings(Check::Commitments).kept;
    assert_eq!(told, ["the event at position 4 is not what was committed to"]);
}

#[tokio::test]
async fn a_row_that_was_committed_to_anew_contradicts_the_heads() {
    let room = room().await;
    let first_of_all = |page: &mut Vec<Commitment>| page[0] = Commitment([0; 32]);
    let examined = examined(&room, &Altered { commitments: first_of_all, ..unaltered(&room) }).await;
    assert_eq!(found(&examined), [(Check::Heads, 4)]);
}

#[tokio::test]
async fn a_session_that_lost_its_end_is_smaller_than_its_heads() {
    let room = room().await;
    let examined = examined(&room, &Altered { commitments: Vec::clear, ..unaltered(&room) }).await;
    assert_eq!(found(&examined), [(Check::Heads, 4)]);
    assert!(examined.findings(Check::Heads).kept[0].ends_with("is over more events than the session has"));
}

#[tokio::test]
async fn a_missing_row_is_found_and_the_rest_is_examined_all_the_same() {
    let room = room().await;
    let examined = examined(&room, &Altered { missing: Some(4), ..unaltered(&room) }).await;
    assert_eq!((examined.events, examined.end.get()), (9, 10));
    assert_eq!(found(&examined)[0], (Check::Rows, 1));
    assert_eq!(examined.findings(Check::Rows).kept, ["at position 4: one is missing"]);
    assert_eq!(examined.findings(Check::SessionIndexes).faults, 1, "the one behind it has no predecessor");
}

#[tokio::test]
async fn places_that_were_renumbered_are_found() {
    let room = room().await;
    let renumbered = |event: &mut RecordedEvent| {
        if event.position.get() == 9 {
            event.sequence = event.sequence.plus(7);
            event.session_index = SessionIndex::new(event.session_index.get() + 7);
        }
    };
    let examined = examined(&room, &Altered { row: renumbered, ..unaltered(&room) }).await;
    let checks: Vec<_> = found(&examined).into_iter().map(|(check, _)| check).collect();
    assert_eq!(checks, [Check::SessionIndexes, Check::Sequences, Check::Commitments]);
}

#[tokio::test]
async fn heads_under_a_key_that_the_service_does_not_know_are_found() {
    let room = room().await;
    let foreign = [SigningKey::from_seed(&[9; 32]).verifying_key()];
    let examined = examine(&unaltered(&room), &*room.archive, &foreign, |_, _| {}).await.unwrap();
    assert_eq!(found(&examined), [(Check::Heads, 4)]);
}
