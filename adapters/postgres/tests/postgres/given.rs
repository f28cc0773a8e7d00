//! Logs on a fresh database, and what is appended to them.

use std::sync::Arc;

use acta_application::clock::{Randomness, random_bytes};
use acta_application::log::contract::{TestClock, event, moment};
use acta_application::log::{
    Actor, Append, CommandDigest, CommandId, EventLog, ExpectedVersion, FeedScope, Metadata, Position,
    RecordedEvent, StreamId,
};
use acta_domain::{SessionId, TenantId};
use acta_postgres::{Database, PostgresLog};
use sqlx::postgres::PgConnection;
use sqlx::{Connection, Executor};
use uuid::Uuid;

use crate::store::Store;

/// Bytes that no other instance has: salts and ids of several instances must not be the same.
pub(crate) struct SystemRandomness;

impl Randomness for SystemRandomness {
    fn fill(&self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(16) {
            #[expect(clippy::disallowed_methods, reason = "several instances are in one test")]
            let block = Uuid::new_v4();
            chunk.copy_from_slice(&block.as_bytes()[..chunk.len()]);
        }
    }
}

pub(crate) fn fresh_id() -> Uuid {
    Uuid::from_bytes(random_bytes(&SystemRandomness))
}

pub(crate) fn tenant(number: u128) -> TenantId {
    TenantId::new(Uuid::from_u128(0x7e00_0000 + number))
}

pub(crate) fn session(number: u128) -> SessionId {
    SessionId::new(Uuid::from_u128(0x5e00_0000 + number))
}

pub(crate) fn stream(number: u128) -> StreamId {
    StreamId::of_session("floor", session(number))
}

/// A new command of tenant 1 that says `word` in the floor stream of session `of`.
pub(crate) fn say(word: &str, of: u128) -> Append {
    let id = fresh_id();
    Append {
        tenant_id: tenant(1),
        session_id: session(of),
        stream: stream(of),
        expected: ExpectedVersion::Any,
        guards: Vec::new(),
        rests_on: Vec::new(),
        metadata: Metadata {
            actor: Actor::Clock,
            command_id: CommandId(id),
            correlation_id: id,
            causation: None,
            traceparent: None,
        },
        command_digest: CommandDigest::of_id(CommandId(id)),
        events: vec![event(word)],
    }
}

/// One instance's log on `database`.
pub(crate) async fn log_on(database: &Database) -> Arc<PostgresLog> {
    let clock = Arc::new(TestClock::at(moment(0)));
    Arc::new(PostgresLog::open(database, clock, Arc::new(SystemRandomness)).await.expect("the log opens"))
}

/// One more instance on the database of `store`, with connections of its own.
pub(crate) async fn instance(store: &Store) -> Arc<PostgresLog> {
    log_on(&store.open().await).await
}

/// Every event of the log, by pages of the feed, up to `head`.
pub(crate) async fn everything(log: &PostgresLog, head: Position) -> Vec<RecordedEvent> {
    let (mut events, mut reached) = (Vec::new(), Position::default());
    while reached < head {
        let page = log.feed(FeedScope::All, reached, 1_000).await.expect("the feed can be read");
        reached = page.reached;
        events.extend(page.events);
    }
    events
}

/// A connection with the rights of the serving role and of nobody else.
pub(crate) async fn serving(store: &Store) -> PgConnection {
    let url = store.place.url_of(acta_throwaway::Login::Service);
    let mut connection = PgConnection::connect(&url).await.expect("the login is there");
    connection.execute("SET ROLE acta_serve").await.expect("it is a member");
    connection
}

/// A connection that is bound by no policy.
pub(crate) async fn superuser(store: &Store) -> PgConnection {
    PgConnection::connect(&store.place.superuser_url()).await.expect("the server is there")
}
