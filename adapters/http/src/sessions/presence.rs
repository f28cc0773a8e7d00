//! `GET /sessions/{id}/presence`.

use acta_application::log::Actor;
use acta_application::presence::{Connected, PresencePage};
use acta_domain::{PersonId, Timestamp};
use axum::Json;
use axum::extract::State;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::extract::{Allowed, Number, Params, Query, SessionsRead};
use crate::paths::SessionPath;
use crate::problem::{Problem, ProblemKind};
use crate::schema;
use crate::state::App;

const USUAL: u32 = 100;

/// Which of those who are connected.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct PresenceQuery {
    /// At most this many.
    #[param(value_type = Option<u32>, minimum = 1, maximum = 1000, default = 100)]
    limit: Option<Number<1, 1_000>>,
    /// Behind the page before: its `next`.
    #[serde(default, deserialize_with = "actor")]
    #[param(value_type = Option<schema::Actor>)]
    after: Option<Actor>,
}

fn actor<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Actor>, D::Error> {
    String::deserialize(deserializer)?.parse().map(Some).map_err(D::Error::custom)
}

/// Who is connected to a session just now.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Presence)]
pub(crate) struct PresenceAnswer {
    /// How many people and services are connected.
    #[schema(value_type = schema::Whole)]
    people: u64,
    /// A page of them, in the order of `person:<user id>` and `service:<name>`.
    connected: Vec<ConnectedResource>,
    /// What to give as `after` for the page behind this one; absent on the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<schema::Actor>)]
    next: Option<String>,
}

/// Somebody who is connected: a person or a service.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Connected)]
pub(crate) struct ConnectedResource {
    /// The person, by opaque id.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Uuid>)]
    user_id: Option<PersonId>,
    /// The service, by name.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<schema::ServiceName>)]
    service: Option<String>,
    /// How many connections they have.
    #[schema(minimum = 1)]
    connections: u32,
    /// Since when they have had one without a pause.
    #[schema(value_type = schema::Moment)]
    since: Timestamp,
}

impl From<PresencePage> for PresenceAnswer {
    fn from(page: PresencePage) -> Self {
        let last = page.connected.last().filter(|_| page.more);
        let next = last.map(|last| last.actor.to_string());
        let connected = page.connected.into_iter().map(ConnectedResource::from).collect();
        Self { people: page.people, connected, next }
    }
}

impl From<Connected> for ConnectedResource {
    fn from(Connected { actor, connections, since }: Connected) -> Self {
        let (user_id, service) = match actor {
            Actor::Person(person) => (Some(person), None),
            Actor::Service(name) => (None, Some(name)),
            // The service's own clock has no connections.
            Actor::Clock => (None, None),
        };
        Self { user_id, service, connections, since }
    }
}

/// Who is connected to a session just now, on any instance of the service.
///
/// It is not on record: somebody who connects is here within a second, and is gone within seconds of their last connection. It does
/// not say that they attend; that is the session's attendance.
#[utoipa::path(
    get, path = "/sessions/{id}/presence", tag = "sessions", operation_id = "list_presence", params(SessionPath, PresenceQuery),
    responses((status = 200, description = "A page of those who are connected.", body = PresenceAnswer)),
    security(("bearer" = [])),
)]
pub(super) async fn list_presence(
    State(app): State<App>,
    allowed: Allowed<SessionsRead>,
    Params(path): Params<SessionPath>,
    Query(query): Query<PresenceQuery>,
) -> Result<Json<PresenceAnswer>, Problem> {
    let tenant = allowed.principal.tenant;
    if app.log.session_size(tenant, path.session).await? == 0 {
        return Err(Problem::new(ProblemKind::UnknownSession, "there is no such session"));
    }
    let limit = query.limit.map_or(USUAL, Number::as_u32);
    let page = app.presence.connected(tenant, path.session, query.after.as_ref(), limit).await?;
    Ok(Json(page.into()))
}
