//! The rules of roles.
//!
//! A role is a template: whoever holds it may do what it permits at the moment when they are asked. Its name outlives it, so that one that
//! was retired can be defined again, and then means the same role to those who still hold it.

use std::collections::BTreeSet;

use cqrs_es::Aggregate;
use cqrs_es::event_sink::EventSink;
use serde::{Deserialize, Serialize};

use crate::access::{Permission, Role};
use crate::values::RoleName;

use super::{RoleCommand, RoleError, RoleEvent};

/// A role that a tenant defines, as far as decisions need to remember it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DefinedRole {
    in_force: Option<InForce>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct InForce {
    name: RoleName,
    permissions: BTreeSet<Permission>,
}

impl DefinedRole {
    /// What those who hold it may do; nothing unless it is defined and was not retired.
    pub fn permissions(&self) -> Option<&BTreeSet<Permission>> {
        self.in_force.as_ref().map(|role| &role.permissions)
    }

    /// Decides a command.
    ///
    /// # Errors
    ///
    /// [`RoleError`] when the rules refuse it; nothing happened then.
    pub fn decide(&self, command: RoleCommand) -> Result<Vec<RoleEvent>, RoleError> {
        let event = match command {
            RoleCommand::Define { name, permissions, at } => {
                self.must_be_free(&name)?;
                RoleEvent::Defined { name, permissions, at }
            }
            RoleCommand::Change { permissions, at } => {
                RoleEvent::Changed { name: self.name()?, permissions, at }
            }
            RoleCommand::Retire { at } => RoleEvent::Retired { name: self.name()?, at },
        };
        Ok(vec![event])
    }

    fn must_be_free(&self, name: &RoleName) -> Result<(), RoleError> {
        if Role::named(name.as_str()).is_some() {
            return Err(RoleError::BuiltIn);
        }
        if self.in_force.is_some() { Err(RoleError::AlreadyDefined) } else { Ok(()) }
    }

    fn name(&self) -> Result<RoleName, RoleError> {
        self.in_force.as_ref().map(|role| role.name.clone()).ok_or(RoleError::Unknown)
    }
}

impl Aggregate for DefinedRole {
    const TYPE: &'static str = "role";
    type Command = RoleCommand;
    type Event = RoleEvent;
    type Error = RoleError;
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
        self.in_force = match event {
            RoleEvent::Defined { name, permissions, .. } | RoleEvent::Changed { name, permissions, .. } => {
                Some(InForce { name, permissions })
            }
            RoleEvent::Retired { .. } => None,
        };
    }
}
