//! `POST /sessions/{id}/presence/signals`.

use std::time::Duration;

use acta_application::presence::SignalSeen;
use acta_domain::presence::MOST_SIGNALS;
use acta_domain::{PersonId, Sign, SignalSource, Timestamp};
use axum::extract::State;
use serde::{Deserialize, Deserializer, de};
use utoipa::ToSchema;

use crate::answer::{Recorded, Written};
use crate::extract::{Allowed, AttendanceManage, Body, Command, Params, Text};
use crate::paths::SessionPath;
use crate::problem::{Problem, ProblemKind};
use crate::schema;
use crate::state::App;

/// How far the clock of a source may be ahead.
const AHEAD: Duration = Duration::from_mins(1);

/// What was seen of people.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, expecting = "an object")]
pub(crate) struct NoteSignalsBody {
    /// The signals, in any order. Those that are known already are left out.
    #[serde(deserialize_with = "some")]
    #[schema(min_items = 1, max_items = 500)]
    signals: Vec<SignalBody>,
}

/// What a source saw of somebody.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, expecting = "an object")]
pub(crate) struct SignalBody {
    /// Whom, by opaque id.
    #[schema(value_type = Uuid)]
    user_id: PersonId,
    /// How it became known.
    #[schema(value_type = schema::NotedSource)]
    source: NotedSource,
    /// What the source calls the place that saw them, such as a participant of its room: arrivals and departures answer each other
    /// inside one. It is kept as a keyed digest.
    #[schema(value_type = schema::Channel)]
    channel: Text<128>,
    /// What it says.
    #[schema(value_type = schema::Sign)]
    sign: Sign,
    /// When it was seen, by the source's clock.
    #[schema(value_type = schema::Moment)]
    observed_at: Timestamp,
}

/// A source that tells by this route: doors and sockets speak for themselves.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum NotedSource {
    Provider,
    Manual,
}

impl From<NotedSource> for SignalSource {
    fn from(source: NotedSource) -> Self {
        match source {
            NotedSource::Provider => Self::Provider,
            NotedSource::Manual => Self::Manual,
        }
    }
}

impl Body for NoteSignalsBody {}

impl From<SignalBody> for SignalSeen {
    fn from(body: SignalBody) -> Self {
        let SignalBody { user_id, source, channel, sign, observed_at } = body;
        Self { person_id: user_id, source: source.into(), channel: channel.into(), sign, observed_at }
    }
}

impl NoteSignalsBody {
    /// What nobody can have seen yet at `now` is refused.
    fn must_be_past(&self, now: Timestamp) -> Result<(), Problem> {
        let micros = u64::try_from(AHEAD.as_micros()).expect("a minute is short");
        let latest = now.plus_micros(micros);
        let future = self.signals.iter().position(|signal| signal.observed_at > latest);
        future.map_or(Ok(()), |number| {
            Err(Problem::new(ProblemKind::InvalidBody, "it lies in the future")
                .at_field(format!("/signals/{number}/observed_at")))
        })
    }
}

/// Reads 1 to 500 signals.
fn some<'de, D: Deserializer<'de>>(reader: D) -> Result<Vec<SignalBody>, D::Error> {
    let signals = Vec::deserialize(reader)?;
    if (1..=MOST_SIGNALS).contains(&signals.len()) {
        return Ok(signals);
    }
    Err(de::Error::custom(format_args!("1 to {MOST_SIGNALS} signals may come at once")))
}

/// Record what was seen of people: that they came or went, as a provider of rooms or somebody who runs the session saw it.
///
/// Signals can be told until the session is sealed, in any order and again: each is kept once. When people were there follows from them;
/// see `get_intervals`.
#[utoipa::path(
    post, path = "/sessions/{id}/presence/signals", tag = "attendance", operation_id = "note_signals",
    params(SessionPath), request_body = NoteSignalsBody,
    responses((status = 200, description = "Recorded.", body = Recorded)), security(("bearer" = [])),
)]
pub(super) async fn note_signals(
    State(app): State<App>,
    allowed: Allowed<AttendanceManage>,
    Params(path): Params<SessionPath>,
    command: Command<NoteSignalsBody>,
) -> Result<Written<Recorded>, Problem> {
    command.body.must_be_past(app.clock.now())?;
    let context = command.context(&app, &allowed.principal);
    let seen = command.body.signals.into_iter().map(Into::into).collect();
    Ok(Written::done(app.use_cases.report_signals(&context, path.session, seen).await?))
}
