//! Spans of several sources laid over each other.

use std::collections::BTreeMap;

use super::intervals::PresenceInterval;
use super::lanes::{Span, moment};
use crate::values::SignalSource;

/// A time in which the same sources see somebody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Stretch {
    pub(super) span: Span,
    /// At least one, each once, in the order of the words.
    pub(super) sources: Vec<SignalSource>,
}

impl Stretch {
    pub(super) fn into_interval(self) -> PresenceInterval {
        PresenceInterval { from: moment(self.span.from), to: self.span.end(), sources: self.sources }
    }
}

/// How many spans of each source there are at a moment.
#[derive(Default)]
struct Seeing(BTreeMap<SignalSource, i64>);

impl Seeing {
    fn change(&mut self, changes: &BTreeMap<SignalSource, i64>) {
        for (source, change) in changes {
            *self.0.entry(*source).or_default() += change;
        }
    }

    fn sources(&self) -> Vec<SignalSource> {
        self.0.iter().filter(|(_, spans)| **spans > 0).map(|(source, _)| *source).collect()
    }
}

/// Where `spans` have somebody, cut where the set of sources changes; oldest first, without overlaps.
pub(super) fn stretches(spans: impl IntoIterator<Item = (SignalSource, Span)>) -> Vec<Stretch> {
    let mut changes: BTreeMap<i64, BTreeMap<SignalSource, i64>> = BTreeMap::new();
    for (source, Span { from, to }) in spans {
        *changes.entry(from).or_default().entry(source).or_default() += 1;
        *changes.entry(to).or_default().entry(source).or_default() -= 1;
    }
    let (mut seeing, mut stretches) = (Seeing::default(), Vec::new());
    let (mut from, mut sources) = (i64::MIN, Vec::new());
    for (at, changes) in changes {
        seeing.change(&changes);
        let now = seeing.sources();
        if now != sources {
            let before = std::mem::replace(&mut sources, now);
            if !before.is_empty() {
                stretches.push(Stretch { span: Span { from, to: at }, sources: before });
            }
            from = at;
        }
    }
    stretches
}
