//! Give a client other roles.

use std::collections::BTreeSet;

use acta_domain::client::{Client, ClientCommand};
use acta_domain::{ClientId, RoleName};

use crate::issuer::rights::must_hold;
use crate::issuer::service::Held;
use crate::issuer::{Issuer, IssuerError};
use crate::{Accepted, CommandContext};

impl Issuer {
    /// Replaces the roles of `client`; what those permit that are new must be `held`.
    ///
    /// # Errors
    /// See [`IssuerError`].
    pub async fn change_client_roles(
        &self,
        context: &CommandContext,
        held: Held<'_>,
        client: ClientId,
        roles: BTreeSet<RoleName>,
    ) -> Result<Accepted, IssuerError> {
        self.granted_by(context.tenant, &roles).await?;
        let templates = self.templates(context.tenant, &roles).await?;
        let command = ClientCommand::ChangeRoles { roles, at: self.now() };
        let given = |known: &Client| {
            let new = templates.iter().filter(|(role, _)| !known.roles().contains(*role));
            new.flat_map(|(_, permissions)| permissions).copied().collect()
        };
        self.change_client(context, client, command, |known| must_hold(held, &given(known))).await
    }
}
