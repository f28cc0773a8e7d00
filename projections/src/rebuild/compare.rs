//! Row by row: the live view and its copy.

use std::collections::{BTreeSet, HashMap};

use acta_application::log::Position;
use acta_application::views::{RowKey, Unlike, ViewRow, Views, ViewsError};

use super::copy::ViewCopy;

/// About how many rows the store compares at a time: it does so in much less time than it may take.
const RUN: u32 = 5_000;

/// How many rows are read at a time.
const READ: usize = 1_000;

/// A row that is not the same in both.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// Which row.
    pub key: RowKey,
    /// In what way.
    pub kind: DifferenceKind,
}

/// How a row differs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DifferenceKind {
    /// The log knows of no such row.
    OnlyLive,
    /// The live view lacks it.
    OnlyRebuilt,
    /// Both have it, with other contents.
    Differs {
        /// What differs: the document's members by name, and `columns` or `position` of the row.
        what: Vec<String>,
    },
}

impl Difference {
    /// How many a report keeps; all are counted.
    pub const KEPT: usize = 100;
}

impl std::fmt::Display for Difference {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let RowKey { tenant, session, id } = &self.key;
        write!(f, "row {id} of session {session} (tenant {tenant}) ")?;
        match &self.kind {
            DifferenceKind::OnlyLive => f.write_str("is in the live view only"),
            DifferenceKind::OnlyRebuilt => f.write_str("is in the rebuilt view only"),
            DifferenceKind::Differs { what } => write!(f, "differs in {}", what.join(", ")),
        }
    }
}

/// What a comparison found so far.
#[derive(Debug, Default)]
pub(super) struct Differences {
    pub(super) compared: u64,
    pub(super) differing: u64,
    pub(super) kept: Vec<Difference>,
}

impl Differences {
    pub(super) fn is_empty(&self) -> bool {
        self.differing == 0
    }

    /// Compares one row, of which at least one side exists. A live row that is newer than `at` is left for later.
    fn compare(&mut self, at: Position, live: Option<&ViewRow>, copy: Option<&ViewRow>) {
        if live.is_some_and(|row| row.position > at) {
            return;
        }
        self.compared += 1;
        let (key, kind) = match (live, copy) {
            (Some(live), Some(copy)) if same(live, copy) => return,
            (Some(live), Some(copy)) => {
                (&live.key, DifferenceKind::Differs { what: what_differs(live, copy) })
            }
            (Some(live), None) => (&live.key, DifferenceKind::OnlyLive),
            (None, Some(copy)) => (&copy.key, DifferenceKind::OnlyRebuilt),
            (None, None) => return,
        };
        self.differing += 1;
        if self.kept.len() < Difference::KEPT {
            self.kept.push(Difference { key: key.clone(), kind });
        }
    }
}

/// Compares all rows. The live view stands where the copy stands, or further.
///
/// The store passes over the rows that are the same to the byte; what is left is compared member by member. A live row that is newer
/// than the copy is never the same: its position is another.
pub(super) async fn compare_all(
    views: &dyn Views,
    copy: &ViewCopy,
    found: &mut Differences,
) -> Result<(), ViewsError> {
    let mut after = None;
    loop {
        let Unlike { compared, keys, next } =
            views.unlike(&copy.live, &copy.name, after.as_ref(), RUN).await?;
        found.compared += compared.saturating_sub(keys.len() as u64);
        compare_rows(views, copy, keys, found).await?;
        if next.is_none() {
            return Ok(());
        }
        after = next;
    }
}

/// Compares the rows of `keys`.
pub(super) async fn compare_rows(
    views: &dyn Views,
    copy: &ViewCopy,
    keys: Vec<RowKey>,
    found: &mut Differences,
) -> Result<(), ViewsError> {
    let keys: Vec<RowKey> = keys.into_iter().collect::<BTreeSet<_>>().into_iter().collect();
    for some in keys.chunks(READ) {
        let live = by_key(views.rows(&copy.live, some).await?);
        let rebuilt = by_key(views.rows(&copy.name, some).await?);
        for key in some {
            found.compare(copy.at, live.get(key), rebuilt.get(key));
        }
    }
    Ok(())
}

fn by_key(rows: Vec<ViewRow>) -> HashMap<RowKey, ViewRow> {
    rows.into_iter().map(|row| (row.key.clone(), row)).collect()
}

/// Whether two rows say the same, whatever the store made of the spelling of their documents.
fn same(live: &ViewRow, copy: &ViewRow) -> bool {
    live == copy || what_differs(live, copy).is_empty()
}

/// The names of what differs between two rows of one key.
fn what_differs(live: &ViewRow, copy: &ViewRow) -> Vec<String> {
    let mut what = members_that_differ(&live.document, &copy.document);
    if live.columns != copy.columns {
        what.push("columns".to_owned());
    }
    if live.position != copy.position {
        what.push("position of the row".to_owned());
    }
    what
}

/// The names of the members in which two documents differ.
fn members_that_differ(live: &str, copy: &str) -> Vec<String> {
    type Members = serde_json::Map<String, serde_json::Value>;
    let parsed = (serde_json::from_str::<Members>(live), serde_json::from_str::<Members>(copy));
    let (Ok(live), Ok(copy)) = parsed else {
        return vec!["a document that is no JSON object".to_owned()];
    };
    let names: BTreeSet<&String> = live.keys().chain(copy.keys()).collect();
    names.into_iter().filter(|name| live.get(*name) != copy.get(*name)).cloned().collect()
}
