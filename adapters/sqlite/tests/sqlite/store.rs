//! A log in a folder of its own, and a way into its file past the service.

use std::path::Path;
use std::sync::Arc;

use acta_application::log::contract::{TestClock, TestRandomness, event, moment};
use acta_application::log::{
    Actor, Append, CommandDigest, CommandId, EventLog, ExpectedVersion, Metadata, StreamId,
};
use acta_domain::{SessionId, TenantId};
use acta_sqlite::{DataFolder, SqliteLog};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, SqliteConnection};
use tempfile::TempDir;
use uuid::Uuid;

pub(crate) const TENANT: TenantId = TenantId::new(Uuid::from_u128(1));
pub(crate) const SESSION: SessionId = SessionId::new(Uuid::from_u128(2));

pub(crate) struct Store {
    pub(crate) folder: DataFolder,
    pub(crate) directory: TempDir,
    randomness: Arc<TestRandomness>,
}

impl Store {
    pub(crate) fn new() -> Self {
        let directory = tempfile::tempdir().expect("a temporary folder can be made");
        let folder = DataFolder::lock(directory.path()).expect("the folder is new");
        Self { folder, directory, randomness: Arc::default() }
    }

    pub(crate) async fn open(&self) -> SqliteLog {
        let clock = Arc::new(TestClock::at(moment(0)));
        SqliteLog::open(&self.folder, clock, self.randomness.clone()).await.expect("the log opens")
    }

    /// A log with `events` events of one session.
    pub(crate) async fn with_events(events: u128) -> (Self, SqliteLog) {
        let store = Self::new();
        let log = store.open().await;
        for number in 0..events {
            log.append(append(number)).await.expect("nothing stands in its way");
        }
        (store, log)
    }
}

/// Command `number`, with one event for the floor stream of the session.
pub(crate) fn append(number: u128) -> Append {
    Append {
        tenant_id: TENANT,
        session_id: SESSION,
        stream: stream(),
        expected: ExpectedVersion::Any,
        guards: Vec::new(),
        rests_on: Vec::new(),
        metadata: Metadata {
            actor: Actor::Clock,
            command_id: CommandId(Uuid::from_u128(number)),
            correlation_id: Uuid::from_u128(number),
            causation: None,
            traceparent: None,
        },
        command_digest: CommandDigest([7; 32]),
        events: vec![event("word")],
    }
}

pub(crate) fn stream() -> StreamId {
    StreamId::of_session("floor", SESSION)
}

/// A connection to the file `name` of `folder`, as any other program may open one.
pub(crate) async fn past_the_service(folder: &Path, name: &str) -> SqliteConnection {
    let options = SqliteConnectOptions::new().filename(folder.join(name));
    options.connect().await.expect("the file is a database")
}

/// Runs `statement` on the file `name` of `folder`, as any other program may.
pub(crate) async fn run_past_the_service(
    folder: &Path,
    name: &str,
    statement: &str,
) -> Result<u64, sqlx::Error> {
    let mut connection = past_the_service(folder, name).await;
    sqlx::query(statement).execute(&mut connection).await.map(|done| done.rows_affected())
}
