//! `GET /v2/users`.

use acta_application::views::Order;
use acta_domain::{PersonId, TenantId};
use acta_projections::ProjectionKind;
use acta_projections::users::{UserStatus, UsersQuery, users};
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::resource::UserResource;
use crate::answer::Seen;
use crate::extract::{Allowed, Count, Freshness, Number, Query, UsersManage};
use crate::problem::Problem;
use crate::queries::{PageStart, next};
use crate::reading::Opener;
use crate::schema;
use crate::state::App;

const USUAL: u32 = 50;

/// Which users.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct ListUsersQuery {
    /// Only with this status.
    #[param(value_type = Option<schema::UserStatus>)]
    status: Option<UserStatus>,
    /// Only those who are this person.
    #[param(value_type = Option<Uuid>)]
    person_id: Option<PersonId>,
    /// Behind the page before: its `next`.
    #[param(value_type = Option<schema::Cursor>)]
    cursor: Option<PageStart>,
    /// At most this many.
    #[param(value_type = Option<u32>, minimum = 1, maximum = 200, default = 50)]
    limit: Option<Number<1, 200>>,
    /// The position that the answer is to reflect at least; as the header `Acta-At-Least`.
    #[param(value_type = Option<schema::Whole>)]
    at_least: Option<Count>,
}

impl ListUsersQuery {
    fn into_query(self, tenant: TenantId) -> UsersQuery {
        UsersQuery {
            tenant,
            status: self.status,
            person: self.person_id,
            order: Order::Ascending,
            after: self.cursor.map(|start| start.0),
            limit: self.limit.map_or(USUAL, Number::as_u32),
        }
    }
}

/// A page of users.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct UserPage {
    /// The users, by when they were created.
    users: Vec<UserResource>,
    /// What to give as `cursor` for the page behind this one; absent on the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<schema::Cursor>)]
    next: Option<String>,
}

/// The tenant's users, by when they were created.
#[utoipa::path(
    get, path = "/v2/users", tag = "users", operation_id = "list_users", params(ListUsersQuery),
    responses((status = 200, description = "A page of users.", body = UserPage)), security(("bearer" = [])),
)]
pub(in crate::issuer) async fn list_users(
    State(app): State<App>,
    allowed: Allowed<UsersManage>,
    Query(query): Query<ListUsersQuery>,
    freshness: Freshness,
) -> Result<Seen<UserPage>, Problem> {
    freshness.await_views(&app, query.at_least, &[ProjectionKind::Users]).await?;
    let tenant = allowed.principal.tenant;
    let page = users(&*app.views, &query.into_query(tenant)).await?;
    let opener = Opener::of(&app, &allowed.principal);
    let mut shown = Vec::with_capacity(page.items.len());
    for view in page.items {
        shown.push(UserResource::open(view, tenant, opener).await?);
    }
    let body = UserPage { users: shown, next: next(page.next.as_ref()) };
    Ok(Seen { position: page.position, body })
}
