//! Sessions.

mod cancel;
mod create;
mod end;
mod get;
mod list;
mod live;
mod presence;
mod resource;
mod seal;
mod start;
mod update;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::state::App;

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(create::create_session, list::list_sessions))
        .routes(routes!(get::get_session, update::update_session))
        .routes(routes!(start::start_session))
        .routes(routes!(end::end_session))
        .routes(routes!(cancel::cancel_session))
        .routes(routes!(seal::seal_session))
        .routes(routes!(presence::list_presence))
        .routes(routes!(live::join_session))
}
