//! `POST /v2/users/{userId}/disable` and `…/enable`.

use axum::extract::State;

use crate::answer::{Recorded, Written};
use crate::extract::{Allowed, Command, NoBody, Params, UsersManage};
use crate::issuer::paths::UserPath;
use crate::issuer::state::Issuing;
use crate::problem::Problem;
use crate::state::App;

/// Let a user no longer sign in. Whoever is signed in as them is so no longer once their access token expires.
#[utoipa::path(
    post, path = "/v2/users/{userId}/disable", tag = "users", operation_id = "disable_user", params(UserPath),
    responses((status = 200, description = "Recorded.", body = Recorded)), security(("bearer" = [])),
)]
pub(in crate::issuer) async fn disable_user(
    State(app): State<App>,
    allowed: Allowed<UsersManage>,
    issuing: Issuing,
    Params(path): Params<UserPath>,
    command: Command<NoBody>,
) -> Result<Written<Recorded>, Problem> {
    let context = command.context(&app, &allowed.principal);
    Ok(Written::done(issuing.issuer().disable_user(&context, path.user).await?))
}

/// Let a user sign in again, who must not have more rights than whoever does so.
#[utoipa::path(
    post, path = "/v2/users/{userId}/enable", tag = "users", operation_id = "enable_user", params(UserPath),
    responses((status = 200, description = "Recorded.", body = Recorded)), security(("bearer" = [])),
)]
pub(in crate::issuer) async fn enable_user(
    State(app): State<App>,
    allowed: Allowed<UsersManage>,
    issuing: Issuing,
    Params(path): Params<UserPath>,
    command: Command<NoBody>,
) -> Result<Written<Recorded>, Problem> {
    let (context, held) = (command.context(&app, &allowed.principal), (&allowed.principal).into());
    Ok(Written::done(issuing.issuer().enable_user(&context, held, path.user).await?))
}
