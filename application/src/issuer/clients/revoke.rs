//! Revoke a client.

use acta_domain::ClientId;
use acta_domain::client::ClientCommand;

use crate::issuer::{Issuer, IssuerError};
use crate::{Accepted, CommandContext};

impl Issuer {
    /// Lets `client` get no token any more, for ever. Tokens that it has go on being good until they expire.
    ///
    /// # Errors
    /// See [`IssuerError`].
    pub async fn revoke_client(
        &self,
        context: &CommandContext,
        client: ClientId,
    ) -> Result<Accepted, IssuerError> {
        let secrets = self.client(context.tenant, client).await?.credentials(self.now());
        let command = ClientCommand::Revoke { at: self.now() };
        let accepted = self.change_client(context, client, command, |_| Ok(())).await?;
        for secret in secrets {
            self.discard(context.tenant, secret, None).await;
        }
        Ok(accepted)
    }
}
