//! What the writer takes from its queue and writes in one transaction.

use std::collections::HashSet;
use std::sync::Arc;

use acta_application::clock::{Randomness, random_bytes};
use acta_application::evidence::IssuedHead;
use acta_application::log::{
    Append, AppendAnswer, AppendError, Appended, CommandId, Fault, LogError, LogHeads, RecordError, Snapshot,
    StreamId, record,
};
use acta_domain::{SessionId, TenantId, Timestamp};
use acta_proof::commitment::Salt;
use tokio::sync::oneshot;

use super::insert::NewRow;

/// Most requests in one transaction.
const MOST_REQUESTS: usize = 256;
/// Most events in one transaction.
const MOST_EVENTS: usize = 512;

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
#[derive(Debug, thiserror::Error)]
pub(super) enum Failure {
    /// It failed before its commit: nothing was written.
    #[error("the transaction was rolled back")]
    NotWritten(#[source] Fault),
    /// Its commit failed: the operating system may have written it or not.
    #[error("the commit failed")]
    InDoubt(#[source] Fault),
}

impl From<sqlx::Error> for Failure {
    fn from(error: sqlx::Error) -> Self {
        Self::NotWritten(Arc::new(error))
    }
}

impl From<RecordError> for Failure {
    fn from(error: RecordError) -> Self {
        Self::NotWritten(Arc::new(error))
    }
}

/// The requests of one transaction, in the order in which they came, and who waits for its commit.
#[derive(Debug, Default)]
pub(super) struct Batch {
    appends: Vec<(Append, AppendAnswer)>,
    admitted: Vec<(Appended, AppendAnswer)>,
    kept: Vec<(Kept, oneshot::Sender<Result<(), LogError>>)>,
    commands: HashSet<(TenantId, CommandId)>,
    events: usize,
}

impl Batch {
    /// Takes `request`, or gives it back if it belongs into the next transaction: there is no room, or it repeats a command of
    /// this one, whose outcome must be durable before it is told to anybody.
    #[expect(clippy::result_large_err, reason = "the request goes back to where it came from, by value")]
    pub(super) fn take(&mut self, request: Request) -> Result<(), Request> {
        if self.appends.len() + self.kept.len() >= MOST_REQUESTS {
            return Err(request);
        }
        match request {
            Request::Keep { what, answer } => self.kept.push((what, answer)),
            Request::Append { append, answer } => return self.take_append(append, answer),
        }
        Ok(())
    }

    #[expect(clippy::result_large_err, reason = "the request goes back to where it came from, by value")]
    fn take_append(&mut self, append: Box<Append>, answer: AppendAnswer) -> Result<(), Request> {
        let full = self.events > 0 && self.events + append.events.len() > MOST_EVENTS;
        if full || !self.commands.insert((append.tenant_id, append.metadata.command_id)) {
            return Err(Request::Append { append, answer });
        }
        self.events += append.events.len();
        self.appends.push((*append, answer));
        Ok(())
    }

    /// The appends that are not admitted yet.
    pub(super) fn appends(&self) -> impl Iterator<Item = &Append> {
        self.appends.iter().map(|(append, _)| append)
    }

    /// What is kept beside the events.
    pub(super) fn kept(&self) -> impl Iterator<Item = &Kept> {
        self.kept.iter().map(|(what, _)| what)
    }

    /// Gives the appends their places, and answers at once those that are refused, because later ones may rest on them.
    pub(super) fn admit(
        &mut self,
        heads: &mut LogHeads,
        now: Timestamp,
        randomness: &dyn Randomness,
    ) -> Result<Vec<NewRow>, Failure> {
        let mut rows = Vec::with_capacity(self.events);
        for (append, answer) in std::mem::take(&mut self.appends) {
            match heads.admit(&append, now) {
                Err(refusal) => answer.send(Err(refusal)),
                Ok((places, outcome)) => {
                    self.admitted.push((outcome, answer));
                    for (number, (event, place)) in append.events.iter().zip(places).enumerate() {
                        let salt = Salt(random_bytes(randomness));
                        rows.push(NewRow::new(&append, number, record(&append, event, place, salt)?));
                    }
                }
            }
        }
        Ok(rows)
    }

    /// Tells everybody that the transaction is durable.
    pub(super) fn succeed(self) {
        for (outcome, answer) in self.admitted {
            answer.send(Ok(outcome));
        }
        for (_, answer) in self.kept {
            let _nobody_waits = answer.send(Ok(()));
        }
    }

    /// Tells everybody that it is not, or that nobody knows.
    pub(super) fn fail(self, failure: &Failure) {
        let (fault, error) = match failure {
            Failure::NotWritten(fault) => (fault, AppendError::Unavailable(Arc::clone(fault))),
            Failure::InDoubt(fault) => (fault, AppendError::Unknown(Arc::clone(fault))),
        };
        let waiting = self.appends.into_iter().map(|(_, answer)| answer);
        for answer in waiting.chain(self.admitted.into_iter().map(|(_, answer)| answer)) {
            answer.send(Err(error.clone()));
        }
        for (_, answer) in self.kept {
            let _nobody_waits = answer.send(Err(LogError::Unavailable(Arc::clone(fault))));
        }
    }
}
