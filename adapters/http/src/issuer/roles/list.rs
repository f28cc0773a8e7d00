//! `GET /v2/roles`.

use acta_domain::access::Role;
use acta_domain::{Permission, TenantId, Timestamp};
use acta_projections::ProjectionKind;
use acta_projections::roles::{RoleStatus, RoleView, RolesQuery, roles};
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::answer::Seen;
use crate::extract::{Allowed, Count, Freshness, Number, Query, UsersManage};
use crate::problem::Problem;
use crate::queries::{PageStart, next};
use crate::schema;
use crate::state::App;

const USUAL: u32 = 50;

/// Which roles.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct ListRolesQuery {
    /// Only with this status.
    #[param(value_type = Option<schema::RoleStatus>)]
    status: Option<RoleStatus>,
    /// Behind the page before: its `next`.
    #[param(value_type = Option<schema::Cursor>)]
    cursor: Option<PageStart>,
    /// At most this many, beside those that are built in.
    #[param(value_type = Option<u32>, minimum = 1, maximum = 200, default = 50)]
    limit: Option<Number<1, 200>>,
    /// The position that the answer is to reflect at least; as the header `Acta-At-Least`.
    #[param(value_type = Option<schema::Whole>)]
    at_least: Option<Count>,
}

impl ListRolesQuery {
    /// Whether the built-in roles belong on the page: they are active, and come first.
    fn wants_built_in(&self) -> bool {
        self.cursor.is_none() && self.status != Some(RoleStatus::Retired)
    }

    fn into_query(self, tenant: TenantId) -> RolesQuery {
        RolesQuery {
            tenant,
            status: self.status,
            after: self.cursor.map(|start| start.0),
            limit: self.limit.map_or(USUAL, Number::as_u32),
        }
    }
}

/// A role.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Role)]
pub(crate) struct RoleResource {
    /// Its name.
    #[schema(value_type = schema::RoleName)]
    name: String,
    /// Whether every tenant has it, so that nobody changes it.
    built_in: bool,
    /// Whether it permits anything.
    #[schema(value_type = schema::RoleStatus)]
    status: RoleStatus,
    /// What those who have it may do; of one that was retired, what they could do before.
    #[schema(value_type = Vec<schema::Permission>)]
    permissions: Vec<Permission>,
    /// Who changed it last.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<schema::Actor>)]
    changed_by: Option<String>,
    /// When.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<schema::Moment>)]
    changed_at: Option<Timestamp>,
    /// When it was first defined.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<schema::Moment>)]
    defined_at: Option<Timestamp>,
}

impl From<Role> for RoleResource {
    fn from(role: Role) -> Self {
        Self {
            name: role.name().to_owned(),
            built_in: true,
            status: RoleStatus::Active,
            permissions: role.permissions().to_vec(),
            changed_by: None,
            changed_at: None,
            defined_at: None,
        }
    }
}

impl From<RoleView> for RoleResource {
    fn from(view: RoleView) -> Self {
        Self {
            name: view.name.to_string(),
            built_in: false,
            status: view.status,
            permissions: view.permissions.into_iter().collect(),
            changed_by: Some(view.changed_by.to_string()),
            changed_at: Some(view.changed_at),
            defined_at: Some(view.defined_at),
        }
    }
}

/// A page of roles.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RolePage {
    /// The roles: those that are built in, then the tenant's own.
    roles: Vec<RoleResource>,
    /// What to give as `cursor` for the page behind this one; absent on the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<schema::Cursor>)]
    next: Option<String>,
}

/// The roles that there are in the tenant.
#[utoipa::path(
    get, path = "/v2/roles", tag = "roles", operation_id = "list_roles", params(ListRolesQuery),
    responses((status = 200, description = "A page of roles.", body = RolePage)), security(("bearer" = [])),
)]
pub(in crate::issuer) async fn list_roles(
    State(app): State<App>,
    allowed: Allowed<UsersManage>,
    Query(query): Query<ListRolesQuery>,
    freshness: Freshness,
) -> Result<Seen<RolePage>, Problem> {
    freshness.await_views(&app, query.at_least, &[ProjectionKind::Roles]).await?;
    let built_in: &[Role] = if query.wants_built_in() { &Role::ALL } else { &[] };
    let page = roles(&*app.views, &query.into_query(allowed.principal.tenant)).await?;
    let own = page.items.into_iter().map(RoleResource::from);
    let roles = built_in.iter().copied().map(RoleResource::from).chain(own).collect();
    Ok(Seen { position: page.position, body: RolePage { roles, next: next(page.next.as_ref()) } })
}
