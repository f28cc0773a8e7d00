//! What the governance service holds of a session's assembly becomes a mark in the session's record.

use acta_domain::{
    AssemblyId, ContentDigest, Session, SessionCommand, SessionError, SessionEvent, SessionId,
};
use sha2::{Digest as _, Sha256};

use super::decide_in_turn;
use crate::{Accepted, CommandContext, UseCaseError, UseCases};

/// What the governance service holds, as it is on the record.
#[derive(Debug, Clone, Copy)]
pub struct GovernanceDataNoted {
    /// SHA-256 of the data as canonical JSON (RFC 8785).
    pub digest: ContentDigest,
    /// How many bytes of canonical JSON they are.
    pub bytes: u64,
    /// Where that is on the record.
    pub accepted: Accepted,
}

impl UseCases {
    /// Reads what the governance service holds of the session's assembly, and records its digest.
    ///
    /// # Errors
    /// [`SessionError::GovernanceDataUnchanged`] if that is on the record already; else see [`UseCaseError`].
    pub async fn record_governance_data(
        &self,
        context: &CommandContext,
        session_id: SessionId,
    ) -> Result<GovernanceDataNoted, UseCaseError> {
        if let Some(first) = self.sent_before(context).await? {
            return self.noted_at(context, first).await;
        }
        let assembly_id = self.assembly_with_open_record(context, session_id).await?;
        let asking = context.asking();
        let data = self.ports.neighbours.governance()?.event_data(&asking, &assembly_id).await?.0;
        let digest = ContentDigest::new(Sha256::digest(&data).into());
        let (bytes, at) = (data.len() as u64, self.ports.clock.now());
        let record = SessionCommand::RecordGovernanceData { assembly_id, digest, bytes, at };
        let accepted = self
            .carry_out_on_session(context, session_id, None, |session, _| {
                decide_in_turn(session, [record.clone()])
            })
            .await?;
        if accepted.repeated {
            return self.noted_at(context, accepted).await;
        }
        Ok(GovernanceDataNoted { digest, bytes, accepted })
    }

    /// The assembly that the session serves, if something can still be recorded of it.
    async fn assembly_with_open_record(
        &self,
        context: &CommandContext,
        session_id: SessionId,
    ) -> Result<AssemblyId, UseCaseError> {
        let facts =
            |session: &Session| (session.status(), session.is_sealed(), session.assembly_id().cloned());
        match self.sessions.read_settled(context.tenant, session_id, facts).await? {
            (None, ..) => Err(UseCaseError::UnknownSession),
            (Some(_), true, _) => Err(SessionError::Sealed.into()),
            (Some(_), false, assembly_id) => Ok(assembly_id.ok_or(SessionError::NoAssembly)?),
        }
    }

    /// What a command that had been sent before recorded.
    async fn noted_at(
        &self,
        context: &CommandContext,
        accepted: Accepted,
    ) -> Result<GovernanceDataNoted, UseCaseError> {
        let event =
            self.event_at(context, accepted.appended.first).await?.ok_or(UseCaseError::UnknownSession)?;
        match event.decode_as::<SessionEvent>()? {
            SessionEvent::GovernanceDataRecorded { digest, bytes, .. } => {
                Ok(GovernanceDataNoted { digest, bytes, accepted })
            }
            // The requests were compared before: what was recorded under this key was recorded here.
            _ => Err(UseCaseError::KeyReused),
        }
    }
}
