//! Appends that share one transaction, for every store: gathered, given their places together, answered when it is durable.

use std::collections::HashSet;
use std::sync::Arc;

use acta_domain::{TenantId, Timestamp};
use acta_proof::commitment::Salt;

use super::{
    Append, AppendAnswer, AppendError, Appended, CommandDigest, CommandId, Fault, LogHeads, Position,
    RecordError, RecordedEvent, record,
};
use crate::clock::{Randomness, random_bytes};

/// Most appends in one transaction.
const MOST_APPENDS: usize = 512;
/// Most events in one transaction.
const MOST_EVENTS: usize = 1_024;

/// Why a transaction did not answer as it should.
#[derive(Debug, Clone, thiserror::Error)]
pub enum BatchFailure {
    /// It failed before its commit: nothing was written.
    #[error("the transaction was rolled back")]
    NotWritten(#[source] Fault),
    /// Its commit failed or was not answered: it may have been written or not.
    #[error("it is not known whether the transaction was committed")]
    InDoubt(#[source] Fault),
}

impl From<RecordError> for BatchFailure {
    fn from(error: RecordError) -> Self {
        Self::NotWritten(Arc::new(error))
    }
}

impl BatchFailure {
    /// What it means to those who appended.
    pub fn to_append_error(&self) -> AppendError {
        match self {
            Self::NotWritten(fault) => AppendError::Unavailable(Arc::clone(fault)),
            Self::InDoubt(fault) => AppendError::Unknown(Arc::clone(fault)),
        }
    }
}

/// An event on its way into the table, with what stands beside it there.
#[derive(Debug, Clone)]
pub struct NewRow {
    /// The event; in a batch that was admitted on belief, its position is as good as that belief.
    pub event: RecordedEvent,
    /// The command that it follows from.
    pub command_id: CommandId,
    /// What that command asked for.
    pub command_digest: CommandDigest,
    /// 0, 1, 2 … among the events of that command.
    pub command_event: u64,
}

/// The places that appends were given.
#[derive(Debug, Default)]
pub struct Admission {
    /// The rows to write, in order.
    pub rows: Vec<NewRow>,
    outcomes: Vec<Appended>,
}

/// The appends of one transaction, in the order in which they came, and who waits for its commit.
#[derive(Debug, Default)]
pub struct Batch {
    appends: Vec<(Append, AppendAnswer)>,
    commands: HashSet<(TenantId, CommandId)>,
    events: usize,
}

impl Batch {
    /// Takes `append`, or gives it back if it belongs into the next transaction: there is no room, or it repeats a command of this
    /// one, whose outcome must be durable before it is told to anybody.
    ///
    /// # Errors
    /// What was to be taken.
    pub fn take(
        &mut self,
        append: Box<Append>,
        answer: AppendAnswer,
    ) -> Result<(), (Box<Append>, AppendAnswer)> {
        let full = self.appends.len() >= MOST_APPENDS
            || (self.events > 0 && self.events + append.events.len() > MOST_EVENTS);
        if full || !self.commands.insert((append.tenant_id, append.metadata.command_id)) {
            return Err((append, answer));
        }
        self.events += append.events.len();
        self.appends.push((*append, answer));
        Ok(())
    }

    /// The appends.
    pub fn appends(&self) -> impl Iterator<Item = &Append> {
        self.appends.iter().map(|(append, _)| append)
    }

    /// Gives the appends their places after heads that are the truth. Those that are refused leave the batch and are answered at
    /// once, because later ones may rest on them.
    ///
    /// # Errors
    /// When a row cannot be made.
    pub fn admit(
        &mut self,
        heads: &mut LogHeads,
        now: Timestamp,
        randomness: &dyn Randomness,
    ) -> Result<Admission, BatchFailure> {
        let mut admission = Admission::default();
        let mut admitted = Vec::with_capacity(self.appends.len());
        let mut waiting = std::mem::take(&mut self.appends).into_iter();
        let mut failure = None;
        while failure.is_none()
            && let Some((append, answer)) = waiting.next()
        {
            match heads.admit(&append, now) {
                Err(refusal) => answer.send(Err(refusal)),
                Ok((places, outcome)) => {
                    failure = admission.add(&append, places, outcome, randomness).err();
                    admitted.push((append, answer));
                }
            }
        }
        admitted.extend(waiting);
        self.appends = admitted;
        failure.map_or(Ok(admission), |error| Err(error.into()))
    }

    /// Gives the appends their places after heads that are believed; [`None`] if any would be refused, which must be found out from
    /// the truth.
    ///
    /// # Errors
    /// When a row cannot be made.
    pub fn admit_on_belief(
        &self,
        heads: &mut LogHeads,
        now: Timestamp,
        randomness: &dyn Randomness,
    ) -> Result<Option<Admission>, BatchFailure> {
        let mut admission = Admission::default();
        for append in self.appends() {
            let Ok((places, outcome)) = heads.admit(append, now) else { return Ok(None) };
            admission.add(append, places, outcome, randomness)?;
        }
        Ok(Some(admission))
    }

    /// Tells everybody that the transaction is durable.
    pub fn succeed(self, admission: &Admission) {
        for ((_, answer), outcome) in self.appends.into_iter().zip(&admission.outcomes) {
            answer.send(Ok(*outcome));
        }
    }

    /// Tells everybody that it is not, or that nobody knows.
    pub fn fail(self, failure: &BatchFailure) {
        for (_, answer) in self.appends {
            answer.send(Err(failure.to_append_error()));
        }
    }
}

impl Admission {
    fn add(
        &mut self,
        append: &Append,
        places: Vec<super::Place>,
        outcome: Appended,
        randomness: &dyn Randomness,
    ) -> Result<(), RecordError> {
        self.outcomes.push(outcome);
        for (number, (event, place)) in append.events.iter().zip(places).enumerate() {
            self.rows.push(NewRow {
                event: record(append, event, place, Salt(random_bytes(randomness)))?,
                command_id: append.metadata.command_id,
                command_digest: append.command_digest,
                command_event: number as u64,
            });
        }
        Ok(())
    }

    /// The last position given.
    pub fn last(&self) -> Option<Position> {
        self.outcomes.last().map(|outcome| outcome.last)
    }

    /// The batch ends at `last` in truth: everything moves by as much as it was believed to end elsewhere.
    pub fn move_to(&mut self, last: Position) {
        let Some(believed) = self.last().filter(|believed| *believed != last) else { return };
        let moved = |position: Position| Position::new(position.get() + last.get() - believed.get());
        for outcome in &mut self.outcomes {
            (outcome.first, outcome.last) = (moved(outcome.first), moved(outcome.last));
        }
        for row in &mut self.rows {
            row.event.position = moved(row.event.position);
        }
    }
}
