//! `GET /events`.

use acta_application::log::{FeedScope, Position};
use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::event::EventResource;
use super::live;
use crate::answer::at_position;
use crate::extract::{Accept, Allowed, Count, FeedRead, Number, Query};
use crate::problem::{Problem, ProblemKind};
use crate::schema;
use crate::state::{App, HttpState};

const USUAL: u32 = 100;
const JSON: &str = "application/json";
const LIVE: &str = "text/event-stream";

/// Which events.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct FollowEventsQuery {
    /// Only events behind this position; from the beginning without it.
    #[param(value_type = Option<schema::Whole>)]
    after: Option<Count>,
    /// At most this many a page; live events have no pages.
    #[param(value_type = Option<u32>, minimum = 1, maximum = 1000, default = 100)]
    limit: Option<Number<1, 1_000>>,
}

/// A page of events.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct EventPage {
    /// The events, in order of position.
    events: Vec<EventResource>,
    /// Everything up to this position has been given: the next page is asked for after it.
    #[schema(value_type = schema::Whole)]
    reached: Position,
    /// The last position of the log.
    #[schema(value_type = schema::Whole)]
    head: Position,
}

/// The tenant's events: a page as JSON, or live as server-sent events.
///
/// Live, an event's `id` is its position; a client that comes back with `Last-Event-ID` misses nothing.
#[utoipa::path(
    get, path = "/events", tag = "feed", operation_id = "follow_events", params(
        FollowEventsQuery,
        ("Last-Event-ID" = Option<schema::Whole>, Header, description = "The last live event that was seen; goes before `after`."),
    ),
    responses((status = 200, description = "The events.", content(
        (EventPage = "application/json"), (String = "text/event-stream"),
    ))),
    security(("bearer" = [])),
)]
pub(super) async fn follow_events(
    State(app): State<App>,
    allowed: Allowed<FeedRead>,
    Query(query): Query<FollowEventsQuery>,
    accept: Accept,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let scope = FeedScope::Tenant(allowed.principal.tenant);
    let after = Position::new(query.after.map_or(0, Count::get));
    if accept.best(&[JSON, LIVE])? == LIVE {
        return Ok(live::answer(app, scope, last_event_id(&headers)?.unwrap_or(after)));
    }
    page(&app, scope, after, query.limit.map_or(USUAL, Number::as_u32)).await
}

async fn page(app: &HttpState, scope: FeedScope, after: Position, limit: u32) -> Result<Response, Problem> {
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let page = app.log.feed(scope, after, limit).await?;
    let events = page.events.into_iter().map(EventResource::try_from).collect::<Result<_, _>>()?;
    let head = *app.log.head().borrow();
    let body = EventPage { events, reached: page.reached, head };
    Ok((at_position(page.reached), Json(body)).into_response())
}

fn last_event_id(headers: &HeaderMap) -> Result<Option<Position>, Problem> {
    let Some(value) = headers.get("last-event-id") else {
        return Ok(None);
    };
    let number = value.to_str().ok().filter(|text| text.bytes().all(|byte| byte.is_ascii_digit()));
    let number =
        number.and_then(|text| text.parse::<u64>().ok()).and_then(|number| Count::try_from(number).ok());
    number.map(|number| Some(Position::new(number.get()))).ok_or_else(|| {
        Problem::new(ProblemKind::InvalidParameter, "it must be the position of an event")
            .at_parameter("Last-Event-ID")
    })
}
