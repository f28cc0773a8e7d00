//! `GET /v2/users/{userId}`.

use std::time::Duration;

use acta_projections::ProjectionKind;
use acta_projections::users::user;
use acta_projections::wait::until_reflected;
use axum::extract::State;

use super::resource::UserResource;
use crate::answer::Seen;
use crate::extract::{Allowed, Freshness, Params, Query, UsersManage};
use crate::issuer::paths::UserPath;
use crate::problem::{Problem, ProblemKind};
use crate::queries::AtLeastQuery;
use crate::reading::Opener;
use crate::state::App;

/// How long a user who is in the log may take to come into the view.
const PATIENCE: Duration = Duration::from_secs(1);

/// A user.
#[utoipa::path(
    get, path = "/v2/users/{userId}", tag = "users", operation_id = "get_user", params(UserPath, AtLeastQuery),
    responses((status = 200, description = "The user.", body = UserResource)), security(("bearer" = [])),
)]
pub(in crate::issuer) async fn get_user(
    State(app): State<App>,
    allowed: Allowed<UsersManage>,
    Params(path): Params<UserPath>,
    Query(query): Query<AtLeastQuery>,
    freshness: Freshness,
) -> Result<Seen<UserResource>, Problem> {
    let (tenant, kind) = (allowed.principal.tenant, ProjectionKind::Users);
    freshness.await_views(&app, query.at_least, &[kind]).await?;
    let (mut view, mut position) = user(&*app.views, tenant, path.user).await?;
    if view.is_none() {
        let head = *app.log.head().borrow();
        until_reflected(&*app.views, &[kind.view()], head, PATIENCE).await?;
        (view, position) = user(&*app.views, tenant, path.user).await?;
    }
    let view = view.ok_or_else(|| Problem::new(ProblemKind::UnknownUser, "there is no such user"))?;
    let body = UserResource::open(view, tenant, Opener::of(&app, &allowed.principal)).await?;
    Ok(Seen { position, body })
}
