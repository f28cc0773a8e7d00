//! `POST /sessions/{id}/governance/vote-closed`.

use axum::extract::State;

use super::VoteBody;
use crate::answer::{Recorded, Written};
use crate::extract::{Allowed, Command, GovernanceRecord, Params};
use crate::paths::SessionPath;
use crate::problem::Problem;
use crate::state::App;

/// Record that a vote was closed.
#[utoipa::path(
    post, path = "/sessions/{id}/governance/vote-closed", tag = "governance", operation_id = "close_vote", params(SessionPath),
    request_body = VoteBody, responses((status = 200, description = "Recorded.", body = Recorded)),
    security(("bearer" = [])),
)]
pub(super) async fn close_vote(
    State(app): State<App>,
    allowed: Allowed<GovernanceRecord>,
    Params(path): Params<SessionPath>,
    command: Command<VoteBody>,
) -> Result<Written<Recorded>, Problem> {
    let context = command.context(&app, &allowed.principal);
    let accepted = app.use_cases.close_vote(&context, path.session, command.body.vote_id).await?;
    Ok(Written::done(accepted))
}
