//! Single permissions that a user has, or has not, whatever their roles are.

use acta_domain::user::UserCommand;
use acta_domain::{Permission, UserId};

use super::{gained, keeps_own_rights};
use crate::issuer::rights::must_hold;
use crate::issuer::service::Held;
use crate::issuer::{Issuer, IssuerError};
use crate::{Accepted, CommandContext};

impl Issuer {
    /// Gives `user` a single permission, which must be `held`.
    ///
    /// # Errors
    /// See [`IssuerError`].
    pub async fn add_permission(
        &self,
        context: &CommandContext,
        held: Held<'_>,
        user: UserId,
        permission: Permission,
    ) -> Result<Accepted, IssuerError> {
        let command = UserCommand::AddPermission { permission, at: self.now() };
        self.change_user(context, user, command, |_, _| must_hold(held, &[permission].into())).await
    }

    /// Takes a single permission from `user`.
    ///
    /// # Errors
    /// See [`IssuerError`].
    pub async fn remove_permission(
        &self,
        context: &CommandContext,
        user: UserId,
        permission: Permission,
    ) -> Result<Accepted, IssuerError> {
        let templates = self.templates_of(context.tenant, user, None).await?;
        let command = UserCommand::RemovePermission { permission, at: self.now() };
        let own = |now: &_| keeps_own_rights(&context.actor, now, &templates);
        self.change_user(context, user, command, |_, now| own(now)).await
    }

    /// Lets a single permission of `user` depend on their roles again; what that gives back must be `held`.
    ///
    /// # Errors
    /// See [`IssuerError`].
    pub async fn reset_permission(
        &self,
        context: &CommandContext,
        held: Held<'_>,
        user: UserId,
        permission: Permission,
    ) -> Result<Accepted, IssuerError> {
        let templates = self.templates_of(context.tenant, user, None).await?;
        let command = UserCommand::ResetPermission { permission, at: self.now() };
        self.change_user(context, user, command, |before, now| {
            must_hold(held, &gained(before, now, &templates))?;
            keeps_own_rights(&context.actor, now, &templates)
        })
        .await
    }
}
