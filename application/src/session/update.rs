//! Change a session that has not started.

use acta_domain::{
    AssemblyId, Languages, Limits, Modality, Schedule, SessionCommand, SessionDetails, SessionId,
};

use super::decide_in_turn;
use crate::log::Sequence;
use crate::persons::{PersonalPart, PersonalText, Subject};
use crate::{Accepted, CommandContext, UseCaseError, UseCases};

/// What shall change; what is [`None`] stays.
#[derive(Debug, Clone, Default)]
pub struct UpdateSession {
    /// What it is called.
    pub title: Option<PersonalText>,
    /// How it is held.
    pub modality: Option<Modality>,
    /// When.
    pub schedule: Option<Schedule>,
    /// In which languages.
    pub languages: Option<Languages>,
    /// For how many.
    pub limits: Option<Limits>,
    /// Which assembly it serves.
    pub assembly_id: Option<AssemblyId>,
    /// Only if the session is still at this version.
    pub expected_version: Option<Sequence>,
}

impl UpdateSession {
    fn applied_to(&self, details: &SessionDetails) -> SessionDetails {
        SessionDetails {
            modality: self.modality.unwrap_or(details.modality),
            schedule: self.schedule.unwrap_or(details.schedule),
            languages: self.languages.clone().unwrap_or_else(|| details.languages.clone()),
            limits: self.limits.unwrap_or(details.limits),
            assembly_id: self.assembly_id.clone().or_else(|| details.assembly_id.clone()),
        }
    }
}

impl UseCases {
    /// Changes a session that has not started.
    ///
    /// # Errors
    /// [`UseCaseError::VersionMismatch`] if somebody changed it since; else see [`UseCaseError`].
    pub async fn update_session(
        &self,
        context: &CommandContext,
        session_id: SessionId,
        input: UpdateSession,
    ) -> Result<Accepted, UseCaseError> {
        self.known_session(context.tenant, session_id).await?;
        let at = self.ports.clock.now();
        let title = PersonalPart::of([("title", input.title.clone())]);
        let sealed = self.seal(context, session_id, Subject::Session, &title).await?;
        self.carry_out_on_session(context, session_id, sealed, |session, version| {
            refuse_other_version(input.expected_version, version)?;
            let details = session.details().ok_or(UseCaseError::UnknownSession)?;
            let update = SessionCommand::Update { details: input.applied_to(details), at };
            let describe = input.title.as_ref().map(|_| SessionCommand::Describe { at });
            decide_in_turn(session, [update].into_iter().chain(describe))
        })
        .await
    }
}

fn refuse_other_version(expected: Option<Sequence>, actual: Sequence) -> Result<(), UseCaseError> {
    match expected {
        Some(expected) if expected != actual => {
            Err(UseCaseError::VersionMismatch { expected: expected.get(), actual: actual.get() })
        }
        _ => Ok(()),
    }
}
