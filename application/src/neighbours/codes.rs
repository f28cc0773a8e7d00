//! How one-time codes reach people.

use std::fmt;

use acta_domain::{AttendanceMethod, CodeId, SessionId, Timestamp};
use async_trait::async_trait;
use zeroize::Zeroizing;

use super::{Asking, NeighbourError};

/// A code on its way to somebody.
pub struct CodeMessage {
    /// `sms` or `email`.
    pub method: AttendanceMethod,
    /// The telephone number or the e-mail address.
    pub to: Zeroizing<String>,
    /// The code.
    pub code: Zeroizing<String>,
    /// The session that it lets in to.
    pub session: SessionId,
    /// What the session is called, if that may be said.
    pub title: Option<Zeroizing<String>>,
    /// Until when it is good.
    pub expires_at: Timestamp,
    /// The code's own id: sent twice under it, it arrives once.
    pub id: CodeId,
}

impl fmt::Debug for CodeMessage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CodeMessage")
            .field("id", &self.id)
            .field("method", &self.method)
            .finish_non_exhaustive()
    }
}

/// Brings codes to people.
#[async_trait]
pub trait CodeDelivery: Send + Sync + 'static {
    /// Refuses a way that codes cannot take here; asked before there is a code.
    ///
    /// # Errors
    /// [`NeighbourError::NotConfigured`] where nothing brings codes by `method`.
    fn can_bring(&self, method: AttendanceMethod) -> Result<(), NeighbourError> {
        let _ = method;
        Ok(())
    }

    /// Sends `message`. `Ok` means that somebody took it over who will try to bring it.
    ///
    /// # Errors
    /// See [`NeighbourError`].
    async fn deliver(&self, asking: &Asking, message: &CodeMessage) -> Result<(), NeighbourError>;
}
