//! Roles that a tenant defines for itself.

use std::collections::BTreeSet;

use acta_domain::access::Role;
use acta_domain::role::{DefinedRole, RoleCommand, RoleError};
use acta_domain::{Permission, RoleName};

use super::rights::{must_hold, role_place};
use super::service::Held;
use super::{Issuer, IssuerError, IssuerRefusal};
use crate::{Accepted, CommandContext, UseCaseError};

impl Issuer {
    /// Defines a role, which gives no more than what is `held`.
    ///
    /// # Errors
    /// See [`IssuerError`].
    pub async fn define_role(
        &self,
        context: &CommandContext,
        held: Held<'_>,
        name: RoleName,
        permissions: BTreeSet<Permission>,
    ) -> Result<Accepted, IssuerError> {
        let command =
            RoleCommand::Define { name: name.clone(), permissions: permissions.clone(), at: self.now() };
        self.change(context, &name, &command, |_| must_hold(held, &permissions)).await
    }

    /// Replaces what a role permits; what is new in it must be `held`.
    ///
    /// # Errors
    /// See [`IssuerError`].
    pub async fn change_role(
        &self,
        context: &CommandContext,
        held: Held<'_>,
        name: &RoleName,
        permissions: BTreeSet<Permission>,
    ) -> Result<Accepted, IssuerError> {
        let command = RoleCommand::Change { permissions: permissions.clone(), at: self.now() };
        self.change(context, name, &command, |role| {
            must_hold(held, &(&permissions - &role.permissions().cloned().unwrap_or_default()))
        })
        .await
    }

    /// Lets a role permit nothing any more. Those who have it keep its name, which means nothing until it is defined again.
    ///
    /// # Errors
    /// See [`IssuerError`].
    pub async fn retire_role(
        &self,
        context: &CommandContext,
        name: &RoleName,
    ) -> Result<Accepted, IssuerError> {
        let command = RoleCommand::Retire { at: self.now() };
        self.change(context, name, &command, |_| Ok(())).await
    }

    async fn change(
        &self,
        context: &CommandContext,
        name: &RoleName,
        command: &RoleCommand,
        allows: impl Fn(&DefinedRole) -> Result<(), IssuerRefusal>,
    ) -> Result<Accepted, IssuerError> {
        if Role::named(name.as_str()).is_some() {
            return Err(IssuerRefusal::Role(RoleError::BuiltIn).into());
        }
        let decide = |state: &DefinedRole, _| {
            let events = state.decide(command.clone()).map_err(IssuerRefusal::Role)?;
            allows(state)?;
            Ok::<_, UseCaseError>(events)
        };
        let place = role_place(context.tenant, name);
        Ok(self.use_cases.carry_out_alone(&self.roles, context, place, None, decide).await?)
    }
}
