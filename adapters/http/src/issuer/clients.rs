//! Clients: services that get tokens for themselves.

mod list;
mod register;
mod revoke;
mod roles;
mod rotate;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::state::App;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(register::register_client, list::list_clients))
        .routes(routes!(rotate::rotate_client_secret))
        .routes(routes!(roles::change_client_roles))
        .routes(routes!(revoke::revoke_client))
}
