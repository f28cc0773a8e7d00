//! The feed: the tenant's events in the order of the log, as pages or live.

mod event;
mod live;
mod page;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::state::App;

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(page::follow_events))
}
