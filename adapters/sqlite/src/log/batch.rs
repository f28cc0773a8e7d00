//! What the writer takes from its queue and writes in one transaction.

use std::sync::Arc;

use acta_application::evidence::IssuedHead;
use acta_application::log::{Append, AppendAnswer, BatchFailure, LogError, Snapshot, StreamId};
use acta_domain::{SessionId, TenantId};
use tokio::sync::oneshot;

/// Most things in one transaction that are kept beside the events.
const MOST_KEPT: usize = 256;

/// Something to be written.
#[derive(Debug)]
pub(super) enum Request {
    Append { append: Box<Append>, answer: AppendAnswer },
    Keep { what: Kept, answer: oneshot::Sender<Result<(), LogError>> },
}

/// Something that is kept beside the events.
#[derive(Debug)]
pub(super) enum Kept {
    Snapshot { tenant: TenantId, stream: StreamId, snapshot: Snapshot },
    Head { tenant: TenantId, session: SessionId, head: IssuedHead },
}

/// Why a transaction did not answer as it should.
#[derive(Debug)]
pub(super) struct Failure(pub(super) BatchFailure);

impl From<sqlx::Error> for Failure {
    fn from(error: sqlx::Error) -> Self {
        Self(BatchFailure::NotWritten(Arc::new(error)))
    }
}

impl From<BatchFailure> for Failure {
    fn from(failure: BatchFailure) -> Self {
        Self(failure)
    }
}

/// The requests of one transaction, in the order in which they came, and who waits for its commit.
#[derive(Debug, Default)]
pub(super) struct Batch {
    pub(super) appends: acta_application::log::Batch,
    kept: Vec<(Kept, oneshot::Sender<Result<(), LogError>>)>,
}

impl Batch {
    /// Takes `request`, or gives it back if it belongs into the next transaction.
    #[expect(clippy::result_large_err, reason = "the request goes back to where it came from, by value")]
    pub(super) fn take(&mut self, request: Request) -> Result<(), Request> {
        match request {
            Request::Keep { .. } if self.kept.len() >= MOST_KEPT => Err(request),
            Request::Keep { what, answer } => {
                self.kept.push((what, answer));
                Ok(())
            }
            Request::Append { append, answer } => self
                .appends
                .take(append, answer)
                .map_err(|(append, answer)| Request::Append { append, answer }),
        }
    }

    /// What is kept beside the events.
    pub(super) fn kept(&self) -> impl Iterator<Item = &Kept> {
        self.kept.iter().map(|(what, _)| what)
    }

    /// Tells everybody that the transaction is durable.
    pub(super) fn succeed(self, admission: &acta_application::log::Admission) {
        self.appends.succeed(admission);
        for (_, answer) in self.kept {
            let _nobody_waits = answer.send(Ok(()));
        }
    }

    /// Tells everybody that it is not, or that nobody knows.
    pub(super) fn fail(self, failure: &BatchFailure) {
        let (BatchFailure::NotWritten(fault) | BatchFailure::InDoubt(fault)) = failure;
        for (_, answer) in self.kept {
            let _nobody_waits = answer.send(Err(LogError::Unavailable(Arc::clone(fault))));
        }
        self.appends.fail(failure);
    }
}
