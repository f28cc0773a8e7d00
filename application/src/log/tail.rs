//! The newest events, kept in memory for those who follow the log: what was written a moment ago is not read again by each of them.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::{FeedPage, FeedScope, Position, RecordedEvent};

/// Most events in the tail.
const MOST_EVENTS: usize = 4_096;
/// Most bytes in the tail.
const MOST_BYTES: usize = 4 * 1024 * 1024;

/// A gapless run of events that are durable, ending with the last one that the writer wrote.
#[derive(Debug, Default)]
pub struct Tail(Mutex<Run>);

#[derive(Debug, Default)]
struct Run {
    events: VecDeque<Arc<RecordedEvent>>,
    bytes: usize,
}

impl Tail {
    /// Adds events that follow one another and are durable.
    pub fn extend(&self, events: impl Iterator<Item = RecordedEvent>) {
        let mut run = self.run();
        for event in events {
            run.push(event);
        }
    }

    /// Forgets everything: what the file holds is in doubt.
    pub fn clear(&self) {
        *self.run() = Run::default();
    }

    /// The page of the feed, if all of it is here.
    pub fn feed(&self, scope: FeedScope, after: Position, head: Position, limit: usize) -> Option<FeedPage> {
        if after >= head {
            return Some(FeedPage { events: Vec::new(), reached: after });
        }
        let found = self.run().between(after, head)?;
        let wanted = |event: &&Arc<RecordedEvent>| match scope {
            FeedScope::All => true,
            FeedScope::Tenant(tenant) => event.tenant_id == tenant,
        };
        let events: Vec<_> = found.iter().filter(wanted).take(limit).map(|event| (**event).clone()).collect();
        let reached = match events.last() {
            Some(last) if events.len() == limit => last.position,
            _ => head,
        };
        Some(FeedPage { events, reached })
    }

    fn run(&self) -> MutexGuard<'_, Run> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Run {
    fn push(&mut self, event: RecordedEvent) {
        if self.events.back().is_some_and(|last| last.position.next() != event.position) {
            *self = Self::default();
        }
        self.bytes += event.size();
        self.events.push_back(Arc::new(event));
        while self.events.len() > MOST_EVENTS || self.bytes > MOST_BYTES {
            let Some(oldest) = self.events.pop_front() else { return };
            self.bytes -= oldest.size();
        }
    }

    /// The events after `after`, up to `head`, if none of them is missing here.
    fn between(&self, after: Position, head: Position) -> Option<Vec<Arc<RecordedEvent>>> {
        let (first, last) = (self.events.front()?.position.get(), self.events.back()?.position);
        let skip = after.next().get().checked_sub(first)?;
        if last < head {
            return None;
        }
        let count = head.get() - after.get();
        let (skip, count) = (usize::try_from(skip).ok()?, usize::try_from(count).ok()?);
        Some(self.events.iter().skip(skip).take(count).cloned().collect())
    }
}

#[cfg(test)]
mod tests;
