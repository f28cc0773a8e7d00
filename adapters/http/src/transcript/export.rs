//! The whole transcript as a file, a page of chunks at a time.

use std::collections::HashMap;

use acta_domain::PersonId;
use acta_projections::Page;
use acta_projections::attendance::attendee;
use acta_projections::transcript::export::{Cue, Exporter, Format};
use acta_projections::transcript::{ChunkView, TranscriptQuery, chunks};
use axum::body::Body;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;

use crate::answer::at_position;
use crate::problem::Problem;
use crate::state::{App, HttpState};

const PAGE: u32 = 500;

/// The file may not be finished; the client sees the connection break, not a file that looks whole.
#[derive(Debug, thiserror::Error)]
#[error("the transcript cannot be read to its end")]
struct Broken;

/// The whole of what `query` asks for as a file. Whoever calls has checked that names and words may be seen.
pub(super) async fn answer(app: App, query: TranscriptQuery, format: Format) -> Result<Response, Problem> {
    let query = TranscriptQuery { after: None, limit: PAGE, ..query };
    let first = chunks(&*app.views, &query).await?;
    let position = first.position;
    let name = format!("attachment; filename=\"transcript-{}.{}\"", query.session, format.extension());
    let headers = [(CONTENT_TYPE, format.media_type().to_owned()), (CONTENT_DISPOSITION, name)];
    let body = Body::from_stream(file(app, query, format, first));
    Ok((at_position(position), headers, body).into_response())
}

fn file(
    app: App,
    mut query: TranscriptQuery,
    format: Format,
    first: Page<ChunkView>,
) -> impl futures::Stream<Item = Result<Bytes, Broken>> {
    async_stream::try_stream! {
        let mut writer = Writer { exporter: Exporter::new(format), names: HashMap::new() };
        yield Bytes::from_static(writer.exporter.header().as_bytes());
        let mut page = first;
        loop {
            yield writer.page(&app, &query, &page.items).await.map_err(|_| Broken)?;
            query.after = page.next;
            if query.after.is_none() {
                break;
            }
            page = chunks(&*app.views, &query).await.map_err(|error| {
                tracing::error!(error = crate::problem::chain(&error), "an export of a transcript broke off");
                Broken
            })?;
        }
    }
}

/// Opens chunks and writes them; remembers the names of speakers.
struct Writer {
    exporter: Exporter,
    names: HashMap<PersonId, Option<String>>,
}

impl Writer {
    async fn page(
        &mut self,
        app: &HttpState,
        query: &TranscriptQuery,
        chunks: &[ChunkView],
    ) -> Result<Bytes, Problem> {
        let mut text = String::new();
        for chunk in chunks {
            if let Some(cue) = self.cue(app, query, chunk).await? {
                text.push_str(&self.exporter.cue(&cue));
            }
        }
        Ok(text.into())
    }

    /// The chunk with its words; [`None`] when they cannot be read any more.
    async fn cue(
        &mut self,
        app: &HttpState,
        query: &TranscriptQuery,
        chunk: &ChunkView,
    ) -> Result<Option<Cue>, Problem> {
        let Some(part) = chunk.current_text() else {
            return Ok(None);
        };
        let opened = app.persons.open(query.tenant, query.session, &part.0).await?;
        let Some(text) = opened.and_then(|mut part| part.0.remove("text")) else {
            return Ok(None);
        };
        let speaker = match chunk.speaker_id {
            Some(person) => self.name(app, query, person).await?,
            None => None,
        };
        Ok(Some(Cue { start_ms: chunk.start_ms.get(), end_ms: chunk.end_ms.get(), speaker, text }))
    }

    async fn name(
        &mut self,
        app: &HttpState,
        query: &TranscriptQuery,
        person: PersonId,
    ) -> Result<Option<String>, Problem> {
        if let Some(name) = self.names.get(&person) {
            return Ok(name.clone());
        }
        let (view, _) = attendee(&*app.views, query.tenant, query.session, person).await?;
        let name = match view.and_then(|view| view.name) {
            Some(part) => app.persons.open(query.tenant, query.session, &part.0).await?,
            None => None,
        };
        let name = name.and_then(|mut part| part.0.remove("name"));
        self.names.insert(person, name.clone());
        Ok(name)
    }
}
