//! What can go wrong with a room, and how long it is borne.

use std::time::Duration;

use acta_application::log::{LogError, SessionIndex, UnreadableEvent};
use acta_application::persons::PersonKeysError;
use acta_application::views::ViewsError;
use tokio::time::Instant;

use crate::message::Untold;

/// How long something that a room needs may be away before the room gives up.
const PATIENCE: Duration = Duration::from_secs(5);
/// The first pause before something is asked again; each next one is twice as long.
const FIRST_PAUSE: Duration = Duration::from_millis(50);
/// The longest pause.
const LONGEST_PAUSE: Duration = Duration::from_secs(1);

/// Why a seat gives no more frames.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum SeatError {
    /// The session's record cannot be read as this version of the service understands it.
    #[error("the session's record cannot be shown")]
    Failed,
    /// The log or the person keys do not answer.
    #[error("the record or the keys that open it do not answer")]
    Unavailable,
    /// The service stops.
    #[error("the service stops")]
    Stopped,
}

/// What went wrong inside a room.
#[derive(Debug, thiserror::Error)]
pub(super) enum Trouble {
    #[error("the log cannot be read")]
    Log(#[from] LogError),
    #[error("the views cannot be read")]
    Views(#[from] ViewsError),
    #[error("a personal part cannot be opened")]
    Keys(#[from] PersonKeysError),
    #[error("an event cannot be told of")]
    Unreadable(#[from] UnreadableEvent),
    #[error("an event has no message")]
    Untold(#[from] Untold),
    #[error("the log lacks event {index} of the session")]
    Missing { index: SessionIndex },
}

impl Trouble {
    /// Whether it may pass by itself.
    fn may_pass(&self) -> bool {
        matches!(
            self,
            Self::Log(LogError::Unavailable(_))
                | Self::Views(ViewsError::Unavailable(_))
                | Self::Keys(PersonKeysError::Unavailable(_))
        )
    }

    /// What it means for those who sit in the room; told to the operator here.
    pub(super) fn settle(self) -> SeatError {
        if self.may_pass() {
            tracing::warn!(error = &self as &dyn std::error::Error, "a room cannot go on for now");
            return SeatError::Unavailable;
        }
        tracing::error!(error = &self as &dyn std::error::Error, "a room cannot go on");
        SeatError::Failed
    }
}

/// Asks for something until it is given; what may pass by itself is waited for.
pub(super) async fn patiently<T, F>(mut ask: impl FnMut() -> F) -> Result<T, SeatError>
where
    F: Future<Output = Result<T, Trouble>>,
{
    let until = Instant::now() + PATIENCE;
    let mut pause = FIRST_PAUSE;
    loop {
        match ask().await {
            Ok(given) => return Ok(given),
            Err(trouble) if trouble.may_pass() && Instant::now() + pause < until => {
                tokio::time::sleep(pause).await;
                pause = LONGEST_PAUSE.min(pause * 2);
            }
            Err(trouble) => return Err(trouble.settle()),
        }
    }
}
