//! Hearing of what other instances erase, and knowing how much was heard.
//!
//! The table notifies every erasure. A notification alone proves nothing while it does not come, so once a second a beat is notified on
//! the listening connection itself. The database delivers notifications in the order of their commits: when a beat comes back, every
//! erasure that was committed before it was sent has been heard. A connection that broke heard nothing meanwhile, so the next
//! one begins by forgetting all keys.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use acta_application::clock::{Randomness, random_bytes};
use sqlx::postgres::PgListener;
use tokio::time::{Instant, timeout, timeout_at};
use tokio_util::sync::CancellationToken;

use super::cache::Cache;
use super::table::Owner;
use crate::database::{Database, Role};

/// What the table notifies, with the owner.
const ERASURES: &str = "acta_keys";
/// From one beat to the next.
const BEAT: Duration = Duration::from_secs(1);
/// How long connecting, or a beat, may take.
const PATIENCE: Duration = Duration::from_secs(3);

/// Why erasures are not heard.
#[derive(Debug, thiserror::Error)]
enum Deaf {
    #[error("the connection failed")]
    Connection(#[from] sqlx::Error),
    #[error("the connection is lost")]
    Lost,
    #[error("the database did not answer in time")]
    Late(#[from] tokio::time::error::Elapsed),
}

/// Hears of erasures, and drops the keys from the cache.
pub(super) struct Follower {
    database: Database,
    cache: Arc<Cache>,
    /// The channel of this instance's own beats.
    own: String,
    beats: u64,
    /// Whether a beat came back since this was last asked.
    heard: bool,
}

impl Follower {
    pub(super) fn new(database: Database, cache: Arc<Cache>, randomness: &dyn Randomness) -> Self {
        let own = format!("{ERASURES}_{}", hex::encode(random_bytes::<16>(randomness)));
        Self { database, cache, own, beats: 0, heard: true }
    }

    /// Follows until `closing`.
    pub(super) async fn run(mut self, closing: CancellationToken) {
        while !closing.is_cancelled() {
            let Some(Err(deaf)) = closing.run_until_cancelled(self.listen()).await else { return };
            if std::mem::take(&mut self.heard) {
                tracing::warn!(
                    error = &deaf as &dyn std::error::Error,
                    "erasures of other instances are not heard: keys are read anew more often"
                );
            }
            closing.run_until_cancelled(tokio::time::sleep(BEAT)).await;
        }
    }

    async fn listen(&mut self) -> Result<Infallible, Deaf> {
        let mut listener = timeout(PATIENCE, self.connect()).await??;
        self.cache.forget_all();
        loop {
            let sent = Instant::now();
            timeout(PATIENCE, self.beat(&mut listener)).await??;
            self.cache.heard(sent);
            self.heard = true;
            if let Ok(deaf) = timeout_at(sent + BEAT, self.hear_on(&mut listener)).await {
                return deaf;
            }
        }
    }

    /// A connection beside the pool, so that none of the pool's is held for good.
    async fn connect(&self) -> Result<PgListener, sqlx::Error> {
        let mut listener = PgListener::connect_with(&self.database.listening(Role::Serve)).await?;
        listener.eager_reconnect(false);
        listener.listen_all([ERASURES, &self.own]).await?;
        Ok(listener)
    }

    /// Sends a beat and hears everything up to it.
    async fn beat(&mut self, listener: &mut PgListener) -> Result<(), Deaf> {
        self.beats += 1;
        let beat = self.beats.to_string();
        sqlx::query("SELECT pg_notify($1, $2)").bind(&self.own).bind(&beat).execute(&mut *listener).await?;
        while self.hear(listener).await?.as_ref() != Some(&beat) {}
        Ok(())
    }

    async fn hear_on(&self, listener: &mut PgListener) -> Result<Infallible, Deaf> {
        loop {
            self.hear(listener).await?;
        }
    }

    /// Hears of one erasure, or of a beat, which it gives.
    async fn hear(&self, listener: &mut PgListener) -> Result<Option<String>, Deaf> {
        let notification = listener.try_recv().await?.ok_or(Deaf::Lost)?;
        if notification.channel() == self.own {
            return Ok(Some(notification.payload().to_owned()));
        }
        match notification.payload().parse::<Owner>() {
            Ok(owner) => self.cache.forget(&owner),
            // Some key was erased, whichever it was.
            Err(_) => self.cache.forget_all(),
        }
        Ok(None)
    }
}
