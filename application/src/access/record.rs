//! Who looked and who was refused: facts of the tenant's register.

use acta_domain::access::{AccessCommand, AccessRecord, Permission};
use acta_domain::ids::{KeySubject, OperationName};
use acta_domain::{PersonId, SessionId};

use super::Principal;
use crate::log::{CommandDigest, CommandId, Position};
use crate::persons::Subject;
use crate::register::register_of;
use crate::{Accepted, CommandContext, UseCaseError, UseCases};

impl UseCases {
    /// Records that `principal` was refused `operation`, for want of the permission `missing`.
    ///
    /// # Errors
    /// See [`UseCaseError`].
    pub async fn record_refused_access(
        &self,
        principal: &Principal,
        operation: OperationName,
        missing: Permission,
    ) -> Result<Accepted, UseCaseError> {
        let at = self.ports.clock.now();
        let refusal =
            AccessCommand::NoteRefusal { operation, permission: Some(missing), session_id: None, at };
        self.record_access(&self.context_of(principal), refusal).await
    }

    /// Records that `principal` reads the dossier of `session`, before they have it.
    ///
    /// # Errors
    /// See [`UseCaseError`].
    pub async fn record_dossier_read(
        &self,
        principal: &Principal,
        session: SessionId,
    ) -> Result<Accepted, UseCaseError> {
        let read = AccessCommand::NoteDossierRead { session_id: session, at: self.ports.clock.now() };
        self.record_access(&self.context_of(principal), read).await
    }

    /// Records that `principal` is given the key of `subject` in `session`, before they have it.
    pub(crate) async fn record_key_handed_out(
        &self,
        principal: &Principal,
        session: SessionId,
        subject: Subject,
    ) -> Result<Accepted, UseCaseError> {
        let subject =
            KeySubject::parse(&subject.to_string()).expect("a subject is a word, or one and a UUID");
        let handed =
            AccessCommand::NoteKeyHandedOut { session_id: session, subject, at: self.ports.clock.now() };
        self.record_access(&self.context_of(principal), handed).await
    }

    /// Records that `person` is erased from `session`: once, however often it is done again.
    pub(crate) async fn record_person_erased(
        &self,
        context: &CommandContext,
        session: SessionId,
        person: PersonId,
    ) -> Result<Accepted, UseCaseError> {
        let at = self.ports.clock.now();
        let command_id =
            CommandId::from_cause("erase-person", &format!("{session}/{person}"), Position::default());
        let command_digest = CommandDigest::of_id(command_id);
        let once = CommandContext { command_id, command_digest, may_repeat: true, ..context.clone() };
        self.record_access(
            &once,
            AccessCommand::NotePersonErased { session_id: session, person_id: person, at },
        )
        .await
    }

    fn context_of(&self, principal: &Principal) -> CommandContext {
        CommandContext::of_request(principal, None, &*self.ports.clock, &*self.ports.randomness)
    }

    async fn record_access(
        &self,
        context: &CommandContext,
        command: AccessCommand,
    ) -> Result<Accepted, UseCaseError> {
        let register = register_of(context.tenant);
        let note = |record: &AccessRecord, _| Ok(record.decide(command.clone()));
        self.carry_out_alone(&self.accesses, context, register, None, note).await
    }
}
