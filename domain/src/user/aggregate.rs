//! The rules of users.
//!
//! What a user may do is what their roles permit, and what was added to them, without what was removed from them. A permission that was
//! removed stays removed whatever role is granted later; it is the administrator's last word about it. A disabled user can be
//! given and denied rights, so that their return can be prepared, but may do nothing.

use std::collections::BTreeSet;

use cqrs_es::Aggregate;
use cqrs_es::event_sink::EventSink;
use serde::{Deserialize, Serialize};

use crate::access::Permission;
use crate::ids::{CredentialId, PersonId, UserId};
use crate::values::{EndReason, RoleName, Timestamp};

use super::{UserCommand, UserError, UserEvent};

/// A user, as far as decisions need to remember them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct User {
    identity: Option<Identity>,
    credential_id: Option<CredentialId>,
    roles: BTreeSet<RoleName>,
    added: BTreeSet<Permission>,
    removed: BTreeSet<Permission>,
    disabled: bool,
    signed_out: Option<SignedOut>,
}

/// When all sign-ins of the user were last made void, and why.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct SignedOut {
    reason: EndReason,
    at: Timestamp,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct Identity {
    user_id: UserId,
    person_id: PersonId,
}

impl User {
    /// Whether there is such a user.
    pub const fn exists(&self) -> bool {
        self.identity.is_some()
    }

    /// Whether there is such a user, who may sign in.
    pub const fn is_active(&self) -> bool {
        self.exists() && !self.disabled
    }

    /// The user.
    pub fn user_id(&self) -> Option<UserId> {
        self.identity.map(|identity| identity.user_id)
    }

    /// Who it is.
    pub fn person_id(&self) -> Option<PersonId> {
        self.identity.map(|identity| identity.person_id)
    }

    /// Their password, when they have one.
    pub const fn credential_id(&self) -> Option<CredentialId> {
        self.credential_id
    }

    /// Why a sign-in that was started at `started_at` is over, when it is: the password was changed since, or the user was disabled.
    pub fn ends_sign_in_of(&self, started_at: Timestamp) -> Option<EndReason> {
        self.signed_out.filter(|last| started_at <= last.at).map(|last| last.reason)
    }

    /// The names of their roles.
    pub const fn roles(&self) -> &BTreeSet<RoleName> {
        &self.roles
    }

    /// What they may do whatever their roles are.
    pub const fn added(&self) -> &BTreeSet<Permission> {
        &self.added
    }

    /// What they may not do whatever their roles are.
    pub const fn removed(&self) -> &BTreeSet<Permission> {
        &self.removed
    }

    /// What they may do, where `role_permissions` says what a role permits now; nothing while they are disabled.
    pub fn permissions(
        &self,
        role_permissions: impl Fn(&RoleName) -> BTreeSet<Permission>,
    ) -> BTreeSet<Permission> {
        if !self.is_active() {
            return BTreeSet::new();
        }
        let mut permissions: BTreeSet<_> = self.roles.iter().flat_map(role_permissions).collect();
        permissions.extend(&self.added);
        &permissions - &self.removed
    }

    /// Decides a command.
    ///
    /// # Errors
    ///
    /// [`UserError`] when the rules refuse it; nothing happened then.
    pub fn decide(&self, command: UserCommand) -> Result<Vec<UserEvent>, UserError> {
        let event = match (command, self.identity) {
            (UserCommand::Create { user_id, person_id, credential_id, at }, None) => {
                UserEvent::Created { user_id, person_id, credential_id, at }
            }
            (UserCommand::Create { .. }, Some(_)) => return Err(UserError::AlreadyExists),
            (_, None) => return Err(UserError::Unknown),
            (command, Some(identity)) => self.change(identity, command)?,
        };
        Ok(vec![event])
    }

