//! Row by row: the live view and its copy.

use std::cmp::Ordering;
use std::collections::{BTreeSet, HashMap, VecDeque};
use std::sync::Arc;

use acta_application::log::Position;
use acta_application::views::{RowKey, ViewName, ViewRow, Views, ViewsError};
use tokio::sync::mpsc;
use tokio_util::task::AbortOnDropHandle;

use super::copy::ViewCopy;

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

/// Compares all rows. The live view stands where the copy stands, or further.
pub(super) async fn compare_all(
    views: &Arc<dyn Views>,
    copy: &ViewCopy,
    found: &mut Differences,
) -> Result<(), ViewsError> {
    let mut live = Scan::start(views, &copy.live);
    let mut rebuilt = Scan::start(views, &copy.name);
    loop {
        let (left, right) = (live.peek().await?, rebuilt.peek().await?);
        let order = match (left, right) {
            (None, None) => return Ok(()),
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (Some(left), Some(right)) => left.key.cmp(&right.key),
        };
        found.compare(copy.at, left.filter(|_| order.is_le()), right.filter(|_| order.is_ge()));
        live.pass(order.is_le());
        rebuilt.pass(order.is_ge());
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
    for some in keys.chunks(SCAN as usize) {
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

/// A walk over all rows of a view, in order of key. The next rows are read while those before them are compared.
struct Scan {
    pages: mpsc::Receiver<Result<Vec<ViewRow>, ViewsError>>,
    page: VecDeque<ViewRow>,
    _task: AbortOnDropHandle<()>,
}

impl Scan {
    fn start(views: &Arc<dyn Views>, view: &ViewName) -> Self {
        let (give, pages) = mpsc::channel(1);
        let (views, view) = (Arc::clone(views), view.clone());
        let reading = async move {
            let mut last = None;
            loop {
                let rows = views.scan(&view, last.as_ref(), SCAN).await;
                let read = rows.as_ref().ok().and_then(|rows| rows.last());
                last = read.map(|row| row.key.clone());
                if give.send(rows).await.is_err() || last.is_none() {
                    return;
                }
            }
        };
        Self { pages, page: VecDeque::new(), _task: AbortOnDropHandle::new(tokio::spawn(reading)) }
    }

    /// The row at hand; `None` behind the last one.
    async fn peek(&mut self) -> Result<Option<&ViewRow>, ViewsError> {
        if self.page.is_empty()
            && let Some(rows) = self.pages.recv().await
        {
            self.page = rows?.into();
        }
        Ok(self.page.front())
    }

    /// Goes on behind the row at hand, if it `was_used`.
    fn pass(&mut self, was_used: bool) {
        if was_used {
            self.page.pop_front();
        }
    }
}
