//! Give a client a token (RFC 6749 §4.4).

use std::collections::BTreeSet;
use std::net::IpAddr;

use acta_domain::client::Client;
use acta_domain::{CredentialId, KeyThumbprint, Permission, RoleName, TenantId};
use zeroize::Zeroizing;

use crate::access::LimitKey;
use crate::issuer::service::place;
use crate::issuer::sign_ins::network;
use crate::issuer::tokens::{AccessToken, Holder};
use crate::issuer::{ClientName, Credential, Issuer, IssuerError};
use crate::log::Actor;

/// What a client sends to get a token.
pub struct ClientTokenRequest {
    /// How it names itself.
    pub client_id: String,
    /// Its secret.
    pub secret: Zeroizing<String>,
    /// The permissions that it wants, separated by spaces; all that it has without one.
    pub scope: Option<String>,
    /// The key that the token is to be bound to.
    pub key: Option<KeyThumbprint>,
    /// Where it comes from.
    pub address: Option<IpAddr>,
}

/// A token for a client.
#[derive(Debug)]
pub struct ClientToken {
    /// The token.
    pub access_token: AccessToken,
    /// What it permits.
    pub scope: BTreeSet<Permission>,
}

impl Issuer {
    /// Gives a client a token for itself.
    ///
    /// # Errors
    /// [`IssuerError::ClientRefused`], [`IssuerError::InvalidScope`]; else see [`IssuerError`].
    pub async fn client_token(&self, request: ClientTokenRequest) -> Result<ClientToken, IssuerError> {
        let counted = request.address.map(|address| LimitKey(format!("token:address:{}", network(address))));
        let wish: Vec<_> = counted.into_iter().map(|key| (key, self.options.wrong_per_address)).collect();
        self.count(&wish).await?;
        let (name, client) = self.known_client(&request).await?;
        self.uncount(&wish).await;
        let roles = client.roles();
        let templates = self.templates(name.tenant, roles).await?;
        let granted: BTreeSet<_> = templates.into_values().flatten().collect();
        let scope = narrowed(granted, request.scope.as_deref())?;
        let service = client.name().ok_or(IssuerError::ClientRefused)?;
        let holder = Holder {
            tenant: name.tenant,
            actor: Actor::Service(service.to_string()),
            roles: roles.iter().map(RoleName::to_string).collect(),
            permissions: scope.clone(),
            client_id: Some(request.client_id),
            sign_in: None,
            bound_to: request.key,
        };
        Ok(ClientToken { access_token: self.access_token(holder), scope })
    }

    /// The client, if it is one and has shown its secret.
    async fn known_client(&self, request: &ClientTokenRequest) -> Result<(ClientName, Client), IssuerError> {
        let name: ClientName = request.client_id.parse().map_err(|_| IssuerError::ClientRefused)?;
        let place = place(name.tenant, name.client);
        let client = self.clients.read_settled(name.tenant, place, Client::clone).await?;
        for credential in client.credentials(self.now()) {
            if self.is_secret(name.tenant, credential, &request.secret).await? {
                return Ok((name, client));
            }
        }
        Err(IssuerError::ClientRefused)
    }

    async fn is_secret(
        &self,
        tenant: TenantId,
        credential: CredentialId,
        secret: &str,
    ) -> Result<bool, IssuerError> {
        let Some(Credential::Secret(digest)) = self.ports.credentials.get(tenant, credential).await? else {
            return Ok(false);
        };
        Ok(self.ports.secret.knows_client(credential, secret, digest))
    }
}

/// What of `granted` the words of `scope` name: each must be a permission that is granted.
fn narrowed(granted: BTreeSet<Permission>, scope: Option<&str>) -> Result<BTreeSet<Permission>, IssuerError> {
    let Some(scope) = scope else {
        return Ok(granted);
    };
    let wanted: Result<BTreeSet<Permission>, _> = scope.split_ascii_whitespace().map(str::parse).collect();
    let wanted = wanted.map_err(|_| IssuerError::InvalidScope)?;
    if !wanted.is_empty() && wanted.is_subset(&granted) { Ok(wanted) } else { Err(IssuerError::InvalidScope) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn granted() -> BTreeSet<Permission> {
        [Permission::SessionsRead, Permission::FeedRead].into()
    }

    #[test]
    fn without_a_scope_a_client_gets_what_it_has() {
        assert_eq!(narrowed(granted(), None).unwrap(), granted());
    }

    #[test]
    fn a_scope_narrows() {
        assert_eq!(narrowed(granted(), Some("feed:read")).unwrap(), [Permission::FeedRead].into());
    }

    #[test]
    fn a_scope_never_widens() {
        for scope in ["", "sessions:manage", "feed:read sessions:manage", "openid"] {
            assert!(matches!(narrowed(granted(), Some(scope)), Err(IssuerError::InvalidScope)), "{scope}");
        }
    }
}
