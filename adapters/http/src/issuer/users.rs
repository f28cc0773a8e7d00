//! Users: who there is, and what they may do.

mod activity;
pub(super) mod create;
mod get;
mod list;
mod password;
mod permissions;
pub(super) mod resource;
mod roles;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::state::App;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(create::create_user, list::list_users))
        .routes(routes!(get::get_user))
        .routes(routes!(password::set_password))
        .routes(routes!(activity::disable_user))
        .routes(routes!(activity::enable_user))
        .routes(routes!(roles::grant_role, roles::revoke_role))
        .routes(routes!(permissions::change_permission, permissions::reset_permission))
}
