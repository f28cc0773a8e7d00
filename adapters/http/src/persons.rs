//! Persons.

mod erase;
mod key;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::state::App;

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(erase::erase_person)).routes(routes!(key::get_person_key))
}
