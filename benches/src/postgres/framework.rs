//! `postgres-es`: the same aggregate, on the same server, by the framework that the aggregates are written for.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use acta_application::clock::{Clock as _, random_bytes, time_ordered_id};
use acta_domain::{PublicId, Session, SessionCommand, SessionId};
use acta_throwaway::{Database, Login};
use cqrs_es::CqrsFramework;
use cqrs_es::persist::PersistedEventStore;
use postgres_es::{PostgresCqrs, PostgresEventRepository};
use sqlx::postgres::{PgPool, PgPoolOptions};
use tokio::task::JoinSet;

use super::decision::{context, details, metadata};
use super::load::Client;
use super::place::{login, run};
use super::system::{SystemClock, SystemRandomness};

/// As in its own `db/init.sql`, under other names.
const TABLES: &str = "
    CREATE TABLE framework_events (
        aggregate_type text                         NOT NULL,
        aggregate_id   text                         NOT NULL,
        sequence       bigint CHECK (sequence >= 0) NOT NULL,
        event_type     text                         NOT NULL,
        event_version  text                         NOT NULL,
        payload        json                         NOT NULL,
        metadata       json                         NOT NULL,
        PRIMARY KEY (aggregate_type, aggregate_id, sequence)
    );
    CREATE TABLE framework_snapshots (
        aggregate_type   text                                 NOT NULL,
        aggregate_id     text                                 NOT NULL,
        last_sequence    bigint CHECK (last_sequence >= 0)    NOT NULL,
        current_snapshot bigint CHECK (current_snapshot >= 0) NOT NULL,
        payload          json                                 NOT NULL,
        PRIMARY KEY (aggregate_type, aggregate_id, last_sequence)
    )";

/// Connections of its pool. Of 10, 16 and 32 it was fastest with this many.
const POOL: u32 = 16;

/// The framework over tables of its own, as `postgres_cqrs` makes it: an aggregate is folded from its events for each command.
pub(super) struct Framework {
    pool: PgPool,
    cqrs: Arc<PostgresCqrs<Session>>,
}

impl Framework {
    pub(super) async fn open(place: &Database) -> anyhow::Result<Self> {
        run(place, Login::Owner, TABLES.to_owned()).await?;
        let pool = PgPoolOptions::new()
            .max_connections(POOL)
            .acquire_timeout(Duration::from_mins(1))
            .test_before_acquire(false)
            .connect_with(login(&place.url_of(Login::Owner)))
            .await?;
        let repository = PostgresEventRepository::new(pool.clone());
        let repository = repository.with_tables("framework_events", "framework_snapshots");
        let store = PersistedEventStore::new_event_store(repository);
        Ok(Self { pool, cqrs: Arc::new(CqrsFramework::new(store, Vec::new(), ())) })
    }

    /// `count` clients, each with a session of its own.
    pub(super) async fn clients_apart(&self, count: usize) -> anyhow::Result<Vec<FrameworkClient>> {
        let mut creating = JoinSet::new();
        for _ in 0..count {
            let mut client = FrameworkClient { cqrs: Arc::clone(&self.cqrs), id: String::new(), sent: 0 };
            creating.spawn(async move { client.create().await.map(|()| client) });
        }
        creating.join_all().await.into_iter().collect()
    }

    pub(super) async fn close(self) {
        self.pool.close().await;
    }
}

/// Sends one command after another to one session.
pub(super) struct FrameworkClient {
    cqrs: Arc<PostgresCqrs<Session>>,
    id: String,
    sent: u64,
}

impl FrameworkClient {
    async fn create(&mut self) -> anyhow::Result<()> {
        let session = time_ordered_id(SystemClock.now(), &SystemRandomness);
        self.id = session.to_string();
        let session_id = SessionId::new(session);
        let public_id = PublicId::new(random_bytes(&SystemRandomness));
        let at = SystemClock.now();
        self.execute(SessionCommand::Create { session_id, public_id, details: details(0), at }).await
    }

    async fn execute(&self, command: SessionCommand) -> anyhow::Result<()> {
        Ok(self.cqrs.execute_with_metadata(&self.id, command, texts()).await?)
    }
}

impl Client for FrameworkClient {
    async fn send(&mut self) -> anyhow::Result<()> {
        self.sent += 1;
        let at = SystemClock.now();
        self.execute(SessionCommand::Update { details: details(self.sent), at }).await
    }
}

/// What the service keeps beside an event.
fn texts() -> HashMap<String, String> {
    let map = metadata(&context()).to_map();
    map.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}
