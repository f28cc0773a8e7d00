//! `POST /v2/clients/{clientId}/secret`.

use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use crate::answer::{Recorded, Written};
use crate::extract::{Allowed, Command, NoBody, Params, UsersManage};
use crate::issuer::paths::ClientPath;
use crate::issuer::state::Issuing;
use crate::problem::Problem;
use crate::state::App;

/// Another secret of a client.
#[derive(Serialize, ToSchema)]
#[schema(as = ClientSecretRotated)]
pub(crate) struct SecretRotatedAnswer {
    /// Its secret. It is shown this once, and not when the request is sent again.
    #[serde(skip_serializing_if = "Option::is_none")]
    client_secret: Option<String>,
    #[serde(flatten)]
    recorded: Recorded,
}

/// Give a client another secret; the one before it goes on being good for a day. The client must not have more rights than whoever
/// does so.
#[utoipa::path(
    post, path = "/v2/clients/{clientId}/secret", tag = "clients", operation_id = "rotate_client_secret",
    params(ClientPath), responses((status = 200, description = "Recorded.", body = SecretRotatedAnswer)),
    security(("bearer" = [])),
)]
pub(in crate::issuer) async fn rotate_client_secret(
    State(app): State<App>,
    allowed: Allowed<UsersManage>,
    issuing: Issuing,
    Params(path): Params<ClientPath>,
    command: Command<NoBody>,
) -> Result<Written<SecretRotatedAnswer>, Problem> {
    let (context, held) = (command.context(&app, &allowed.principal), (&allowed.principal).into());
    let client = path.client_of(allowed.principal.tenant)?;
    let rotated = issuing.issuer().rotate_client_secret(&context, held, client).await?;
    let client_secret = rotated.secret.map(|secret| secret.0.to_string());
    Ok(Written::changed(
        rotated.accepted,
        SecretRotatedAnswer { client_secret, recorded: rotated.accepted.into() },
    ))
}
