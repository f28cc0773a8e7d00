//! The floor: who asked for it, who has it, who is muted, and the chair's clock.

mod account;
mod approve;
mod deny;
mod finish;
mod get;
mod group;
mod mute;
mod pause;
mod request;
mod resource;
mod resume;
mod rules;
mod unmute;
mod withdraw;

use acta_application::access::{Permission, Principal};
use acta_domain::PersonId;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::problem::{Problem, ProblemKind};
use crate::state::App;

/// The person that somebody acts as; [`None`] for whoever moderates the floor, who may act on everybody's requests.
fn on_whose_behalf(principal: &Principal) -> Result<Option<PersonId>, Problem> {
    if principal.may(Permission::FloorModerate) {
        return Ok(None);
    }
    let person = principal.person();
    person
        .map(Some)
        .ok_or_else(|| Problem::new(ProblemKind::NotYours, "only a person has requests of their own"))
}

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(get::get_floor))
        .routes(routes!(request::request_speech))
        .routes(routes!(withdraw::withdraw_speech))
        .routes(routes!(approve::approve_speech))
        .routes(routes!(deny::deny_speech))
        .routes(routes!(finish::finish_speech))
        .routes(routes!(mute::mute_attendee))
        .routes(routes!(pause::pause_turn))
        .routes(routes!(resume::resume_turn))
        .routes(routes!(unmute::unmute_attendee))
        .routes(routes!(rules::set_floor_rules))
        .routes(routes!(group::assign_group))
        .routes(routes!(account::set_time_account))
}
