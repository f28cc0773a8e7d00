//! Ours: the use cases of the service over the log on PostgreSQL, in this process.

use std::num::NonZeroUsize;
use std::sync::Arc;

use acta_application::attendance::EvidenceKey;
use acta_application::neighbours::Neighbours;
use acta_application::persons::Persons;
use acta_application::{Ports, UseCases};
use acta_domain::SessionId;
use acta_keyring::{Keyring, Purpose};
use acta_postgres::{Database, DatabaseOptions, PostgresKeys, PostgresLog};
use acta_services::SignedQrCodes;
use anyhow::Context as _;
use tempfile::TempDir;
use tokio::task::JoinSet;

use super::decision::{context, create, update};
use super::load::Client;
use super::place::service_login;
use super::system::{SystemClock, SystemRandomness};

/// Streams of each aggregate type in memory, as the service has it.
const IN_MEMORY: NonZeroUsize = NonZeroUsize::new(4_096).expect("4096 is not zero");

/// The service without its HTTP, wired as its binary does it.
pub(super) struct Ours {
    pub(super) database: Database,
    pub(super) log: Arc<PostgresLog>,
    keys: Arc<PostgresKeys>,
    ports: Ports,
    use_cases: Arc<UseCases>,
    _keys_folder: TempDir,
}

impl Ours {
    pub(super) async fn open(place: &acta_throwaway::Database) -> anyhow::Result<Self> {
        let database = Database::open(DatabaseOptions::of_login(service_login(place))).await?;
        let folder = tempfile::tempdir()?;
        let keyring = Keyring::open(folder.path(), Arc::new(SystemRandomness))?;
        let log = PostgresLog::open(&database, Arc::new(SystemClock), Arc::new(SystemRandomness)).await?;
        let master = Arc::new(keyring.master()?);
        let keys = PostgresKeys::open(&database, master, Arc::new(SystemRandomness)).await?;
        let (log, keys) = (Arc::new(log), Arc::new(keys));
        let tokens = keyring.signing_keys(Purpose::Tokens)?;
        let ports = Ports {
            evidence_key: EvidenceKey::new(keyring.digest_key()?),
            neighbours: Neighbours::default(),
            log: Arc::clone(&log) as _,
            persons: Persons::new(Arc::clone(&keys) as _, Arc::new(SystemRandomness)),
            qr: Arc::new(SignedQrCodes::new("http://localhost", tokens.all(), *keyring.digest_key()?)),
            clock: Arc::new(SystemClock),
            randomness: Arc::new(SystemRandomness),
        };
        let use_cases = Arc::new(UseCases::new(ports.clone(), IN_MEMORY));
        Ok(Self { database, log, keys, ports, use_cases, _keys_folder: folder })
    }

    /// Sessions to send commands to.
    pub(super) async fn sessions(&self, count: usize) -> anyhow::Result<Vec<SessionId>> {
        let mut creating = JoinSet::new();
        for _ in 0..count {
            let use_cases = Arc::clone(&self.use_cases);
            creating.spawn(async move { use_cases.create_session(&context(), create()).await });
        }
        let created = creating.join_all().await.into_iter();
        created.map(|created| Ok(created?.session_id)).collect()
    }

    pub(super) fn use_cases(&self) -> Arc<UseCases> {
        Arc::clone(&self.use_cases)
    }

    /// A client of `session`.
    pub(super) fn client(&self, session: SessionId) -> OurClient {
        OurClient { use_cases: Arc::clone(&self.use_cases), session, sent: 0 }
    }

    /// `count` clients, each with a session of its own.
    pub(super) async fn clients_apart(&self, count: usize) -> anyhow::Result<Vec<OurClient>> {
        Ok(self.sessions(count).await?.into_iter().map(|session| self.client(session)).collect())
    }

    /// `count` clients on one session.
    pub(super) async fn clients_together(&self, count: usize) -> anyhow::Result<Vec<OurClient>> {
        let session = *self.sessions(1).await?.first().context("a session was made")?;
        Ok((0..count).map(|_| self.client(session)).collect())
    }

    /// Forgets every stream, as after a restart.
    pub(super) async fn forget_streams(&mut self) {
        let fresh = Arc::new(UseCases::new(self.ports.clone(), IN_MEMORY));
        std::mem::replace(&mut self.use_cases, fresh).settle().await;
    }

    pub(super) async fn close(self) {
        self.use_cases.settle().await;
        self.log.close().await;
        self.keys.close().await;
        self.database.close().await;
    }
}

/// Sends one command after another to one session.
pub(super) struct OurClient {
    use_cases: Arc<UseCases>,
    session: SessionId,
    sent: u64,
}

impl Client for OurClient {
    async fn send(&mut self) -> anyhow::Result<()> {
        self.sent += 1;
        self.use_cases.update_session(&context(), self.session, update(self.sent)).await?;
        Ok(())
    }
}
