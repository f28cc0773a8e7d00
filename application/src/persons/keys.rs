//! The port that keeps the keys, outside the log.

use std::sync::Arc;

use acta_domain::{SessionId, TenantId, Timestamp};
use acta_proof::sealed::PersonKey;
use async_trait::async_trait;

use super::Subject;
use crate::log::Fault;

/// What is known of a person's key in a session.
#[derive(Clone)]
pub enum KeyState {
    /// Never made.
    Absent,
    /// Usable.
    Present(Arc<PersonKey>),
    /// Destroyed: what was sealed under it is unreadable for good.
    Erased {
        /// Since when.
        at: Timestamp,
    },
}

/// A key could not be had.
#[derive(Debug, Clone, thiserror::Error)]
pub enum PersonKeysError {
    /// The key store did not answer, or not in time.
    #[error("the person keys are not available")]
    Unavailable(#[source] Fault),
    /// The key is destroyed, but its bytes are not out of the store's files yet; erasing again finishes that.
    #[error("the key is destroyed, but its bytes are not out of the files yet: send it again")]
    Unfinished(#[source] Fault),
    /// The stored key does not open under the master key of this service.
    #[error("the key of {subject} cannot be unwrapped: is this the master key it was wrapped with?")]
    Unwrappable {
        /// Whose key.
        subject: Subject,
    },
}

/// The keys of persons, one per person and session, wrapped by a master key.
#[async_trait]
pub trait PersonKeys: Send + Sync + 'static {
    /// The key of `subject`; makes one, durably, if there never was any. An erased one stays erased.
    ///
    /// # Errors
    /// See [`PersonKeysError`].
    async fn obtain(
        &self,
        tenant: TenantId,
        session: SessionId,
        subject: Subject,
    ) -> Result<KeyState, PersonKeysError>;

    /// The key of `subject`, as it is.
    ///
    /// # Errors
    /// See [`PersonKeysError`].
    async fn find(
        &self,
        tenant: TenantId,
        session: SessionId,
        subject: Subject,
    ) -> Result<KeyState, PersonKeysError>;

    /// All subjects that ever had a key in the session.
    ///
    /// # Errors
    /// See [`PersonKeysError`].
    async fn of_session(
        &self,
        tenant: TenantId,
        session: SessionId,
    ) -> Result<Vec<(Subject, KeyState)>, PersonKeysError>;

    /// Destroys the key of `subject`: nobody can ask for it any more. What a store needs to get its bytes out of the files as well
    /// stands with the store. `false` if there is none to destroy.
    ///
    /// # Errors
    /// [`PersonKeysError::Unfinished`] when it is destroyed for good but its bytes are not out of the files; else see
    /// [`PersonKeysError`].
    async fn erase(
        &self,
        tenant: TenantId,
        session: SessionId,
        subject: Subject,
        at: Timestamp,
    ) -> Result<bool, PersonKeysError>;
}
