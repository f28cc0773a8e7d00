//! One try.

use acta_domain::SessionError;
use tokio_util::sync::CancellationToken;

use super::fold::{Step, Task};
use crate::neighbours::{NeighbourError, SessionNotice};
use crate::views::RowKey;
use crate::{CommandContext, UseCaseError, UseCases};

const POLICY: &str = "governance";

/// What a try came to.
#[derive(Debug)]
pub(super) enum Tried {
    /// It is done, and the log says so.
    Noted,
    /// It is done, or cannot be done any more, and the log will not say so.
    Over,
    /// The governance service did not do its part.
    Neighbour(NeighbourError),
    /// The log did not do its part.
    Log(UseCaseError),
    /// The lease was lost, or the service stops.
    Stopped,
}

/// Takes the step of `task`, unless `held` is cancelled before the governance service has answered.
pub(super) async fn attempt(
    use_cases: &UseCases,
    key: &RowKey,
    task: &Task,
    held: &CancellationToken,
) -> Tried {
    let context = context(key, task);
    match task.step {
        Step::Tell(_) => match held.run_until_cancelled(tell(use_cases, key, task, &context)).await {
            None => Tried::Stopped,
            Some(Err(error)) => Tried::Neighbour(error),
            Some(Ok(())) => mark(use_cases, key, task, &context).await,
        },
        Step::Read => {
            let reading = use_cases.record_governance_data(&context, key.session);
            held.run_until_cancelled(reading).await.map_or(Tried::Stopped, |read| judged(read.map(drop)))
        }
    }
}

/// The same each time, before and after a restart and on every instance: told twice, it is in effect once.
fn context(key: &RowKey, task: &Task) -> CommandContext {
    let subject = format!("{}/{}", key.session, task.step.as_str());
    let context = CommandContext::of_policy(key.tenant, POLICY, &subject, task.owed.cause);
    CommandContext { traceparent: task.owed.traceparent.clone(), ..context }
}

async fn tell(
    use_cases: &UseCases,
    key: &RowKey,
    task: &Task,
    context: &CommandContext,
) -> Result<(), NeighbourError> {
    let Step::Tell(notice) = task.step else { return Ok(()) };
    let notice = SessionNotice {
        notice,
        assembly_id: task.assembly_id.clone(),
        session_id: key.session,
        modality: task.modality,
        at: task.owed.at,
        idempotency_key: context.command_id.0,
    };
    use_cases.ports.neighbours.governance()?.tell(&context.asking(), &notice).await
}

/// Not given up half-way: what was accepted is noted before this instance lets go.
async fn mark(use_cases: &UseCases, key: &RowKey, task: &Task, context: &CommandContext) -> Tried {
    let Step::Tell(notice) = task.step else { return Tried::Over };
    let assembly_id = task.assembly_id.clone();
    judged(use_cases.mark_governance_notified(context, key.session, assembly_id, notice).await.map(drop))
}

fn judged(outcome: Result<(), UseCaseError>) -> Tried {
    match outcome {
        Ok(()) => Tried::Noted,
        Err(UseCaseError::Neighbour(error)) => Tried::Neighbour(error),
        // A sealed record takes nothing, and the others say that there is nothing to be noted.
        Err(
            UseCaseError::UnknownSession
            | UseCaseError::Session(
                SessionError::Sealed
                | SessionError::AlreadyNotified { .. }
                | SessionError::GovernanceDataUnchanged
                | SessionError::NoAssembly
                | SessionError::OtherAssembly { .. },
            ),
        ) => Tried::Over,
        Err(error) => Tried::Log(error),
    }
}
