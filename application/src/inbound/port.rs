//! The ports: who takes messages, and what it has to know.

use acta_domain::{AssemblyId, SessionId, SessionStatus, TenantId};
use async_trait::async_trait;

use super::{InboundMessage, Reason};
use crate::UseCaseError;
use crate::log::Position;
use crate::views::ViewsError;

/// What became of a message.
#[derive(Debug)]
pub enum Verdict {
    /// It has its effect, which is durable.
    Done {
        /// Whether the log grew by it now; not when it came again or when it is so already.
        changed: bool,
        /// Where its last event stands; [`None`] if others had brought about what it says.
        position: Option<Position>,
    },
    /// It can never have an effect.
    Never(Reason),
    /// It can have none at present, but may when other messages or commands have had theirs.
    NotYet(Reason),
    /// Nobody can tell at present: try it again until somebody can.
    Failing(Failure),
}

/// Why a message could not be judged.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// Its command could not be carried out at present.
    #[error(transparent)]
    UseCase(#[from] UseCaseError),
    /// Its session could not be looked up at present.
    #[error(transparent)]
    Assemblies(#[from] AssembliesError),
}

/// Who takes messages from outside.
#[async_trait]
pub trait Inbox: Send + Sync + 'static {
    /// Handles `message`. It may be called any number of times: there is one effect. Dropped half-way, that effect is there or not.
    async fn handle(&self, message: &InboundMessage) -> Verdict;

    /// Handles `message` when nobody wants to wait any longer. The verdict is never [`Verdict::NotYet`].
    async fn handle_at_last(&self, message: &InboundMessage) -> Verdict {
        match self.handle(message).await {
            Verdict::NotYet(reason) => Verdict::Never(reason),
            verdict => verdict,
        }
    }
}

/// A session that names an assembly.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AssemblySession {
    /// Which.
    pub session_id: SessionId,
    /// Where it is in its life.
    pub status: SessionStatus,
    /// Whether its record is closed.
    pub sealed: bool,
}

/// The sessions of an assembly could not be looked up.
#[derive(Debug, Clone, thiserror::Error)]
pub enum AssembliesError {
    /// The view could not be read.
    #[error("the sessions of an assembly cannot be looked up")]
    Views(#[from] ViewsError),
    /// The view did not come up to the log in time.
    #[error("the sessions of an assembly are known up to position {reached}, not up to {wanted}")]
    Behind {
        /// What the view reflects.
        reached: Position,
        /// What it should.
        wanted: Position,
    },
}

/// Which sessions name an assembly.
#[async_trait]
pub trait Assemblies: Send + Sync + 'static {
    /// The sessions of `tenant` that name `assembly`, by an answer that reflects every event up to `at_least`; the newest of very
    /// many. Waits for a bounded time.
    ///
    /// # Errors
    /// See [`AssembliesError`].
    async fn sessions_of(
        &self,
        tenant: TenantId,
        assembly: &AssemblyId,
        at_least: Position,
    ) -> Result<Vec<AssemblySession>, AssembliesError>;
}
