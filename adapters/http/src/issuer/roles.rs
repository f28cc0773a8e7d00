//! Roles: templates of permissions.

mod change;
mod define;
mod list;
mod retire;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::state::App;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(define::define_role, list::list_roles))
        .routes(routes!(change::change_role, retire::retire_role))
}