    fn change(&self, identity: Identity, command: UserCommand) -> Result<UserEvent, UserError> {
        let Identity { user_id, person_id } = identity;
        match command {
            UserCommand::Create { .. } => Err(UserError::AlreadyExists),
            UserCommand::ChangePassword { credential_id, at } => {
                Ok(UserEvent::PasswordChanged { user_id, person_id, credential_id, at })
            }
            UserCommand::GrantRole { role, at } => self.grant(identity, role, at),
            UserCommand::RevokeRole { role, at } => self.revoke(identity, role, at),
            UserCommand::AddPermission { permission, at } => self.add(identity, permission, at),
            UserCommand::RemovePermission { permission, at } => self.remove(identity, permission, at),
            UserCommand::ResetPermission { permission, at } => self.reset(identity, permission, at),
            UserCommand::Disable { .. } if self.disabled => Err(UserError::AlreadyDisabled),
            UserCommand::Disable { at } => Ok(UserEvent::Disabled { user_id, person_id, at }),
            UserCommand::Enable { .. } if !self.disabled => Err(UserError::NotDisabled),
            UserCommand::Enable { at } => Ok(UserEvent::Enabled { user_id, person_id, at }),
        }
    }

    fn grant(&self, who: Identity, role: RoleName, at: Timestamp) -> Result<UserEvent, UserError> {
        if self.roles.contains(&role) {
            return Err(UserError::RoleAlreadyGranted);
        }
        Ok(UserEvent::RoleGranted { user_id: who.user_id, person_id: who.person_id, role, at })
    }

    fn revoke(&self, who: Identity, role: RoleName, at: Timestamp) -> Result<UserEvent, UserError> {
        if !self.roles.contains(&role) {
            return Err(UserError::RoleNotGranted);
        }
        Ok(UserEvent::RoleRevoked { user_id: who.user_id, person_id: who.person_id, role, at })
    }

    fn add(&self, who: Identity, permission: Permission, at: Timestamp) -> Result<UserEvent, UserError> {
        if self.added.contains(&permission) {
            return Err(UserError::PermissionAlreadyAdded);
        }
        Ok(UserEvent::PermissionAdded { user_id: who.user_id, person_id: who.person_id, permission, at })
    }

    fn remove(&self, who: Identity, permission: Permission, at: Timestamp) -> Result<UserEvent, UserError> {
        if self.removed.contains(&permission) {
            return Err(UserError::PermissionAlreadyRemoved);
        }
        Ok(UserEvent::PermissionRemoved { user_id: who.user_id, person_id: who.person_id, permission, at })
    }

    fn reset(&self, who: Identity, permission: Permission, at: Timestamp) -> Result<UserEvent, UserError> {
        if !self.added.contains(&permission) && !self.removed.contains(&permission) {
            return Err(UserError::PermissionNotChanged);
        }
        Ok(UserEvent::PermissionReset { user_id: who.user_id, person_id: who.person_id, permission, at })
    }
}

impl Aggregate for User {
    const TYPE: &'static str = "user";
    type Command = UserCommand;
    type Event = UserEvent;
    type Error = UserError;
    type Services = ();

    async fn handle(
        &mut self,
        command: Self::Command,
        _services: &Self::Services,
        sink: &EventSink<Self>,
    ) -> Result<(), Self::Error> {
        for event in self.decide(command)? {
            sink.write(event, self).await;
        }
        Ok(())
    }

    fn apply(&mut self, event: Self::Event) {
        match event {
            UserEvent::Created { user_id, person_id, credential_id, .. } => {
                self.identity = Some(Identity { user_id, person_id });
                self.credential_id = credential_id;
            }
            UserEvent::PasswordChanged { credential_id, at, .. } => {
                self.credential_id = Some(credential_id);
                self.signed_out = Some(SignedOut { reason: EndReason::PasswordChanged, at });
            }
            UserEvent::RoleGranted { role, .. } => {
                self.roles.insert(role);
            }
            UserEvent::RoleRevoked { role, .. } => {
                self.roles.remove(&role);
            }
            UserEvent::PermissionAdded { permission, .. } => {
                self.removed.remove(&permission);
                self.added.insert(permission);
            }
            UserEvent::PermissionRemoved { permission, .. } => {
                self.added.remove(&permission);
                self.removed.insert(permission);
            }
            UserEvent::PermissionReset { permission, .. } => {
                self.added.remove(&permission);
                self.removed.remove(&permission);
            }
            UserEvent::Disabled { at, .. } => {
                self.disabled = true;
                self.signed_out = Some(SignedOut { reason: EndReason::UserDisabled, at });
            }
            UserEvent::Enabled { .. } => self.disabled = false,
        }
    }
}
