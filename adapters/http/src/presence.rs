//! Presence as evidence: what was seen of people, and when they were there.

mod intervals;
mod signals;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::state::App;

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(signals::note_signals)).routes(routes!(intervals::get_intervals))
}
