//! A user as the API shows them.

use acta_application::register::register_of;
use acta_domain::{Permission, PersonId, RoleName, TenantId, Timestamp, UserId};
use acta_projections::users::{Effect, PermissionChange, RoleGrant, UserStatus, UserView};
use serde::Serialize;
use utoipa::ToSchema;

use crate::problem::Problem;
use crate::reading::{Opened, Opener};
use crate::schema;

/// A user.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = User)]
pub(crate) struct UserResource {
    /// The user.
    #[schema(value_type = Uuid)]
    user_id: UserId,
    /// Who it is, by opaque id.
    #[schema(value_type = Uuid)]
    person_id: PersonId,
    /// Whether they may sign in.
    #[schema(value_type = schema::UserStatus)]
    status: UserStatus,
    /// What they type to say who they are, to readers who may see it.
    login: Option<String>,
    /// What they are called, to readers who may see it.
    name: Option<String>,
    /// Whether login and name stay shut: the reader may not see them, or the person was erased.
    names_sealed: bool,
    /// Since when they have the password that they have.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<schema::Moment>)]
    password_since: Option<Timestamp>,
    /// Their roles, oldest grant first.
    roles: Vec<RoleGrantResource>,
    /// What was added to what the roles permit, or removed from it, oldest first.
    permissions: Vec<PermissionChangeResource>,
    /// Who created them.
    #[schema(value_type = schema::Actor)]
    created_by: String,
    /// When they were created.
    #[schema(value_type = schema::Moment)]
    created_at: Timestamp,
    /// Since when they are disabled.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<schema::Moment>)]
    disabled_at: Option<Timestamp>,
    /// Their version.
    #[schema(value_type = schema::Whole)]
    version: u64,
    /// The position of the last event about them.
    #[schema(value_type = schema::Whole)]
    position: u64,
}

/// A role that somebody was given.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RoleGrant)]
pub(crate) struct RoleGrantResource {
    /// The role.
    #[schema(value_type = schema::RoleName)]
    role: RoleName,
    /// By whom.
    #[schema(value_type = schema::Actor)]
    granted_by: String,
    /// When.
    #[schema(value_type = schema::Moment)]
    granted_at: Timestamp,
}

/// A single permission that somebody was given or denied.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PermissionChange)]
pub(crate) struct PermissionChangeResource {
    /// The permission.
    #[schema(value_type = schema::Permission)]
    permission: Permission,
    /// `added` or `removed`.
    #[schema(value_type = String, pattern = "^(added|removed)$")]
    effect: Effect,
    /// By whom.
    #[schema(value_type = schema::Actor)]
    granted_by: String,
    /// When.
    #[schema(value_type = schema::Moment)]
    granted_at: Timestamp,
}

impl From<RoleGrant> for RoleGrantResource {
    fn from(grant: RoleGrant) -> Self {
        Self { role: grant.role, granted_by: grant.granted_by.to_string(), granted_at: grant.granted_at }
    }
}

impl From<PermissionChange> for PermissionChangeResource {
    fn from(change: PermissionChange) -> Self {
        let PermissionChange { permission, effect, granted_by, granted_at } = change;
        Self { permission, effect, granted_by: granted_by.to_string(), granted_at }
    }
}

impl UserResource {
    /// `view`, opened as far as the reader may see.
    pub(in crate::issuer) async fn open(
        view: UserView,
        tenant: TenantId,
        opener: Opener<'_>,
    ) -> Result<Self, Problem> {
        let names = opener.open(register_of(tenant), view.names.as_ref()).await?;
        Ok(Self::with(view, names))
    }

    /// `view` with its names.
    fn with(view: UserView, mut names: Opened) -> Self {
        Self {
            user_id: view.user_id,
            person_id: view.person_id,
            status: view.status,
            login: names.take("login"),
            name: names.take("name"),
            names_sealed: names.sealed,
            password_since: view.password_since,
            roles: view.roles.into_iter().map(Into::into).collect(),
            permissions: view.permissions.into_iter().map(Into::into).collect(),
            created_by: view.created_by.to_string(),
            created_at: view.created_at,
            disabled_at: view.disabled_at,
            version: view.version.get(),
            position: view.position.get(),
        }
    }
}
