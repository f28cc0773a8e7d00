//! `POST /v2/users/{userId}/password`.

use axum::extract::State;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::answer::{Recorded, Written};
use crate::extract::{Allowed, Body, Command, Params, UsersManage};
use crate::issuer::login::Secret;
use crate::issuer::paths::UserPath;
use crate::issuer::state::Issuing;
use crate::problem::Problem;
use crate::schema;
use crate::state::App;

/// Another password.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields, expecting = "an object")]
pub(crate) struct SetPasswordBody {
    /// The password from now on: 8 to 1024 bytes, none of those that are tried first.
    #[schema(value_type = schema::Password)]
    password: Secret,
}

impl Body for SetPasswordBody {}

/// Give a user another password, who must not have more rights than whoever does so. Whoever is signed in as them is so no longer
/// once their access token expires.
#[utoipa::path(
    post, path = "/v2/users/{userId}/password", tag = "users", operation_id = "set_password", params(UserPath),
    request_body = SetPasswordBody, responses((status = 200, description = "Recorded.", body = Recorded)),
    security(("bearer" = [])),
)]
pub(in crate::issuer) async fn set_password(
    State(app): State<App>,
    allowed: Allowed<UsersManage>,
    issuing: Issuing,
    Params(path): Params<UserPath>,
    command: Command<SetPasswordBody>,
) -> Result<Written<Recorded>, Problem> {
    let (context, held) = (command.context(&app, &allowed.principal), (&allowed.principal).into());
    let password = command.body.password.into();
    Ok(Written::done(issuing.issuer().set_password(&context, held, path.user, password).await?))
}
