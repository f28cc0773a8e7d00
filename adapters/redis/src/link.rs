//! The connection, and how it is.

use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use arc_swap::ArcSwap;
use redis::aio::{ConnectionManager, ConnectionManagerConfig};
use redis::{Client, RedisResult};
use tokio::time::Instant;
use tracing::{info, warn};

use crate::{OptionsError, RedisOptions, RequestError};

/// How long a connection may take to be made, with TLS and the login.
const CONNECTING: Duration = Duration::from_secs(2);
/// How often a connection is given up for a new one at most; longer than one takes to be made.
const RENEWAL: Duration = Duration::from_secs(3);
/// How many requests may wait to be sent; then whoever comes waits, within its patience.
const WAITING: usize = 1_000;

/// How the server was when it was last asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum State {
    Connecting,
    Shared,
    Away,
    Refused,
}

impl State {
    pub(crate) fn is_well(self) -> bool {
        matches!(self, Self::Connecting | Self::Shared)
    }

    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Connecting => "connecting",
            Self::Shared => "shared",
            Self::Away => "away",
            Self::Refused => "refused",
        }
    }

    fn after<T>(answer: &Result<T, RequestError>) -> Self {
        match answer {
            Ok(_) => Self::Shared,
            Err(RequestError::Late(_) | RequestError::Unreachable(_)) => Self::Away,
            Err(RequestError::Login(_) | RequestError::NoMemory(_) | RequestError::Refused(_)) => {
                Self::Refused
            }
        }
    }
}

/// One connection that all requests share, made anew when it breaks.
pub(crate) struct Link {
    client: Client,
    connection: ArcSwap<ConnectionManager>,
    renewed: Mutex<Instant>,
    state: AtomicU8,
    address: String,
    pub(crate) prefix: String,
    pub(crate) patience: Duration,
    pub(crate) skew: Duration,
}

impl Link {
    /// Begins to connect.
    pub(crate) fn new(options: &RedisOptions) -> Result<Self, OptionsError> {
        let client = options.client()?;
        let connection = connect(&client).map_err(OptionsError::Connection)?;
        Ok(Self {
            client,
            connection: ArcSwap::from_pointee(connection),
            renewed: Mutex::new(Instant::now()),
            state: AtomicU8::new(State::Connecting as u8),
            address: options.address(),
            prefix: options.prefix.clone(),
            patience: options.patience,
            skew: options.skew,
        })
    }

    /// Sends a request, and waits for its answer, but not for ever.
    pub(crate) async fn ask<T, F>(
        &self,
        request: impl FnOnce(ConnectionManager) -> F,
    ) -> Result<T, RequestError>
    where
        F: Future<Output = RedisResult<T>>,
    {
        let connection = ConnectionManager::clone(&self.connection.load());
        let answer = match tokio::time::timeout(self.patience, request(connection)).await {
            Ok(answer) => answer.map_err(RequestError::from),
            Err(_) => Err(RequestError::Late(self.patience)),
        };
        self.note(&answer);
        if let Err(RequestError::Late(_) | RequestError::Login(_) | RequestError::Refused(_)) = &answer {
            self.renew();
        }
        answer
    }

    pub(crate) async fn ping(&self) -> Result<(), RequestError> {
        self.ask(|mut connection| async move { redis::cmd("PING").query_async(&mut connection).await }).await
    }

    pub(crate) fn state(&self) -> State {
        [State::Connecting, State::Shared, State::Away, State::Refused]
            .into_iter()
            .find(|state| *state as u8 == self.state.load(Ordering::Relaxed))
            .expect("only states are stored")
    }

    /// The manager replaces a connection that breaks, but neither one that is silent nor one that was refused.
    fn renew(&self) {
        let mut renewed = self.renewed.lock().unwrap_or_else(PoisonError::into_inner);
        if renewed.elapsed() < RENEWAL {
            return;
        }
        *renewed = Instant::now();
        if let Ok(connection) = connect(&self.client) {
            self.connection.store(connection.into());
        }
    }

    /// Logs a change, once.
    fn note<T>(&self, answer: &Result<T, RequestError>) {
        let state = State::after(answer);
        let before = self.state.swap(state as u8, Ordering::Relaxed);
        let (address, state) = (&self.address, state.as_str());
        match answer {
            Ok(_) if before != State::Shared as u8 => info!(address, state, "counters are shared"),
            Err(error) if before != State::after(answer) as u8 => {
                warn!(address, state, error = error as &dyn std::error::Error, "counters are not shared");
            }
            _ => {}
        }
    }
}

/// Begins to connect, whether anybody waits for it or not: a caller's patience may end first.
fn connect(client: &Client) -> RedisResult<ConnectionManager> {
    let config = ConnectionManagerConfig::new()
        // Every request tries again: that is often enough.
        .set_number_of_retries(0)
        .set_connection_timeout(Some(CONNECTING))
        .set_response_timeout(None)
        .set_pipeline_buffer_size(WAITING);
    let connection = ConnectionManager::new_lazy_with_config(client.clone(), config)?;
    let mut first = connection.clone();
    tokio::spawn(async move {
        // Whoever asks next is told how it went.
        let _: RedisResult<()> = redis::cmd("PING").query_async(&mut first).await;
    });
    Ok(connection)
}
