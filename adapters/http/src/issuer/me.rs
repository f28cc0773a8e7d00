//! `GET /v2/me` and `POST /v2/me/password`.

use acta_application::issuer::ChangePassword;
use acta_domain::{Permission, TenantId};
use acta_projections::ProjectionKind;
use acta_projections::users::{UsersQuery, users};
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::address::Address;
use super::login::Secret;
use super::state::Issuing;
use super::users::create::GivenLogin;
use super::users::resource::UserResource;
use crate::answer::{Recorded, Seen, Written};
use crate::extract::{Allowed, Body, Command, Freshness, Oneself, Query};
use crate::problem::Problem;
use crate::queries::AtLeastQuery;
use crate::reading::Opener;
use crate::schema;
use crate::state::App;

/// One person seldom has more users than this.
const MOST_USERS: u32 = 50;

/// Who one is here.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Me {
    /// Who, as events say it.
    #[schema(value_type = schema::Actor)]
    actor: String,
    /// In which tenant.
    #[schema(value_type = Uuid)]
    tenant_id: TenantId,
    /// What the access token permits.
    #[schema(value_type = Vec<schema::Permission>)]
    permissions: Vec<Permission>,
    /// The users of the built-in issuer who are this person.
    users: Vec<UserResource>,
}

/// Who one is here, and what one may do.
#[utoipa::path(
    get, path = "/v2/me", tag = "users", operation_id = "get_me", params(AtLeastQuery),
    responses((status = 200, description = "Who one is.", body = Me)), security(("bearer" = [])),
)]
pub(super) async fn get_me(
    State(app): State<App>,
    allowed: Allowed<Oneself>,
    Query(query): Query<AtLeastQuery>,
    freshness: Freshness,
) -> Result<Seen<Me>, Problem> {
    let principal = &allowed.principal;
    freshness.await_views(&app, query.at_least, &[ProjectionKind::Users]).await?;
    let mut body = Me {
        actor: principal.actor.to_string(),
        tenant_id: principal.tenant,
        permissions: principal.permissions.iter().copied().collect(),
        users: Vec::new(),
    };
    let position = app.views.checkpoint(&ProjectionKind::Users.view()).await?;
    if let Some(person) = principal.person() {
        let query =
            UsersQuery { person: Some(person), ..UsersQuery::of_tenant(principal.tenant, MOST_USERS) };
        for view in users(&*app.views, &query).await?.items {
            body.users
                .push(UserResource::open(view, principal.tenant, Opener::of_oneself(&app, principal)).await?);
        }
    }
    Ok(Seen { position, body })
}

/// Another password for oneself.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields, expecting = "an object")]
pub(crate) struct ChangePasswordBody {
    /// What one types to say who one is.
    #[schema(value_type = schema::Login)]
    login: GivenLogin,
    /// The password until now.
    #[schema(value_type = schema::Password)]
    password: Secret,
    /// The password from now on: 8 to 1024 bytes, none of those that are tried first.
    #[schema(value_type = schema::Password)]
    new_password: Secret,
}

impl Body for ChangePasswordBody {}

/// Give oneself another password. Every sign-in from before is over once its access token expires.
#[utoipa::path(
    post, path = "/v2/me/password", tag = "users", operation_id = "change_password", request_body = ChangePasswordBody,
    responses((status = 200, description = "Recorded.", body = Recorded)), security(("bearer" = [])),
)]
pub(super) async fn change_password(
    State(app): State<App>,
    allowed: Allowed<Oneself>,
    issuing: Issuing,
    Address(address): Address,
    command: Command<ChangePasswordBody>,
) -> Result<Written<Recorded>, Problem> {
    let context = command.context(&app, &allowed.principal);
    let ChangePasswordBody { login, password, new_password } = command.body;
    let input = ChangePassword { login: login.0, old: password.into(), new: new_password.into(), address };
    Ok(Written::done(issuing.issuer().change_password(&context, input).await?))
}
