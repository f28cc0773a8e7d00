//! Register a client.

use std::collections::BTreeSet;

use acta_domain::client::ClientCommand;
use acta_domain::{ClientId, RoleName, ServiceName};

use crate::issuer::rights::must_hold;
use crate::issuer::service::Held;
use crate::issuer::{ClientName, ClientSecret, Issuer, IssuerError};
use crate::{Accepted, CommandContext, UseCaseError};

/// A client to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegisterClient {
    /// Who it is when it acts: `service:<name>`.
    pub name: ServiceName,
    /// Its roles.
    pub roles: BTreeSet<RoleName>,
}

/// A client that is on the record.
#[derive(Debug)]
pub struct ClientRegistered {
    /// How it names itself.
    pub client: ClientName,
    /// Its secret, shown this once; not there if the command had been sent before.
    pub secret: Option<ClientSecret>,
    /// Where it stands.
    pub accepted: Accepted,
}

impl Issuer {
    /// Registers a client, whose roles give no more than what is `held`.
    ///
    /// # Errors
    /// See [`IssuerError`].
    pub async fn register_client(
        &self,
        context: &CommandContext,
        held: Held<'_>,
        input: RegisterClient,
    ) -> Result<ClientRegistered, IssuerError> {
        let (tenant, at) = (context.tenant, self.now());
        must_hold(held, &self.granted_by(tenant, &input.roles).await?)?;
        let fresh = ClientId::new(self.fresh_id());
        let made = self.keep_secret(tenant).await?;
        let RegisterClient { name, roles } = input;
        let command = ClientCommand::Register { client_id: fresh, name, roles, credential_id: made.0, at };
        let outcome = self.change_client(context, fresh, command, |_| Ok(())).await;
        let (accepted, secret) = self.handed_over(tenant, made, outcome).await?;
        let client = self.client_of(context, fresh, accepted).await?;
        Ok(ClientRegistered { client: ClientName { tenant, client }, secret, accepted })
    }

    /// A repeated command has made its client the first time, under another id than the one made now.
    async fn client_of(
        &self,
        context: &CommandContext,
        fresh: ClientId,
        accepted: Accepted,
    ) -> Result<ClientId, IssuerError> {
        if !accepted.repeated {
            return Ok(fresh);
        }
        let first = self.use_cases.event_at(context, accepted.appended.first).await?;
        let id = first.and_then(|event| event.stream.aggregate_id.parse().ok());
        Ok(id.ok_or(UseCaseError::UnknownSession)?)
    }
}
