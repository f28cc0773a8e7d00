//! `GET /sessions/{id}/transcript`.

use acta_application::access::Permission;
use acta_application::views::Order;
use acta_domain::{Language, MediaTime, PersonId, SessionId, TenantId};
use acta_projections::ProjectionKind;
use acta_projections::transcript::export::Format;
use acta_projections::transcript::{TranscriptQuery, chunks};
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::export;
use super::resource::ChunkResource;
use crate::answer::Seen;
use crate::extract::{Accept, Allowed, Count, Freshness, Number, Params, Query, SessionsRead};
use crate::paths::SessionPath;
use crate::problem::Problem;
use crate::queries::{PageStart, next};
use crate::reading::{self, Opener};
use crate::schema;
use crate::state::{App, HttpState};

const USUAL: u32 = 100;
const JSON: &str = "application/json";
const VTT: &str = "text/vtt";
const SRT: &str = "application/x-subrip";
const TEXT: &str = "text/plain";

/// The form of the answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum TranscriptFormat {
    /// A page of chunks.
    Json,
    /// The whole as `WebVTT`.
    Vtt,
    /// The whole as `SubRip`.
    Srt,
    /// The whole as plain text.
    Txt,
}

/// Which chunks.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct TranscriptParams {
    /// Only chunks that begin there or later, in milliseconds of the session.
    #[param(value_type = Option<schema::MediaTime>)]
    from_ms: Option<MediaTime>,
    /// Only chunks that begin before, in milliseconds of the session.
    #[param(value_type = Option<schema::MediaTime>)]
    until_ms: Option<MediaTime>,
    /// Only what this person said.
    #[param(value_type = Option<Uuid>)]
    speaker_id: Option<PersonId>,
    /// Only what was said in this language, exactly as tagged.
    #[param(value_type = Option<schema::Language>)]
    language: Option<Language>,
    /// Behind the page before: its `next`. Files are whole and take none.
    #[param(value_type = Option<schema::Cursor>)]
    cursor: Option<PageStart>,
    /// At most this many chunks a page. Files are whole and take none.
    #[param(value_type = Option<u32>, minimum = 1, maximum = 1000, default = 100)]
    limit: Option<Number<1, 1_000>>,
    /// The form of the answer; goes before `Accept`.
    #[param(value_type = Option<schema::TranscriptFormat>)]
    format: Option<TranscriptFormat>,
    /// The position that the answer is to reflect at least; as the header `Acta-At-Least`.
    #[param(value_type = Option<schema::Whole>)]
    at_least: Option<Count>,
}

impl TranscriptParams {
    /// The file that is wanted; [`None`] for a page as JSON.
    fn file(&self, accept: &Accept) -> Result<Option<Format>, Problem> {
        Ok(match self.format {
            Some(TranscriptFormat::Json) => None,
            Some(TranscriptFormat::Vtt) => Some(Format::WebVtt),
            Some(TranscriptFormat::Srt) => Some(Format::Srt),
            Some(TranscriptFormat::Txt) => Some(Format::Text),
            None => match accept.best(&[JSON, VTT, SRT, TEXT])? {
                VTT => Some(Format::WebVtt),
                SRT => Some(Format::Srt),
                TEXT => Some(Format::Text),
                _ => None,
            },
        })
    }

    fn into_query(self, tenant: TenantId, session: SessionId) -> TranscriptQuery {
        TranscriptQuery {
            tenant,
            session,
            speaker: self.speaker_id,
            language: self.language,
            from: self.from_ms,
            until: self.until_ms,
            order: Order::Ascending,
            after: self.cursor.map(|start| start.0),
            limit: self.limit.map_or(USUAL, Number::as_u32),
        }
    }
}

/// A page of a transcript.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TranscriptPage {
    /// The chunks, by where they begin.
    chunks: Vec<ChunkResource>,
    /// What to give as `cursor` for the page behind this one; absent on the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<schema::Cursor>)]
    next: Option<String>,
}

/// The transcript: a page of chunks as JSON, or the whole as a file.
#[utoipa::path(
    get, path = "/sessions/{id}/transcript", tag = "transcript", operation_id = "get_transcript",
    params(SessionPath, TranscriptParams),
    responses((status = 200, description = "The transcript.", content(
        (TranscriptPage = "application/json"), (String = "text/vtt"), (String = "application/x-subrip"), (String = "text/plain"),
    ))),
    security(("bearer" = [])),
)]
pub(super) async fn get_transcript(
    State(app): State<App>,
    allowed: Allowed<SessionsRead>,
    Params(path): Params<SessionPath>,
    Query(query): Query<TranscriptParams>,
    accept: Accept,
    freshness: Freshness,
) -> Result<Response, Problem> {
    let file = query.file(&accept)?;
    if file.is_some() {
        allowed.also(Permission::PersonsRead)?;
    }
    let tenant = allowed.principal.tenant;
    let kind = ProjectionKind::Transcript;
    reading::session(&app, tenant, path.session, &freshness, query.at_least, kind).await?;
    let query = query.into_query(tenant, path.session);
    match file {
        Some(format) => export::answer(app, query, format).await,
        None => {
            page(&app, &query, Opener::of(&app, &allowed.principal)).await.map(IntoResponse::into_response)
        }
    }
}

async fn page(
    app: &HttpState,
    query: &TranscriptQuery,
    opener: Opener<'_>,
) -> Result<Seen<TranscriptPage>, Problem> {
    let page = chunks(&*app.views, query).await?;
    let mut shown = Vec::with_capacity(page.items.len());
    for view in &page.items {
        shown.push(ChunkResource::open(view, query.session, opener).await?);
    }
    let body = TranscriptPage { chunks: shown, next: next(page.next.as_ref()) };
    Ok(Seen { position: page.position, body })
}
