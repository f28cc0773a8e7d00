//! Sign-ins: a user shows who they are, and gets tokens for a while.

mod attempt;
mod login;
mod logout;
mod refresh;

use std::time::Duration;

use acta_domain::user::User;
use acta_domain::{KeyThumbprint, RoleName};
use zeroize::Zeroizing;

pub(super) use attempt::{Attempt, network};
pub use login::LoginRequest;

use super::refresh_token::RefreshToken;
use super::tokens::{AccessToken, Holder};
use super::{Issuer, IssuerError};
use crate::log::Actor;

/// What a sign-in gives.
pub struct Tokens {
    /// For requests.
    pub access_token: AccessToken,
    /// For other tokens, once.
    pub refresh_token: Zeroizing<String>,
    /// For how long the sign-in can be renewed.
    pub refresh_expires_in: Duration,
}

impl std::fmt::Debug for Tokens {
    /// Never the texts: debug output ends up in logs.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Tokens").field("access_token", &self.access_token).finish_non_exhaustive()
    }
}

impl Issuer {
    /// The tokens of `user`, with the rights that they have now.
    async fn tokens(
        &self,
        user: &User,
        refresh: RefreshToken,
        key: Option<KeyThumbprint>,
        refresh_expires_in: Duration,
    ) -> Result<Tokens, IssuerError> {
        let person = user.person_id().ok_or(IssuerError::RefreshRefused)?;
        let holder = Holder {
            tenant: refresh.tenant,
            actor: Actor::Person(person),
            roles: user.roles().iter().map(RoleName::to_string).collect(),
            permissions: self.permissions_of(refresh.tenant, user).await?,
            client_id: None,
            sign_in: Some(refresh.sign_in),
            bound_to: key,
        };
        let refresh_token = refresh.to_text(&self.ports.secret);
        Ok(Tokens { access_token: self.access_token(holder), refresh_token, refresh_expires_in })
    }
}
