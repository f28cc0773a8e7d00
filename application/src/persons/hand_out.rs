//! Handing out the key of a person in a session, to whoever may open what it seals elsewhere.

use std::sync::Arc;

use acta_domain::SessionId;
use acta_proof::sealed::PersonKey;

use super::{KeyState, SealError, Subject};
use crate::access::Principal;
use crate::{UseCaseError, UseCases};

impl UseCases {
    /// The key of `subject` in `session`, for `principal`.
    ///
    /// # Errors
    /// [`UseCaseError::UnknownSession`], [`UseCaseError::UnknownPerson`] if the session never held anything about them,
    /// [`UseCaseError::Seal`] if they were erased, or the key store's.
    pub async fn hand_out_key(
        &self,
        principal: &Principal,
        session: SessionId,
        subject: Subject,
    ) -> Result<Arc<PersonKey>, UseCaseError> {
        let tenant = principal.tenant;
        self.known_record(tenant, session).await?;
        match self.ports.persons.keys().find(tenant, session, subject).await? {
            KeyState::Present(key) => {
                self.record_key_handed_out(principal, session, subject).await?;
                Ok(key)
            }
            KeyState::Absent => Err(UseCaseError::UnknownPerson),
            KeyState::Erased { .. } => Err(SealError::Erased(subject).into()),
        }
    }
}
