//! Users: who there is, and what they may do.

mod activity;
mod create;
mod password;
mod permissions;
mod roles;

use std::collections::BTreeSet;

use acta_domain::user::{User, UserCommand, UserError, UserEvent};
use acta_domain::{Permission, RoleName, TenantId, UserId};
use cqrs_es::Aggregate as _;

pub use create::{CreateUser, UserCreated};
pub use password::ChangePassword;

use super::rights::{Templates, potential};
use super::service::place;
use super::{Issuer, IssuerError, IssuerRefusal};
use crate::log::Actor;
use crate::{Accepted, CommandContext, UseCaseError};

impl Issuer {
    /// The user, who must be there.
    pub(super) async fn user(&self, tenant: TenantId, user: UserId) -> Result<User, IssuerError> {
        let known = self.users.read_settled(tenant, place(tenant, user), User::clone).await?;
        if known.exists() { Ok(known) } else { Err(IssuerRefusal::User(UserError::Unknown).into()) }
    }

    /// What each role permits that the user has, or that is given to them just now.
    async fn templates_of(
        &self,
        tenant: TenantId,
        user: UserId,
        also: Option<&RoleName>,
    ) -> Result<Templates, IssuerError> {
        let mut roles = self.user(tenant, user).await?.roles().clone();
        roles.extend(also.cloned());
        self.templates(tenant, &roles).await
    }

    /// Carries `command` on `user` through, if `allows` lets the user as they are become what they are then.
    async fn change_user(
        &self,
        context: &CommandContext,
        user: UserId,
        command: UserCommand,
        allows: impl Fn(&User, &User) -> Result<(), IssuerRefusal>,
    ) -> Result<Accepted, IssuerError> {
        let place = place(context.tenant, user);
        let decide = |state: &User, _| {
            let events = state.decide(command.clone()).map_err(IssuerRefusal::User)?;
            allows(state, &after(state, &events))?;
            Ok::<_, UseCaseError>(events)
        };
        Ok(self.use_cases.carry_out_alone(&self.users, context, place, None, decide).await?)
    }
}

/// The user after `events`.
fn after(user: &User, events: &[UserEvent]) -> User {
    let mut user = user.clone();
    events.iter().cloned().for_each(|event| user.apply(event));
    user
}

/// Decides commands one after another, each on the state that the ones before it lead to: all of them or none.
fn decide_in_turn(
    user: &User,
    commands: impl IntoIterator<Item = UserCommand>,
) -> Result<Vec<UserEvent>, UserError> {
    let (mut state, mut events) = (user.clone(), Vec::new());
    for command in commands {
        for event in state.decide(command)? {
            state.apply(event.clone());
            events.push(event);
        }
    }
    Ok(events)
}

/// What a change gives to the user that they did not have.
fn gained(before: &User, now: &User, templates: &Templates) -> BTreeSet<Permission> {
    &potential(now, templates) - &potential(before, templates)
}

/// Refuses to let `actor`, who administers users, become somebody who does not.
fn keeps_own_rights(actor: &Actor, now: &User, templates: &Templates) -> Result<(), IssuerRefusal> {
    let is_own = now.person_id().is_some_and(|person| *actor == Actor::Person(person));
    if is_own && !(now.is_active() && potential(now, templates).contains(&Permission::UsersManage)) {
        return Err(IssuerRefusal::OwnRights);
    }
    Ok(())
}
