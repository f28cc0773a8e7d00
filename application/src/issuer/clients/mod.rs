//! Clients: services that get tokens for themselves.

mod register;
mod revoke;
mod roles;
mod rotate;
mod token;

use acta_domain::client::{Client, ClientCommand, ClientError};
use acta_domain::{ClientId, CredentialId, TenantId};

pub use register::{ClientRegistered, RegisterClient};
pub use rotate::SecretRotated;
pub use token::{ClientToken, ClientTokenRequest};

use super::service::place;
use super::{ClientSecret, Credential, Issuer, IssuerError, IssuerRefusal};
use crate::{Accepted, CommandContext, UseCaseError};

impl Issuer {
    /// The client, which must be there.
    async fn client(&self, tenant: TenantId, client: ClientId) -> Result<Client, IssuerError> {
        let known = self.clients.read_settled(tenant, place(tenant, client), Client::clone).await?;
        if known.client_id().is_some() {
            Ok(known)
        } else {
            Err(IssuerRefusal::Client(ClientError::Unknown).into())
        }
    }

    /// Makes a secret and keeps its digest.
    async fn keep_secret(&self, tenant: TenantId) -> Result<(CredentialId, ClientSecret), IssuerError> {
        let (id, secret) =
            (self.fresh_credential_id(), ClientSecret::fresh(&*self.use_cases.ports.randomness));
        let credential = Credential::Secret(self.ports.secret.of_client(id, &secret.0));
        self.ports.credentials.put(tenant, id, &credential).await?;
        Ok((id, secret))
    }

    /// Carries `command` on `client` through, if `allows` lets the client as it is.
    async fn change_client(
        &self,
        context: &CommandContext,
        client: ClientId,
        command: ClientCommand,
        allows: impl Fn(&Client) -> Result<(), IssuerRefusal>,
    ) -> Result<Accepted, IssuerError> {
        let place = place(context.tenant, client);
        let decide = |state: &Client, _| {
            let events = state.decide(command.clone()).map_err(IssuerRefusal::Client)?;
            allows(state)?;
            Ok::<_, UseCaseError>(events)
        };
        Ok(self.use_cases.carry_out_alone(&self.clients, context, place, None, decide).await?)
    }

    /// The outcome of what gave a client a new secret: the secret itself, unless the command had been sent before, or failed.
    async fn handed_over(
        &self,
        tenant: TenantId,
        made: (CredentialId, ClientSecret),
        outcome: Result<Accepted, IssuerError>,
    ) -> Result<(Accepted, Option<ClientSecret>), IssuerError> {
        let (id, secret) = made;
        match outcome {
            Ok(accepted) if !accepted.repeated => Ok((accepted, Some(secret))),
            outcome => {
                self.discard(tenant, id, outcome.as_ref().err()).await;
                Ok((outcome?, None))
            }
        }
    }
}
