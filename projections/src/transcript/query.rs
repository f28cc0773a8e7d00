//! Questions about transcripts.

use acta_application::log::Position;
use acta_application::views::{Cursor, Order, RowKey, ViewQuery, Views, ViewsError};
use acta_domain::values::{ChunkNumber, Language, MediaTime};
use acta_domain::{PersonId, SessionId, TenantId};

use super::{ChunkView, Transcript, row_id};
use crate::Page;
use crate::page::{one, page};

/// Which chunks of a session, by where they begin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TranscriptQuery {
    /// Whose session.
    pub tenant: TenantId,
    /// Which session.
    pub session: SessionId,
    /// Only what this person said.
    pub speaker: Option<PersonId>,
    /// Only what was said in this language, exactly as tagged.
    pub language: Option<Language>,
    /// Only chunks that begin there or later.
    pub from: Option<MediaTime>,
    /// Only chunks that begin before.
    pub until: Option<MediaTime>,
    /// Direction.
    pub order: Order,
    /// Behind the page before.
    pub after: Option<Cursor>,
    /// At most this many; at least one.
    pub limit: u32,
}

impl TranscriptQuery {
    /// Everything that was said in `session`, at most `limit` chunks.
    pub fn of_session(tenant: TenantId, session: SessionId, limit: u32) -> Self {
        Self {
            tenant,
            session,
            speaker: None,
            language: None,
            from: None,
            until: None,
            order: Order::Ascending,
            after: None,
            limit,
        }
    }

    fn rows(&self) -> ViewQuery {
        ViewQuery {
            kind: self.language.as_ref().map(|language| language.as_str().to_owned()),
            person: self.speaker.map(|speaker| speaker.to_string()),
            rank_from: self.from.map(rank),
            rank_until: self.until.map(rank),
            order: self.order,
            after: self.after.clone(),
            ..ViewQuery::of_session(self.tenant, self.session, self.limit.max(1))
        }
    }
}

fn rank(time: MediaTime) -> i64 {
    i64::try_from(time.get()).unwrap_or(i64::MAX)
}

/// The chunks that `query` asks for.
///
/// # Errors
/// See [`ViewsError`].
pub async fn chunks(views: &dyn Views, query: &TranscriptQuery) -> Result<Page<ChunkView>, ViewsError> {
    page::<Transcript>(views, &query.rows()).await
}

/// One chunk, with the position that the answer reflects.
///
/// # Errors
/// See [`ViewsError`].
pub async fn chunk(
    views: &dyn Views,
    tenant: TenantId,
    session: SessionId,
    chunk: ChunkNumber,
) -> Result<(Option<ChunkView>, Position), ViewsError> {
    one::<Transcript>(views, &RowKey { tenant, session, id: row_id(chunk) }).await
}
