//! The port that keeps what users and clients prove themselves with. It stays outside the log: an event names a credential and never
//! says what it is.

use acta_domain::{CredentialId, TenantId};
use async_trait::async_trait;
use zeroize::Zeroizing;

use crate::log::Fault;

/// What somebody proves themselves with, in a form that does not give it away.
#[derive(Clone, PartialEq, Eq)]
pub enum Credential {
    /// The slow hash of a password, as text (PHC string format).
    Password(Zeroizing<String>),
    /// The keyed digest of a client's secret.
    Secret([u8; 32]),
}

impl std::fmt::Debug for Credential {
    /// Its kind alone: debug output ends up in logs.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Password(_) => "Password(..)",
            Self::Secret(_) => "Secret(..)",
        })
    }
}

/// A credential could not be had or kept.
#[derive(Debug, Clone, thiserror::Error)]
pub enum CredentialsError {
    /// The store did not answer, or not in time.
    #[error("the credentials are not available")]
    Unavailable(#[source] Fault),
    /// A row does not have the form that this service writes.
    #[error("credential {id} is damaged: {what}")]
    Damaged {
        /// Which.
        id: CredentialId,
        /// What is wrong with it.
        what: &'static str,
    },
}

/// The credentials of users and clients, each in its tenant.
#[async_trait]
pub trait Credentials: Send + Sync + 'static {
    /// Keeps `credential` under `id`, durably, in the place of what was there.
    ///
    /// # Errors
    /// See [`CredentialsError`].
    async fn put(
        &self,
        tenant: TenantId,
        id: CredentialId,
        credential: &Credential,
    ) -> Result<(), CredentialsError>;

    /// What is kept under `id`.
    ///
    /// # Errors
    /// See [`CredentialsError`].
    async fn get(&self, tenant: TenantId, id: CredentialId) -> Result<Option<Credential>, CredentialsError>;

    /// Removes what is kept under `id`; `false` if there is nothing.
    ///
    /// # Errors
    /// See [`CredentialsError`].
    async fn remove(&self, tenant: TenantId, id: CredentialId) -> Result<bool, CredentialsError>;
}
