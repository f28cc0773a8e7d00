//! The copy of one view.

use std::sync::Arc;

use acta_application::log::Position;
use acta_application::views::{RowKey, ViewName, ViewRow, ViewsError};

use super::ahead::{Concern, Page, Read};
use super::memory::{Changes, Memory};
use super::writer::Batch;
use super::{Bounds, RebuildError};
use crate::access::Access;
use crate::assemblies::Assemblies;
use crate::attendance::Attendance;
use crate::clients::Clients;
use crate::floor::Floor;
use crate::roles::Roles;
use crate::sessions::Sessions;
use crate::transcript::Transcript;
use crate::users::Users;
use crate::{Projection, ProjectionKind};

/// A copy that is being folded.
pub(super) struct ViewCopy {
    pub(super) kind: ProjectionKind,
    /// The live view.
    pub(super) live: ViewName,
    /// The copy itself.
    pub(super) name: ViewName,
    /// The last event folded.
    pub(super) at: Position,
    /// Where it is to go.
    pub(super) target: Position,
    /// The checkpoint of what is written, or about to be.
    written: Position,
    /// Since the last commit.
    unwritten_events: usize,
    unwritten_bytes: usize,
    bounds: Bounds,
    /// The rows that changed, once they are noted: after the comparison of everything.
    noted: Option<Vec<RowKey>>,
    rows: Box<dyn Rows>,
}

impl ViewCopy {
    pub(super) fn of(kind: ProjectionKind, bounds: Bounds) -> Self {
        let rows: Box<dyn Rows> = match kind {
            ProjectionKind::Sessions => Box::new(Memory::<Sessions>::new(bounds)),
            ProjectionKind::Attendance => Box::new(Memory::<Attendance>::new(bounds)),
            ProjectionKind::Floor => Box::new(Memory::<Floor>::new(bounds)),
            ProjectionKind::Transcript => Box::new(Memory::<Transcript>::new(bounds)),
            ProjectionKind::Assemblies => Box::new(Memory::<Assemblies>::new(bounds)),
            ProjectionKind::Users => Box::new(Memory::<Users>::new(bounds)),
            ProjectionKind::Roles => Box::new(Memory::<Roles>::new(bounds)),
            ProjectionKind::Clients => Box::new(Memory::<Clients>::new(bounds)),
            ProjectionKind::Access => Box::new(Memory::<Access>::new(bounds)),
        };
        let live = kind.view();
        let (name, start) = (live.rebuilding(), Position::default());
        Self {
            kind,
            live,
            name,
            at: start,
            target: start,
            written: start,
            unwritten_events: 0,
            unwritten_bytes: 0,
            bounds,
            noted: None,
            rows,
        }
    }

    /// Which events it wants.
    pub(super) fn concern(&self) -> Concern {
        self.rows.concern()
    }

    /// The rows that `page` changes and that must be read from the store first.
    pub(super) fn absent(&self, page: &Page) -> Vec<RowKey> {
        if self.rows.are_whole() { Vec::new() } else { self.rows.absent(self.of_page(page)) }
    }

    /// Takes in `rows` that were read from the store.
    pub(super) fn take_back(&mut self, rows: Vec<ViewRow>) -> Result<(), ViewsError> {
        self.rows.take_back(&self.name, rows)
    }

    /// Folds the events of `page`, up to the target.
    pub(super) fn fold(&mut self, page: &Page) -> Result<(), RebuildError> {
        for read in self.of_page(page) {
            if self.rows.fold(read).map_err(|source| self.poisoned(read, source))? {
                self.unwritten_events += 1;
                self.unwritten_bytes += read.event.size();
            }
        }
        self.at = self.at.max(page.reached.min(self.target));
        Ok(())
    }

    /// What to write now: much has changed, or the target is reached.
    pub(super) fn due(&mut self) -> Result<Option<Batch>, ViewsError> {
        let much = self.unwritten_events >= self.bounds.commit_events
            || self.unwritten_bytes >= self.bounds.commit_bytes;
        let ended = self.at == self.target;
        if self.written == self.at || !(much || ended) {
            return Ok(None);
        }
        let changes = self.rows.take_changes(&self.name)?;
        if let Some(noted) = &mut self.noted {
            noted.extend(changes.new.iter().chain(&changes.changed).map(|row| row.key.clone()));
        }
        (self.unwritten_events, self.unwritten_bytes) = (0, 0);
        let expected = std::mem::replace(&mut self.written, self.at);
        Ok(Some(Batch { view: self.name.clone(), expected, reached: self.at, changes }))
    }

    /// The rows that changed since this was asked before. From the first time on they are noted.
    pub(super) fn changed_since(&mut self) -> Vec<RowKey> {
        self.noted.replace(Vec::new()).unwrap_or_default()
    }

    /// Those events of `page` that are not folded yet and not behind the target.
    fn of_page<'a>(&self, page: &'a Page) -> &'a [Read] {
        let start = page.events.partition_point(|read| read.event.position <= self.at);
        let end = page.events.partition_point(|read| read.event.position <= self.target);
        page.events.get(start..end).unwrap_or_default()
    }

    fn poisoned(&self, read: &Read, source: PoisonSource) -> RebuildError {
        RebuildError::Poisoned { view: self.live.clone(), position: read.event.position, source }
    }
}

/// Why an event cannot be folded.
type PoisonSource = Box<dyn std::error::Error + Send + Sync>;

/// The rows of a copy, whatever its projection.
trait Rows: Send {
    fn concern(&self) -> Concern;
    fn are_whole(&self) -> bool;
    fn absent(&self, events: &[Read]) -> Vec<RowKey>;
    fn take_back(&mut self, name: &ViewName, rows: Vec<ViewRow>) -> Result<(), ViewsError>;
    /// Whether the event changed a row.
    fn fold(&mut self, read: &Read) -> Result<bool, PoisonSource>;
    fn take_changes(&mut self, name: &ViewName) -> Result<Changes, ViewsError>;
}

impl<P: Projection> Rows for Memory<P> {
    fn concern(&self) -> Concern {
        P::concerns
    }

    fn are_whole(&self) -> bool {
        self.is_whole()
    }

    fn absent(&self, events: &[Read]) -> Vec<RowKey> {
        let concerned = events.iter().filter(|read| P::concerns(&read.event.stream.aggregate_type));
        self.absent(concerned.filter_map(|read| P::key(&read.event, read.decoded.as_ref().ok()?)))
    }

    fn take_back(&mut self, name: &ViewName, rows: Vec<ViewRow>) -> Result<(), ViewsError> {
        self.take_back(name, rows)
    }

    fn fold(&mut self, read: &Read) -> Result<bool, PoisonSource> {
        let event = &read.event;
        if !P::concerns(&event.stream.aggregate_type) {
            return Ok(false);
        }
        let decoded = match &read.decoded {
            Ok(decoded) => decoded,
            Err(unreadable) => return Err(Box::new(Arc::clone(unreadable))),
        };
        let Some(key) = P::key(event, decoded) else {
            return Ok(false);
        };
        self.change(key, event.position, |view| P::fold(view, event, decoded))?;
        Ok(true)
    }

    fn take_changes(&mut self, name: &ViewName) -> Result<Changes, ViewsError> {
        self.take_changes(name)
    }
}
