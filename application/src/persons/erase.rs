//! Erasing a person from a session: their key is destroyed, their words become unreadable everywhere, every proof stays valid.

use acta_domain::{PersonId, SessionId, Timestamp};

use super::{KeyState, Subject};
use crate::{CommandContext, UseCaseError, UseCases};

/// A person's key is gone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PersonErased {
    /// Since when.
    pub at: Timestamp,
}

impl UseCases {
    /// Destroys the key of `person` in `session`. Doing it again changes nothing and gives the first time.
    ///
    /// # Errors
    /// [`UseCaseError::UnknownSession`], [`UseCaseError::UnknownPerson`] if the session never held anything about them, or the
    /// key store's.
    pub async fn erase_person(
        &self,
        context: &CommandContext,
        session: SessionId,
        person: PersonId,
    ) -> Result<PersonErased, UseCaseError> {
        self.known_record(context.tenant, session).await?;
        let (keys, subject, at) =
            (self.ports.persons.keys(), Subject::Person(person), self.ports.clock.now());
        let erased = keys.erase(context.tenant, session, subject, at).await;
        match keys.find(context.tenant, session, subject).await? {
            KeyState::Erased { at } => {
                // Also when it is done again: whoever restores old keys repeats the erasures that these lines tell of.
                tracing::info!(
                    tenant = %context.tenant, %session, %person, user_id = %context.actor, %at, "a person was erased"
                );
                erased?;
                self.record_person_erased(context, session, person).await?;
                Ok(PersonErased { at })
            }
            KeyState::Absent | KeyState::Present(_) => {
                erased?;
                Err(UseCaseError::UnknownPerson)
            }
        }
    }
}
