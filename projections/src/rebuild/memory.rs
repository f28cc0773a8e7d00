//! The rows of a copy that are being folded.
//!
//! What changed since the last commit is always here. What was written stays while there is room, the least recently changed leaves
//! first, and is read back from the copy when an event concerns it again.

use std::collections::{HashMap, HashSet};

use acta_application::log::Position;
use acta_application::views::{RowKey, ViewName, ViewRow, ViewsError};
use lru::LruCache;

use super::Bounds;
use super::gone::Gone;
use crate::page::read;
use crate::step::row;
use crate::{Poison, Projection};

/// About what a row takes beside its document, in bytes.
const ROW: usize = 256;

/// Rows to be written.
#[derive(Debug, Default)]
pub(super) struct Changes {
    /// Of keys that the copy does not have, in order of key.
    pub(super) new: Vec<ViewRow>,
    /// Of keys that it has, in order of key.
    pub(super) changed: Vec<ViewRow>,
}

/// A row that is not written yet.
struct Unwritten<V> {
    view: V,
    position: Position,
    /// Whether the copy lacks it.
    new: bool,
}

/// A row as the copy holds it.
struct Written<V> {
    view: V,
    bytes: usize,
}

/// The rows of one copy.
pub(super) struct Memory<P: Projection> {
    bounds: Bounds,
    unwritten: HashMap<RowKey, Unwritten<P::View>>,
    written: LruCache<RowKey, Written<P::View>>,
    /// Of the written rows.
    bytes: usize,
    gone: Gone,
}

impl<P: Projection> Memory<P> {
    pub(super) fn new(bounds: Bounds) -> Self {
        let (unwritten, written) = (HashMap::new(), LruCache::unbounded());
        Self { bounds, unwritten, written, bytes: 0, gone: Gone::default() }
    }

    /// Whether every row of the copy is here.
    pub(super) fn is_whole(&self) -> bool {
        self.gone.is_empty()
    }

    /// Those of `keys` that the copy may have and that are not here.
    pub(super) fn absent(&self, keys: impl Iterator<Item = RowKey>) -> Vec<RowKey> {
        let absent = keys.filter(|key| !self.has(key) && self.gone.may_have(key));
        absent.collect::<HashSet<_>>().into_iter().collect()
    }

    fn has(&self, key: &RowKey) -> bool {
        self.unwritten.contains_key(key) || self.written.contains(key)
    }

    /// Takes in `rows` that were read from the copy `name`.
    pub(super) fn take_back(&mut self, name: &ViewName, rows: Vec<ViewRow>) -> Result<(), ViewsError> {
        for row in rows {
            let view = read::<P>(name, &row)?;
            self.keep(row.key, Written { view, bytes: row.document.len() });
        }
        Ok(())
    }

    /// Lets `fold` change the row of `key`; all that were [`Self::absent`] must have been taken back.
    pub(super) fn change(
        &mut self,
        key: RowKey,
        position: Position,
        fold: impl FnOnce(Option<P::View>) -> Result<P::View, Poison>,
    ) -> Result<(), Poison> {
        let (before, new) = match self.unwritten.remove(&key) {
            Some(Unwritten { view, new, .. }) => (Some(view), new),
            None => self.forget(&key).map_or((None, true), |view| (Some(view), false)),
        };
        let view = fold(before)?;
        self.unwritten.insert(key, Unwritten { view, position, new });
        Ok(())
    }

    /// The rows that are not written yet; they count as written from here on.
    pub(super) fn take_changes(&mut self, name: &ViewName) -> Result<Changes, ViewsError> {
        let mut unwritten: Vec<_> = self.unwritten.drain().collect();
        unwritten.sort_unstable_by(|(one, _), (other, _)| one.cmp(other));
        let mut changes = Changes::default();
        for (key, Unwritten { view, position, new }) in unwritten {
            let row = row::<P>(name, key.clone(), &view, position)?;
            self.keep(key, Written { view, bytes: row.document.len() });
            if new { &mut changes.new } else { &mut changes.changed }.push(row);
        }
        self.make_room();
        Ok(changes)
    }

    fn keep(&mut self, key: RowKey, row: Written<P::View>) {
        self.bytes += row.bytes + ROW;
        self.written.put(key, row);
    }

    fn forget(&mut self, key: &RowKey) -> Option<P::View> {
        let row = self.written.pop(key)?;
        self.bytes -= row.bytes + ROW;
        Some(row.view)
    }

    fn make_room(&mut self) {
        while (self.written.len() > self.bounds.rows || self.bytes > self.bounds.bytes)
            && let Some((key, row)) = self.written.pop_lru()
        {
            self.bytes -= row.bytes + ROW;
            self.gone.add(&key);
        }
    }
}
