//! Row by row: the live view and its copy.

use std::cmp::Ordering;
use std::collections::{BTreeSet, HashMap, VecDeque};

use acta_application::log::Position;
use acta_application::views::{RowKey, ViewName, ViewRow, Views, ViewsError};

use super::Names;

/// How many rows are read at a time.
const SCAN: u32 = 1_000;

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

/// Compares all rows. The copy stands at `at` and the live view there or further.
pub(super) async fn compare_all(
    views: &dyn Views,
    names: Names<'_>,
    at: Position,
    found: &mut Differences,
) -> Result<(), ViewsError> {
    let mut live = Scan::new(views, names.live);
    let mut copy = Scan::new(views, names.copy);
    loop {
        let (left, right) = (live.peek().await?, copy.peek().await?);
        let order = match (&left, &right) {
            (None, None) => return Ok(()),
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (Some(left), Some(right)) => left.key.cmp(&right.key),
        };
        let left = left.filter(|_| order.is_le());
        let right = right.filter(|_| order.is_ge());
        found.compare(at, left.as_ref(), right.as_ref());
        live.pass(left.is_some());
        copy.pass(right.is_some());
    }
}

/// Compares the rows of `keys`.
pub(super) async fn compare_rows(
    views: &dyn Views,
    names: Names<'_>,
    at: Position,
    keys: &[RowKey],
    found: &mut Differences,
) -> Result<(), ViewsError> {
    let keys: Vec<RowKey> = keys.iter().cloned().collect::<BTreeSet<_>>().into_iter().collect();
    for some in keys.chunks(SCAN as usize) {
        let live = by_key(views.rows(names.live, some).await?);
        let copy = by_key(views.rows(names.copy, some).await?);
        for key in some {
            found.compare(at, live.get(key), copy.get(key));
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

/// A walk over all rows of a view, in order of key.
struct Scan<'a> {
    views: &'a dyn Views,
    view: &'a ViewName,
    page: VecDeque<ViewRow>,
    last: Option<RowKey>,
    ended: bool,
}

impl<'a> Scan<'a> {
    fn new(views: &'a dyn Views, view: &'a ViewName) -> Self {
        Self { views, view, page: VecDeque::new(), last: None, ended: false }
    }

    /// The row at hand.
    async fn peek(&mut self) -> Result<Option<ViewRow>, ViewsError> {
        if self.page.is_empty() && !self.ended {
            let rows = self.views.scan(self.view, self.last.as_ref(), SCAN).await?;
            self.ended = rows.is_empty();
            self.last = rows.last().map(|row| row.key.clone()).or(self.last.take());
            self.page = rows.into();
        }
        Ok(self.page.front().cloned())
    }

    /// Goes on behind the row at hand, if it `was_used`.
    fn pass(&mut self, was_used: bool) {
        if was_used {
            self.page.pop_front();
        }
    }
}
