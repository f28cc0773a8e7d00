//! What queries have in common.

use acta_application::views::{Cursor, Order};
use acta_projections::{cursor_from_text, cursor_to_text};
use serde::{Deserialize, Deserializer, de};
use utoipa::IntoParams;

use crate::extract::Count;
use crate::schema;

/// A query that asks for nothing but freshness.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct AtLeastQuery {
    /// The position that the answer is to reflect at least; as the header `Acta-At-Least`.
    #[param(value_type = Option<schema::Whole>)]
    pub(crate) at_least: Option<Count>,
}

/// A query that asks for nothing.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct NoQuery {}

/// Where a page is to begin.
#[derive(Debug, Clone)]
pub(crate) struct PageStart(pub(crate) Cursor);

impl<'de> Deserialize<'de> for PageStart {
    fn deserialize<D: Deserializer<'de>>(reader: D) -> Result<Self, D::Error> {
        let text = String::deserialize(reader)?;
        cursor_from_text(&text).map(Self).map_err(de::Error::custom)
    }
}

/// The text of the cursor behind a page.
pub(crate) fn next(cursor: Option<&Cursor>) -> Option<String> {
    cursor.map(cursor_to_text)
}

/// Which way a list runs.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Direction {
    /// Lowest first.
    #[default]
    Ascending,
    /// Highest first.
    Descending,
}

impl From<Direction> for Order {
    fn from(direction: Direction) -> Self {
        match direction {
            Direction::Ascending => Self::Ascending,
            Direction::Descending => Self::Descending,
        }
    }
}
