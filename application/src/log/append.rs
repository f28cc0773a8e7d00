//! What is asked of the log, and its answer.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};

use acta_domain::{SessionId, TenantId, Timestamp};
use acta_proof::sealed::SealedPart;
use futures::FutureExt;
use futures::future::Shared;
use tokio::sync::oneshot;

use super::{CommandDigest, Metadata, Position, Sequence, SessionIndex, StreamId};

/// What the writer believes of the stream that it appends to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExpectedVersion {
    /// Whatever it is.
    Any,
    /// The stream has exactly this many events; `0` if it must not exist.
    Exactly(Sequence),
}

/// A fact of another stream that the decision rests on: it must still be true when the decision is appended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Guard {
    /// The stream that was read.
    pub stream: StreamId,
    /// Its version then.
    pub version: Sequence,
}

/// An event on its way into the log.
#[derive(Debug, Clone, PartialEq)]
pub struct NewEvent {
    /// Name with version.
    pub event_type: String,
    /// The version alone.
    pub event_version: u32,
    /// Canonical JSON (RFC 8785).
    pub payload: String,
    /// The personal part, as ciphertext.
    pub sealed: Option<SealedPart>,
}

/// Everything that one command wants appended: all of it or nothing, in order, next to each other.
#[derive(Debug, Clone)]
pub struct Append {
    /// Whose events they are.
    pub tenant_id: TenantId,
    /// Their session.
    pub session_id: SessionId,
    /// Their stream.
    pub stream: StreamId,
    /// What that stream must be.
    pub expected: ExpectedVersion,
    /// What other streams must be.
    pub guards: Vec<Guard>,
    /// Appends queued before this one, not durable yet, whose events the decision already counted on. If one of them failed, this
    /// one fails too, even if the versions happen to agree because somebody else appended meanwhile.
    pub rests_on: Vec<AppendTicket>,
    /// Who, and why. The command id makes the append idempotent.
    pub metadata: Metadata,
    /// What the command asked for.
    pub command_digest: CommandDigest,
    /// At least one event.
    pub events: Vec<NewEvent>,
}

impl Append {
    /// The stream that it appends to, and those that it rests on.
    pub fn touched_streams(&self) -> impl Iterator<Item = &StreamId> {
        self.guards.iter().map(|guard| &guard.stream).chain([&self.stream])
    }
}

/// Where a command's events stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Appended {
    /// Position of the first of them.
    pub first: Position,
    /// Position of the last of them.
    pub last: Position,
    /// Session index of the last of them.
    pub session_index: SessionIndex,
    /// Sequence of the last of them: the version of the stream afterwards.
    pub sequence: Sequence,
    /// When the log took them.
    pub recorded_at: Timestamp,
}

/// Why a database did not do what was asked, shared by all whose commands were in one batch.
pub type Fault = Arc<dyn std::error::Error + Send + Sync>;

/// Why a command's events are not in the log (or, for [`AppendError::AlreadyAppended`], were already).
#[derive(Debug, Clone, thiserror::Error)]
pub enum AppendError {
    /// The stream, or a stream that the decision rests on, is not what was expected. Nothing was written.
    #[error("stream {stream} is at {actual}, not at {expected}")]
    Conflict {
        /// The stream that differs.
        stream: StreamId,
        /// What the writer believed.
        expected: Sequence,
        /// What it is.
        actual: Sequence,
    },
    /// An append that the decision counted on failed. Nothing was written.
    #[error("an append that this one rests on failed")]
    Undermined,
    /// The append is larger than the log takes. Nothing was written.
    #[error("an append holds 1 to {most_events} events of at most {most_bytes} bytes each")]
    TooLarge {
        /// Most events in one append.
        most_events: usize,
        /// Most bytes of one payload.
        most_bytes: usize,
    },
    /// The command id was appended before; nothing was written now.
    #[error("the command was already appended at position {}", .outcome.first)]
    AlreadyAppended {
        /// The outcome of the first time.
        outcome: Appended,
        /// Whether that command asked for the same.
        same_command: bool,
    },
    /// The session or the stream belongs to another tenant. Nothing was written.
    #[error("{place} belongs to another tenant")]
    Foreign {
        /// The session or the stream.
        place: String,
    },
    /// The log cannot take events now. Nothing was written.
    #[error("the log is not available")]
    Unavailable(#[source] Fault),
    /// The answer to a commit was lost: the events may be in the log or not. Whoever cached anything must read again.
    #[error("it is not known whether the events were appended")]
    Unknown(#[source] Fault),
}

/// The outcome of an append that is queued: await it for the durable answer. Clones share one outcome.
#[derive(Debug, Clone)]
pub struct AppendTicket {
    outcome: Shared<oneshot::Receiver<Result<Appended, AppendError>>>,
    failed: Arc<AtomicBool>,
}

impl AppendTicket {
    /// A ticket, and what its outcome is to be told to.
    pub fn new() -> (AppendAnswer, Self) {
        let (sender, receiver) = oneshot::channel();
        let failed = Arc::new(AtomicBool::new(false));
        let answer = AppendAnswer { sender: Some(sender), failed: Arc::clone(&failed) };
        (answer, Self { outcome: receiver.shared(), failed })
    }

    /// Whether it is known by now that the append failed.
    pub fn has_failed(&self) -> bool {
        // Beside the future, because a shared future that somebody else is polling just now looks as if it were not ready.
        self.failed.load(Ordering::Acquire)
    }
}

impl Future for AppendTicket {
    type Output = Result<Appended, AppendError>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        self.outcome
            .poll_unpin(context)
            .map(|outcome| outcome.unwrap_or_else(|dropped| Err(AppendError::Unknown(Arc::new(dropped)))))
    }
}

/// The log's side of an [`AppendTicket`]. Dropped without an answer it means [`AppendError::Unknown`].
#[derive(Debug)]
pub struct AppendAnswer {
    sender: Option<oneshot::Sender<Result<Appended, AppendError>>>,
    failed: Arc<AtomicBool>,
}

impl AppendAnswer {
    /// Tells the outcome to whoever holds the ticket, if anybody still does.
    pub fn send(mut self, outcome: Result<Appended, AppendError>) {
        self.failed.store(outcome.is_err(), Ordering::Release);
        if let Some(sender) = self.sender.take() {
            let _nobody_waits = sender.send(outcome);
        }
    }
}

impl Drop for AppendAnswer {
    fn drop(&mut self) {
        if self.sender.is_some() {
            self.failed.store(true, Ordering::Release);
        }
    }
}
