//! Create a user.

use std::collections::BTreeSet;

use acta_domain::user::{User, UserCommand};
use acta_domain::{CredentialId, PersonId, RoleName, UserId};

use super::decide_in_turn;
use crate::issuer::rights::must_hold;
use crate::issuer::service::{Held, place};
use crate::issuer::{Credential, Issuer, IssuerError, IssuerRefusal, Login, Password};
use crate::persons::{PersonalPart, PersonalText, Subject};
use crate::register::register_of;
use crate::{Accepted, CommandContext};

/// A user to be.
pub struct CreateUser {
    /// What they type to say who they are; sealed.
    pub login: Login,
    /// Their first password; without one they cannot sign in yet.
    pub password: Option<Password>,
    /// What they are called; sealed.
    pub display_name: Option<PersonalText>,
    /// Who it is, if they are known by an opaque id already.
    pub person_id: Option<PersonId>,
    /// Their roles.
    pub roles: BTreeSet<RoleName>,
}

/// A user who is on the record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UserCreated {
    /// The user.
    pub user_id: UserId,
    /// Who it is, by opaque id.
    pub person_id: PersonId,
    /// Where it stands.
    pub accepted: Accepted,
}

impl Issuer {
    /// Creates a user, whose roles give no more than what is `held`.
    ///
    /// # Errors
    /// See [`IssuerError`].
    pub async fn create_user(
        &self,
        context: &CommandContext,
        held: Held<'_>,
        input: CreateUser,
    ) -> Result<UserCreated, IssuerError> {
        let tenant = context.tenant;
        must_hold(held, &self.granted_by(tenant, &input.roles).await?)?;
        let user_id = self.ports.secret.user_id(tenant, &input.login);
        let person_id = input.person_id.unwrap_or_else(|| PersonId::new(self.fresh_id()));
        let credential_id = match input.password {
            Some(password) => Some(self.keep_password(tenant, password).await?),
            None => None,
        };
        let login = PersonalText::parse(input.login.as_str(), usize::MAX).ok();
        let part = PersonalPart::of([("login", login), ("name", input.display_name)]);
        let created = self.append_user(context, user_id, person_id, credential_id, &part, &input.roles).await;
        if let (Some(made), true) =
            (credential_id, created.as_ref().map_or(true, |accepted| accepted.repeated))
        {
            self.discard(tenant, made, created.as_ref().err()).await;
        }
        let accepted = created?;
        let person_id = self.user(tenant, user_id).await?.person_id().unwrap_or(person_id);
        Ok(UserCreated { user_id, person_id, accepted })
    }

    async fn append_user(
        &self,
        context: &CommandContext,
        user_id: UserId,
        person_id: PersonId,
        credential_id: Option<CredentialId>,
        part: &PersonalPart,
        roles: &BTreeSet<RoleName>,
    ) -> Result<Accepted, IssuerError> {
        let (tenant, at) = (context.tenant, self.now());
        let subject = Subject::Person(person_id);
        let sealed = self.use_cases.seal(context, register_of(tenant), subject, part).await?;
        let decide = |state: &User, _| {
            let grants = roles.iter().map(|role| UserCommand::GrantRole { role: role.clone(), at });
            let create = UserCommand::Create { user_id, person_id, credential_id, at };
            Ok(decide_in_turn(state, [create].into_iter().chain(grants)).map_err(IssuerRefusal::User)?)
        };
        let place = place(tenant, user_id);
        Ok(self.use_cases.carry_out_alone(&self.users, context, place, sealed, decide).await?)
    }

    /// Keeps the hash of a new password.
    pub(super) async fn keep_password(
        &self,
        tenant: acta_domain::TenantId,
        password: Password,
    ) -> Result<CredentialId, IssuerError> {
        let credential = Credential::Password(self.ports.passwords.hash(password).await?);
        let id = self.fresh_credential_id();
        self.ports.credentials.put(tenant, id, &credential).await?;
        Ok(id)
    }
}
