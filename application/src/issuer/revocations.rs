//! Whether what a token rests on was taken back before its time.

use acta_domain::client::Client;
use acta_domain::sign_in::SignIn;
use acta_domain::user::User;
use acta_domain::values::EndReason;
use acta_domain::{ClientId, SignInId, TenantId};
use async_trait::async_trait;

use super::Issuer;
use super::service::place;
use crate::UseCaseError;
use crate::access::{Admitted, Grant, Revocations, Revoked};

impl Issuer {
    /// A sign-in that nobody knows of is over: the log is an older one than that which the token was given on.
    async fn sign_in_revoked(
        &self,
        tenant: TenantId,
        sign_in: SignInId,
    ) -> Result<Option<Revoked>, UseCaseError> {
        let sign_in = self.sign_ins.read_settled(tenant, place(tenant, sign_in), SignIn::clone).await?;
        let (Some(user), Some(started_at)) = (sign_in.user_id(), sign_in.started_at()) else {
            return Ok(Some(Revoked::SignInEnded));
        };
        // Why it is over is asked of the user first: disabling them ends it too, later.
        let user = self.users.read_settled(tenant, place(tenant, user), User::clone).await?;
        let ended_with_user = user.ends_sign_in_of(started_at);
        if !user.is_active() || ended_with_user == Some(EndReason::UserDisabled) {
            return Ok(Some(Revoked::UserDisabled));
        }
        // One that has come to its end by itself takes no token with it.
        let is_open = ended_with_user.is_none() && sign_in.is_open(started_at);
        Ok((!is_open).then_some(Revoked::SignInEnded))
    }

    async fn client_revoked(
        &self,
        tenant: TenantId,
        client: ClientId,
    ) -> Result<Option<Revoked>, UseCaseError> {
        let is_active = self.clients.read_settled(tenant, place(tenant, client), Client::is_active).await?;
        Ok((!is_active).then_some(Revoked::ClientRevoked))
    }
}

#[async_trait]
impl Revocations for Issuer {
    async fn revoked(&self, admitted: &Admitted) -> Result<Option<Revoked>, UseCaseError> {
        let tenant = admitted.principal.tenant;
        match admitted.grant {
            Some(Grant::SignIn(sign_in)) => self.sign_in_revoked(tenant, sign_in).await,
            Some(Grant::Client(client)) => self.client_revoked(tenant, client).await,
            None => Ok(None),
        }
    }
}
