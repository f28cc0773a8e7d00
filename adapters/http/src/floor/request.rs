//! `POST /sessions/{id}/floor/requests`.

use acta_application::access::{Permission, Principal};
use acta_application::floor::RequestSpeech;
use acta_domain::{PersonId, Priority, SpeechKind, SpeechRequestId};
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::answer::{Recorded, Written};
use crate::extract::{Allowed, Body, Command, FloorRequestOrModerate, Params, Text, given, personal};
use crate::paths::SessionPath;
use crate::problem::{Problem, ProblemKind};
use crate::schema;
use crate::state::App;

/// A request for the floor.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, expecting = "an object")]
pub(crate) struct RequestSpeechBody {
    /// Who wants it: oneself without it; somebody else only if one moderates the floor.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<Uuid>)]
    user_id: Option<PersonId>,
    /// What for.
    #[schema(value_type = schema::SpeechKind)]
    kind: SpeechKind,
    /// How urgent, from 0 (usual) to 9.
    #[serde(default)]
    #[schema(value_type = Option<schema::Priority>)]
    priority: Priority,
    /// What about; sealed.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<schema::Title>)]
    topic: Option<Text<300>>,
}

impl Body for RequestSpeechBody {}

impl RequestSpeechBody {
    fn into_input(self, principal: &Principal) -> Result<RequestSpeech, Problem> {
        Ok(RequestSpeech {
            person_id: whose(self.user_id, principal)?,
            kind: self.kind,
            priority: self.priority,
            topic: personal(self.topic),
        })
    }
}

/// Whose request it is to be.
fn whose(named: Option<PersonId>, principal: &Principal) -> Result<PersonId, Problem> {
    let own = principal.person();
    match named.or(own) {
        None => Err(Problem::new(ProblemKind::InvalidBody, "say who wants the floor").at_field("/user_id")),
        person if person != own && !principal.may(Permission::FloorModerate) => {
            Err(Problem::new(ProblemKind::NotYours, "one asks for the floor for oneself")
                .at_field("/user_id"))
        }
        Some(person) => Ok(person),
    }
}

/// A request for the floor, recorded.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SpeechRequested)]
pub(crate) struct SpeechRequestedAnswer {
    /// Its id.
    #[schema(value_type = Uuid)]
    request_id: SpeechRequestId,
    #[serde(flatten)]
    recorded: Recorded,
}

/// Ask for the floor.
#[utoipa::path(
    post, path = "/sessions/{id}/floor/requests", tag = "floor", operation_id = "request_speech",
    params(SessionPath), request_body = RequestSpeechBody,
    responses((status = 201, description = "Recorded.", body = SpeechRequestedAnswer)), security(("bearer" = [])),
)]
pub(super) async fn request_speech(
    State(app): State<App>,
    allowed: Allowed<FloorRequestOrModerate>,
    Params(path): Params<SessionPath>,
    command: Command<RequestSpeechBody>,
) -> Result<Written<SpeechRequestedAnswer>, Problem> {
    let context = command.context(&app, &allowed.principal);
    let input = command.body.into_input(&allowed.principal)?;
    let requested = app.use_cases.request_speech(&context, path.session, input).await?;
    let body =
        SpeechRequestedAnswer { request_id: requested.request_id, recorded: requested.accepted.into() };
    Ok(Written::created(requested.accepted, body))
}

#[cfg(test)]
mod tests {
    use acta_application::access::Role;
    use acta_application::log::Actor;
    use uuid::Uuid;

    use super::*;

    fn person(number: u128) -> PersonId {
        PersonId::new(Uuid::from_u128(number))
    }

    fn principal(actor: Actor, role: Role) -> Principal {
        let tenant = acta_domain::TenantId::new(Uuid::from_u128(1));
        Principal { tenant, actor, permissions: role.permissions().iter().copied().collect() }
    }

    #[test]
    fn a_participant_asks_for_themselves() {
        let principal = principal(Actor::Person(person(7)), Role::Participant);
        assert_eq!(whose(None, &principal).unwrap(), person(7));
        assert_eq!(whose(Some(person(7)), &principal).unwrap(), person(7));
    }

    #[test]
    fn a_participant_cannot_ask_for_somebody_else() {
        let principal = principal(Actor::Person(person(7)), Role::Participant);
        assert_eq!(whose(Some(person(8)), &principal).unwrap_err().kind(), ProblemKind::NotYours);
    }

    #[test]
    fn a_chair_asks_for_anybody() {
        let principal = principal(Actor::Person(person(7)), Role::Chair);
        assert_eq!(whose(Some(person(8)), &principal).unwrap(), person(8));
    }

    #[test]
    fn a_service_has_to_say_who() {
        let principal = principal(Actor::Service("desk".to_owned()), Role::Chair);
        assert_eq!(whose(None, &principal).unwrap_err().kind(), ProblemKind::InvalidBody);
    }
}
