//! Give a user another password.

use std::net::IpAddr;

use acta_domain::user::{User, UserCommand};
use acta_domain::{CredentialId, UserId};

use crate::issuer::rights::{must_hold, potential};
use crate::issuer::service::Held;
use crate::issuer::sign_ins::Attempt;
use crate::issuer::{Issuer, IssuerError, IssuerRefusal, Login, Password};
use crate::log::Actor;
use crate::{Accepted, CommandContext, UseCaseError};

/// Another password for oneself.
pub struct ChangePassword {
    /// What they type to say who they are.
    pub login: Login,
    /// The password until now.
    pub old: Password,
    /// The password from now on.
    pub new: Password,
    /// Where it comes from.
    pub address: Option<IpAddr>,
}

impl Issuer {
    /// Gives the actor another password, who must know the one until now. Every sign-in from before is over.
    ///
    /// # Errors
    /// [`IssuerError::LoginRefused`] when the password until now is another one, or the user is somebody else; else see
    /// [`IssuerError`].
    pub async fn change_password(
        &self,
        context: &CommandContext,
        input: ChangePassword,
    ) -> Result<Accepted, IssuerError> {
        let user_id = self.ports.secret.user_id(context.tenant, &input.login);
        let attempt = Attempt { tenant: context.tenant, user: Some(user_id), address: input.address };
        let user = match self.proven(&attempt, input.old).await {
            // Sent again, the password until now is another one: because of the first time.
            Err(IssuerError::LoginRefused) => return self.changed_before(context).await,
            proven => proven?,
        };
        if user.person_id().is_none_or(|person| context.actor != Actor::Person(person)) {
            return Err(IssuerError::LoginRefused);
        }
        self.replace_password(context, user_id, user.credential_id(), input.new, |_| Ok(())).await
    }

    /// The outcome of a change that was sent before.
    async fn changed_before(&self, context: &CommandContext) -> Result<Accepted, IssuerError> {
        if !context.may_repeat {
            return Err(IssuerError::LoginRefused);
        }
        match self.use_cases.first_outcome(context, UseCaseError::NotYours).await {
            Err(UseCaseError::NotYours) => Err(IssuerError::LoginRefused),
            outcome => Ok(outcome?),
        }
    }

    /// Gives `user` another password, who must not have more rights than what is `held`: whoever knows a password can sign in with
    /// it. Every sign-in from before is over.
    ///
    /// # Errors
    /// See [`IssuerError`].
    pub async fn set_password(
        &self,
        context: &CommandContext,
        held: Held<'_>,
        user: UserId,
        password: Password,
    ) -> Result<Accepted, IssuerError> {
        let known = self.user(context.tenant, user).await?;
        let templates = self.templates(context.tenant, known.roles()).await?;
        let allows = |now: &User| must_hold(held, &potential(now, &templates));
        allows(&known)?;
        self.replace_password(context, user, known.credential_id(), password, allows).await
    }

    async fn replace_password(
        &self,
        context: &CommandContext,
        user: UserId,
        before: Option<CredentialId>,
        password: Password,
        allows: impl Fn(&User) -> Result<(), IssuerRefusal>,
    ) -> Result<Accepted, IssuerError> {
        let credential_id = self.keep_password(context.tenant, password).await?;
        let command = UserCommand::ChangePassword { credential_id, at: self.now() };
        let changed = self.change_user(context, user, command, |before, _| allows(before)).await;
        match &changed {
            Ok(accepted) if !accepted.repeated => {
                if let Some(before) = before {
                    self.discard(context.tenant, before, None).await;
                }
            }
            outcome => self.discard(context.tenant, credential_id, outcome.as_ref().err()).await,
        }
        changed
    }
}
