//! Pages of rows, and where they end.

use acta_application::log::Position;
use acta_application::views::{Cursor, RowKey, ViewName, ViewQuery, ViewRow, Views, ViewsError};
use acta_domain::SessionId;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;

use crate::Projection;

/// A run of rows.
#[derive(Debug, Clone, PartialEq)]
pub struct Page<T> {
    /// The rows.
    pub items: Vec<T>,
    /// Ask for what follows behind this; `None` when there is nothing more.
    pub next: Option<Cursor>,
    /// Every event up to here is reflected in the rows.
    pub position: Position,
}

/// The text is no cursor that this service gave out.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the cursor is not one that this service gave out")]
pub struct InvalidCursor;

/// `cursor` as an opaque text that fits in a URL.
pub fn cursor_to_text(cursor: &Cursor) -> String {
    BASE64.encode(format!("{}/{}/{}", cursor.rank, cursor.session, cursor.id))
}

/// The cursor that [`cursor_to_text`] wrote.
///
/// # Errors
/// [`InvalidCursor`] for any other text.
pub fn cursor_from_text(text: &str) -> Result<Cursor, InvalidCursor> {
    let plain =
        BASE64.decode(text).ok().and_then(|bytes| String::from_utf8(bytes).ok()).ok_or(InvalidCursor)?;
    let mut parts = plain.splitn(3, '/');
    let mut next = || parts.next().ok_or(InvalidCursor);
    let rank = next()?.parse().map_err(|_| InvalidCursor)?;
    let session: SessionId = next()?.parse().map_err(|_| InvalidCursor)?;
    Ok(Cursor { rank, session, id: next()?.to_owned() })
}

/// The view that `row` holds.
pub(crate) fn read<P: Projection>(view: &ViewName, row: &ViewRow) -> Result<P::View, ViewsError> {
    serde_json::from_str(&row.document).map_err(|error| ViewsError::Damaged {
        view: view.clone(),
        what: format!("row {} of session {}: {error}", row.key.id, row.key.session),
    })
}

/// The page of `P` that `query` asks for. The checkpoint is read first, so that the rows reflect at least it.
pub(crate) async fn page<P: Projection>(
    views: &dyn Views,
    query: &ViewQuery,
) -> Result<Page<P::View>, ViewsError> {
    let name = P::name();
    let position = views.checkpoint(&name).await?;
    let mut probe = query.clone();
    probe.limit = query.limit.saturating_add(1);
    let mut rows = views.query(&name, &probe).await?;
    let wanted = usize::try_from(query.limit).unwrap_or(usize::MAX);
    let more = rows.len() > wanted;
    rows.truncate(wanted);
    let next = rows.last().filter(|_| more).map(Cursor::behind);
    let items = rows.iter().map(|row| read::<P>(&name, row)).collect::<Result<_, _>>()?;
    Ok(Page { items, next, position })
}

/// One row of `P`, with the position that it reflects.
pub(crate) async fn one<P: Projection>(
    views: &dyn Views,
    key: &RowKey,
) -> Result<(Option<P::View>, Position), ViewsError> {
    let name = P::name();
    let position = views.checkpoint(&name).await?;
    let row = views.row(&name, key).await?;
    let view = row.map(|row| read::<P>(&name, &row)).transpose()?;
    Ok((view, position))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_survives_its_text() {
        let session: SessionId = "0198f2a0-0000-7000-8000-000000000001".parse().unwrap();
        let cursor = Cursor { rank: -7, session, id: "a/b".to_owned() };
        assert_eq!(cursor_from_text(&cursor_to_text(&cursor)), Ok(cursor));
    }

    #[test]
    fn another_text_is_no_cursor() {
        for text in ["", "Zm9v", "ü", "MS8yLzM"] {
            assert_eq!(cursor_from_text(text), Err(InvalidCursor), "{text}");
        }
    }
}
