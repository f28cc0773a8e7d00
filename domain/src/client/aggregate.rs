//! The rules of clients.
//!
//! A client has one secret, and for a while after it was rotated the one before it too, so that the service behind it can be told the new
//! one without a pause. Never three: rotating again ends the one before the last. A revoked client never comes back.

use std::collections::BTreeSet;

use cqrs_es::Aggregate;
use cqrs_es::event_sink::EventSink;
use serde::{Deserialize, Serialize};

use crate::ids::{ClientId, CredentialId};
use crate::values::{RoleName, ServiceName, Timestamp};

use super::{ClientCommand, ClientError, ClientEvent};

/// A client, as far as decisions need to remember it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Client {
    identity: Option<Identity>,
    roles: BTreeSet<RoleName>,
    credential_id: Option<CredentialId>,
    previous: Option<Previous>,
    revoked: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Identity {
    client_id: ClientId,
    name: ServiceName,
}

/// The secret before the last rotation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct Previous {
    credential_id: CredentialId,
    until: Timestamp,
}

impl Client {
    /// Whether there is such a client, and it was not revoked.
    pub const fn is_active(&self) -> bool {
        self.identity.is_some() && !self.revoked
    }

    /// The client.
    pub fn client_id(&self) -> Option<ClientId> {
        self.identity.as_ref().map(|identity| identity.client_id)
    }

    /// Who it is when it acts.
    pub fn name(&self) -> Option<&ServiceName> {
        self.identity.as_ref().map(|identity| &identity.name)
    }

    /// The names of its roles.
    pub const fn roles(&self) -> &BTreeSet<RoleName> {
        &self.roles
    }

    /// The secrets that are good at `now`, the newest first; none of a client that was revoked.
    pub fn credentials(&self, now: Timestamp) -> Vec<CredentialId> {
        if !self.is_active() {
            return Vec::new();
        }
        let previous = self.previous.filter(|previous| now < previous.until);
        self.credential_id.into_iter().chain(previous.map(|previous| previous.credential_id)).collect()
    }

    /// Decides a command.
    ///
    /// # Errors
    ///
    /// [`ClientError`] when the rules refuse it; nothing happened then.
    pub fn decide(&self, command: ClientCommand) -> Result<Vec<ClientEvent>, ClientError> {
        let event = match command {
            ClientCommand::Register { client_id, name, roles, credential_id, at } => {
                self.must_be_new()?;
                ClientEvent::Registered { client_id, name, roles, credential_id, at }
            }
            ClientCommand::RotateSecret { credential_id, previous_until, at } => {
                let client_id = self.must_be_active()?;
                ClientEvent::SecretRotated { client_id, credential_id, previous_until, at }
            }
            ClientCommand::ChangeRoles { roles, at } => {
                ClientEvent::RolesChanged { client_id: self.must_be_active()?, roles, at }
            }
            ClientCommand::Revoke { at } => ClientEvent::Revoked { client_id: self.must_be_active()?, at },
        };
        Ok(vec![event])
    }

    fn must_be_new(&self) -> Result<(), ClientError> {
        if self.identity.is_some() { Err(ClientError::AlreadyRegistered) } else { Ok(()) }
    }

    fn must_be_active(&self) -> Result<ClientId, ClientError> {
        let client_id = self.client_id().ok_or(ClientError::Unknown)?;
        if self.revoked { Err(ClientError::Revoked) } else { Ok(client_id) }
    }
}

impl Aggregate for Client {
    const TYPE: &'static str = "client";
    type Command = ClientCommand;
    type Event = ClientEvent;
    type Error = ClientError;
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
            ClientEvent::Registered { client_id, name, roles, credential_id, .. } => {
                self.identity = Some(Identity { client_id, name });
                self.roles = roles;
                self.credential_id = Some(credential_id);
            }
            ClientEvent::SecretRotated { credential_id, previous_until, .. } => {
                let before = self.credential_id.replace(credential_id);
                self.previous = before.map(|credential_id| Previous { credential_id, until: previous_until });
            }
            ClientEvent::RolesChanged { roles, .. } => self.roles = roles,
            ClientEvent::Revoked { .. } => self.revoked = true,
        }
    }
}
