//! Disable and enable a user.

use acta_domain::UserId;
use acta_domain::user::UserCommand;

use super::keeps_own_rights;
use crate::issuer::rights::{must_hold, potential};
use crate::issuer::service::Held;
use crate::issuer::{Issuer, IssuerError};
use crate::{Accepted, CommandContext};

impl Issuer {
    /// Lets `user` no longer sign in. Every sign-in from before is over.
    ///
    /// # Errors
    /// See [`IssuerError`].
    pub async fn disable_user(
        &self,
        context: &CommandContext,
        user: UserId,
    ) -> Result<Accepted, IssuerError> {
        let templates = self.templates_of(context.tenant, user, None).await?;
        let command = UserCommand::Disable { at: self.now() };
        let own = |now: &_| keeps_own_rights(&context.actor, now, &templates);
        self.change_user(context, user, command, |_, now| own(now)).await
    }

    /// Lets `user` sign in again, who gets no more rights than what is `held`.
    ///
    /// # Errors
    /// See [`IssuerError`].
    pub async fn enable_user(
        &self,
        context: &CommandContext,
        held: Held<'_>,
        user: UserId,
    ) -> Result<Accepted, IssuerError> {
        let templates = self.templates_of(context.tenant, user, None).await?;
        let command = UserCommand::Enable { at: self.now() };
        self.change_user(context, user, command, |_, now| must_hold(held, &potential(now, &templates))).await
    }
}
