//! `POST /v2/login`.

use acta_application::issuer::{LoginRequest, Password};
use acta_domain::TenantId;
use axum::response::Response;
use serde::Deserialize;
use utoipa::ToSchema;
use zeroize::Zeroizing;

use super::address::Address;
use super::proof::HeldKey;
use super::state::Issuing;
use super::tokens::{self, AccessTokenAnswer};
use crate::extract::{Body, Command, given};
use crate::problem::{Problem, ProblemKind};

/// Who somebody says they are, and what only they know.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields, expecting = "an object")]
pub(crate) struct LoginBody {
    /// The tenant; needed unless the service has a usual one.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<Uuid>)]
    tenant_id: Option<TenantId>,
    /// What they type to say who they are.
    #[schema(value_type = String)]
    login: String,
    /// Their password.
    #[schema(value_type = String, format = "password")]
    password: Secret,
}

/// A secret in a body, gone from memory when it was used.
#[derive(Deserialize)]
#[serde(transparent)]
pub(super) struct Secret(#[serde(deserialize_with = "wiped")] Zeroizing<String>);

fn wiped<'de, D: serde::Deserializer<'de>>(reader: D) -> Result<Zeroizing<String>, D::Error> {
    String::deserialize(reader).map(Zeroizing::new)
}

impl Secret {
    /// The text.
    pub(super) fn text(self) -> Zeroizing<String> {
        self.0
    }
}

impl From<Secret> for Password {
    fn from(secret: Secret) -> Self {
        Self(secret.0)
    }
}

impl Body for LoginBody {}

/// Sign in. With a proof of possession in the header `DPoP`, the tokens are bound to its key, and good for writing.
#[utoipa::path(
    post, path = "/v2/login", tag = "tokens", operation_id = "login", request_body = LoginBody,
    responses(
        (status = 200, description = "Signed in.", body = AccessTokenAnswer,
            headers(("Set-Cookie" = String, description = "`acta_refresh`: the refresh token."))),
    ),
)]
pub(super) async fn login(
    issuing: Issuing,
    Address(address): Address,
    held: HeldKey,
    command: Command<LoginBody>,
) -> Result<Response, Problem> {
    let LoginBody { tenant_id, login, password } = command.body;
    let tenant = tenant_id
        .or(issuing.0.default_tenant)
        .ok_or_else(|| Problem::new(ProblemKind::InvalidBody, "name the tenant").at_field("/tenant_id"))?;
    let request = LoginRequest { tenant, login, password: password.into(), address, key: held.key };
    let tokens = issuing.issuer().login(request).await?;
    Ok(tokens::given(&tokens, &issuing.0, &held))
}
