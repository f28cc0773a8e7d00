//! Making the tokens.

use std::collections::BTreeSet;
use std::time::Duration;

use acta_domain::{KeyThumbprint, Permission, SignInId, TenantId};
use zeroize::Zeroizing;

use super::service::after;
use super::{AccessTokenContents, Issuer};
use crate::log::Actor;

/// Who gets an access token.
pub(super) struct Holder {
    pub(super) tenant: TenantId,
    pub(super) actor: Actor,
    pub(super) roles: Vec<String>,
    pub(super) permissions: BTreeSet<Permission>,
    pub(super) client_id: Option<String>,
    pub(super) sign_in: Option<SignInId>,
    pub(super) bound_to: Option<KeyThumbprint>,
}

/// An access token.
pub struct AccessToken {
    /// Its text.
    pub text: Zeroizing<String>,
    /// For how long it is good.
    pub expires_in: Duration,
    /// Whether it is bound to a key: its type is `DPoP` then, else `Bearer`.
    pub is_bound: bool,
}

impl std::fmt::Debug for AccessToken {
    /// Never the text: debug output ends up in logs.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { text: _, expires_in, is_bound } = self;
        f.debug_struct("AccessToken")
            .field("expires_in", expires_in)
            .field("is_bound", is_bound)
            .finish_non_exhaustive()
    }
}

impl Issuer {
    /// A token for `holder`, from now on.
    pub(super) fn access_token(&self, holder: Holder) -> AccessToken {
        let (issued_at, expires_in) = (self.now(), self.options.access_token);
        let is_bound = holder.bound_to.is_some();
        let Holder { tenant, actor, roles, permissions, client_id, sign_in, bound_to } = holder;
        let contents = AccessTokenContents {
            tenant,
            actor,
            roles,
            permissions,
            client_id,
            sign_in,
            bound_to,
            issued_at,
            expires_at: after(issued_at, expires_in),
            id: self.fresh_id(),
        };
        AccessToken { text: Zeroizing::new(self.ports.signing.sign(&contents)), expires_in, is_bound }
    }
}
