//! Evidence: what strangers check without trusting the service.

mod audit_proof;
mod consistency;
mod dossier;
mod file;
mod head;
mod heads;
mod inclusion;
mod latest_head;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::state::App;

/// COSE messages (RFC 9052 §2).
const COSE: &str = "application/cose";

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(audit_proof::get_audit_proof))
        .routes(routes!(dossier::get_dossier))
        .routes(routes!(heads::list_heads))
        .routes(routes!(latest_head::get_latest_head))
        .routes(routes!(inclusion::get_inclusion_receipt))
        .routes(routes!(consistency::get_consistency_receipt))
}
