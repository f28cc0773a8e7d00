//! Give a client another secret.

use acta_domain::ClientId;
use acta_domain::client::ClientCommand;

use crate::issuer::rights::must_hold;
use crate::issuer::service::{Held, after};
use crate::issuer::{ClientSecret, Issuer, IssuerError};
use crate::{Accepted, CommandContext};

/// A client has another secret.
#[derive(Debug)]
pub struct SecretRotated {
    /// Its secret, shown this once; not there if the command had been sent before.
    pub secret: Option<ClientSecret>,
    /// Where it stands.
    pub accepted: Accepted,
}

impl Issuer {
    /// Gives `client` another secret, which must not have more rights than what is `held`: whoever knows the secret has them. The
    /// one before it goes on being good for a while.
    ///
    /// # Errors
    /// See [`IssuerError`].
    pub async fn rotate_client_secret(
        &self,
        context: &CommandContext,
        held: Held<'_>,
        client: ClientId,
    ) -> Result<SecretRotated, IssuerError> {
        let (tenant, at) = (context.tenant, self.now());
        let known = self.client(tenant, client).await?;
        let templates = self.templates(tenant, known.roles()).await?;
        must_hold(held, &templates.into_values().flatten().collect())?;
        let made = self.keep_secret(tenant).await?;
        let previous_until = after(at, self.options.previous_secret);
        let command = ClientCommand::RotateSecret { credential_id: made.0, previous_until, at };
        let outcome = self.change_client(context, client, command, |_| Ok(())).await;
        let (accepted, secret) = self.handed_over(tenant, made, outcome).await?;
        Ok(SecretRotated { secret, accepted })
    }
}
