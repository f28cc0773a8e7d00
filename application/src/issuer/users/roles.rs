//! Grant and revoke roles.

use acta_domain::user::UserCommand;
use acta_domain::{RoleName, UserId};

use super::{gained, keeps_own_rights};
use crate::issuer::rights::must_hold;
use crate::issuer::service::Held;
use crate::issuer::{Issuer, IssuerError, IssuerRefusal};
use crate::{Accepted, CommandContext};

impl Issuer {
    /// Gives `user` a role, which gives them no more than what is `held`.
    ///
    /// # Errors
    /// See [`IssuerError`].
    pub async fn grant_role(
        &self,
        context: &CommandContext,
        held: Held<'_>,
        user: UserId,
        role: RoleName,
    ) -> Result<Accepted, IssuerError> {
        let template = self.template(context.tenant, &role).await?;
        let template = template.ok_or_else(|| IssuerRefusal::NoSuchRole { name: role.clone() })?;
        let command = UserCommand::GrantRole { role, at: self.now() };
        // What was removed from the user can be given back by somebody else later, so the whole role counts.
        self.change_user(context, user, command, |_, _| must_hold(held, &template)).await
    }

    /// Takes a role from `user`.
    ///
    /// # Errors
    /// See [`IssuerError`].
    pub async fn revoke_role(
        &self,
        context: &CommandContext,
        held: Held<'_>,
        user: UserId,
        role: RoleName,
    ) -> Result<Accepted, IssuerError> {
        let templates = self.templates_of(context.tenant, user, None).await?;
        let command = UserCommand::RevokeRole { role, at: self.now() };
        self.change_user(context, user, command, |before, now| {
            must_hold(held, &gained(before, now, &templates))?;
            keeps_own_rights(&context.actor, now, &templates)
        })
        .await
    }
}
