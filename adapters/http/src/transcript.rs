//! The transcript: what was said.

mod add;
mod correct;
mod export;
mod list;
mod resource;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::state::App;

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list::get_transcript))
        .routes(routes!(add::add_chunk))
        .routes(routes!(correct::correct_chunk))
}
