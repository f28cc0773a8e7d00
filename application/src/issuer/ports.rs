//! What the issuer needs from outside: a signer of tokens, and somebody who hashes passwords.

use std::collections::BTreeSet;

use acta_domain::values::KeyThumbprint;
use acta_domain::{SignInId, TenantId, Timestamp};
use async_trait::async_trait;
use uuid::Uuid;
use zeroize::Zeroizing;

use crate::access::Permission;
use crate::log::Actor;

/// What an access token shall say.
#[derive(Debug, Clone)]
pub struct AccessTokenContents {
    /// The tenant that it is for.
    pub tenant: TenantId,
    /// Who holds it.
    pub actor: Actor,
    /// The names of their roles, to be shown.
    pub roles: Vec<String>,
    /// What they may do.
    pub permissions: BTreeSet<Permission>,
    /// The client that asked for it, when it was one.
    pub client_id: Option<String>,
    /// The sign-in that it came of, when there was one.
    pub sign_in: Option<SignInId>,
    /// The key that it is bound to.
    pub bound_to: Option<KeyThumbprint>,
    /// When it is issued.
    pub issued_at: Timestamp,
    /// When it ends.
    pub expires_at: Timestamp,
    /// Its unique name.
    pub id: Uuid,
}

/// Signs access tokens (RFC 9068) that the service itself and others verify by the published keys.
pub trait TokenSigning: Send + Sync + 'static {
    /// The token that says `contents`.
    fn sign(&self, contents: &AccessTokenContents) -> String;

    /// The keys that tokens are verified with, as a JWK set (RFC 7517 §5).
    fn published(&self) -> serde_json::Value;
}

/// A secret somebody typed or sent; gone from memory when it is dropped.
pub struct Password(pub Zeroizing<String>);

/// Why a password was neither hashed nor checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PasswordError {
    /// It is shorter or longer than a password may be.
    #[error("a password has 8 to 1024 bytes")]
    Length,
    /// It is one of those that are tried first.
    #[error("this password is one of those that are tried first")]
    Common,
    /// So many are being checked that this one would wait too long.
    #[error("too many passwords are being checked at the moment")]
    Busy,
}

/// What came of checking a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PasswordCheck {
    /// It is another one.
    Wrong,
    /// It is the one.
    Right {
        /// Whether it should be hashed anew, because the parameters were changed.
        outdated: bool,
    },
}

/// Hashes passwords, slowly on purpose, in bounded memory.
#[async_trait]
pub trait PasswordHashing: Send + Sync + 'static {
    /// The hash to keep, as text (PHC string format).
    ///
    /// # Errors
    /// See [`PasswordError`].
    async fn hash(&self, password: Password) -> Result<Zeroizing<String>, PasswordError>;

    /// Whether `password` is the one that `hash` is of. Without a hash it takes as long and is wrong.
    ///
    /// # Errors
    /// [`PasswordError::Busy`].
    async fn check(
        &self,
        password: Password,
        hash: Option<Zeroizing<String>>,
    ) -> Result<PasswordCheck, PasswordError>;
}
