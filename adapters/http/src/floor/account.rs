//! `PUT /sessions/{id}/floor/accounts/{account}`.

use acta_domain::TimeBudget;
use axum::extract::State;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::answer::{Recorded, Written};
use crate::extract::{Allowed, Body, Command, FloorModerate, Params, or_null};
use crate::paths::AccountPath;
use crate::problem::Problem;
use crate::schema;
use crate::state::App;

/// How much time an account has.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, expecting = "an object")]
pub(crate) struct SetTimeAccountBody {
    /// How many seconds of speaking time in all, those that are spent included; null for no limit any more.
    #[serde(deserialize_with = "or_null")]
    #[schema(required, value_type = Option<schema::TimeBudget>)]
    limit_seconds: Option<TimeBudget>,
}

impl Body for SetTimeAccountBody {}

/// Limit how long a person or a group may speak in all, while the session is scheduled or active.
#[utoipa::path(
    put, path = "/sessions/{id}/floor/accounts/{account}", tag = "floor", operation_id = "set_time_account",
    params(AccountPath), request_body = SetTimeAccountBody,
    responses((status = 200, description = "Recorded.", body = Recorded)), security(("bearer" = [])),
)]
pub(super) async fn set_time_account(
    State(app): State<App>,
    allowed: Allowed<FloorModerate>,
    Params(path): Params<AccountPath>,
    command: Command<SetTimeAccountBody>,
) -> Result<Written<Recorded>, Problem> {
    let context = command.context(&app, &allowed.principal);
    let limit = command.body.limit_seconds;
    let accepted = app.use_cases.set_time_account(&context, path.session, path.account, limit).await?;
    Ok(Written::done(accepted))
}
