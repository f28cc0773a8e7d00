//! What the governance service says: assemblies and votes.

mod assembly_activated;
mod assembly_completed;
mod event_data;
mod vote_closed;
mod vote_opened;

use acta_domain::{AssemblyId, VoteId};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::extract::Body;
use crate::schema;
use crate::state::App;

/// Which assembly.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, expecting = "an object")]
pub(crate) struct AssemblyBody {
    /// The assembly, as the governance service names it.
    #[schema(value_type = schema::AssemblyId)]
    assembly_id: AssemblyId,
}

impl Body for AssemblyBody {}

/// Which vote.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, expecting = "an object")]
pub(crate) struct VoteBody {
    /// The vote, as the governance service names it.
    #[schema(value_type = schema::VoteId)]
    vote_id: VoteId,
}

impl Body for VoteBody {}

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(assembly_activated::mark_assembly_activated))
        .routes(routes!(assembly_completed::mark_assembly_completed))
        .routes(routes!(vote_opened::open_vote))
        .routes(routes!(vote_closed::close_vote))
        .routes(routes!(event_data::record_governance_data))
}
