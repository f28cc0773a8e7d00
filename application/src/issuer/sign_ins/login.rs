//! Sign in.

use std::net::IpAddr;

use acta_domain::sign_in::{SignIn, SignInCommand};
use acta_domain::{Generation, KeyThumbprint, SignInId, TenantId};

use super::{Attempt, Tokens};
use crate::issuer::refresh_token::RefreshToken;
use crate::issuer::service::{after, place};
use crate::issuer::{Issuer, IssuerError, IssuerRefusal, Login, Password};
use crate::log::Actor;

/// Somebody who wants to sign in.
pub struct LoginRequest {
    /// In which tenant.
    pub tenant: TenantId,
    /// Who they say they are, as they typed it.
    pub login: String,
    /// What only they know.
    pub password: Password,
    /// Where it comes from.
    pub address: Option<IpAddr>,
    /// The key that the tokens are to be bound to.
    pub key: Option<KeyThumbprint>,
}

impl Issuer {
    /// Signs somebody in.
    ///
    /// # Errors
    /// [`IssuerError::LoginRefused`], [`IssuerError::TooManyAttempts`], [`IssuerError::Busy`]; else see [`IssuerError`].
    pub async fn login(&self, request: LoginRequest) -> Result<Tokens, IssuerError> {
        let LoginRequest { tenant, login, password, address, key } = request;
        let login = Login::parse(&login).ok();
        let user_id = login.map(|login| self.ports.secret.user_id(tenant, &login));
        let user = self.proven(&Attempt { tenant, user: user_id, address }, password).await?;
        let (Some(user_id), Some(person_id)) = (user.user_id(), user.person_id()) else {
            return Err(IssuerError::LoginRefused);
        };
        let (sign_in_id, at) = (SignInId::new(self.fresh_id()), self.now());
        let expires_at = after(at, self.options.sign_in);
        let start = SignInCommand::Start { sign_in_id, user_id, person_id, key, expires_at, at };
        let decide = |state: &SignIn, _| Ok(state.decide(start).map_err(IssuerRefusal::SignIn)?);
        let context = self.context_of(tenant, Actor::Person(person_id));
        let place = place(tenant, sign_in_id);
        self.use_cases.carry_out_alone(&self.sign_ins, &context, place, None, decide).await?;
        let refresh = RefreshToken { tenant, sign_in: sign_in_id, generation: Generation::FIRST };
        self.tokens(&user, refresh, key, self.options.sign_in).await
    }
}
