//! However a story is cut into pages and commits, and however little is kept in memory, a copy holds the rows that steps make.

use std::collections::BTreeMap;

use acta_application::log::{Position, RecordedEvent};
use acta_application::views::{RowKey, ViewRow};
use proptest::prelude::*;

use super::ahead::{Page, Read};
use super::copy::ViewCopy;
use super::{Bounds, RebuildError};
use crate::ProjectionKind;
use crate::step::tests::{Attempt, all_rows, told};

fn page(events: &[RecordedEvent]) -> Page {
    let reached = events.last().map(|event| event.position).unwrap_or_default();
    Page { events: events.iter().cloned().map(Read::of).collect(), reached }
}

/// Writes what is due; a row that is called new is.
fn write(copy: &mut ViewCopy, stored: &mut BTreeMap<RowKey, ViewRow>) {
    let Some(batch) = copy.due().unwrap() else {
        return;
    };
    for row in batch.changes.new {
        assert!(stored.insert(row.key.clone(), row).is_none(), "a new row was there");
    }
    for row in batch.changes.changed {
        assert!(stored.insert(row.key.clone(), row).is_some(), "a changed row was not there");
    }
}

/// The rows of the copy after `events` up to `target`, in pages of `size` events.
fn rebuilt(
    kind: ProjectionKind,
    bounds: Bounds,
    events: &[RecordedEvent],
    size: usize,
    target: Position,
) -> Result<Vec<ViewRow>, RebuildError> {
    let mut copy = ViewCopy::of(kind, bounds);
    let mut stored = BTreeMap::new();
    copy.target = target;
    for page in events.chunks(size).map(page) {
        let absent = copy.absent(&page).into_iter();
        copy.take_back(absent.filter_map(|key| stored.get(&key).cloned()).collect())?;
        copy.fold(&page)?;
        write(&mut copy, &mut stored);
    }
    assert_eq!(copy.at, target);
    Ok(stored.into_values().collect())
}

fn attempts() -> impl Strategy<Value = Vec<Attempt>> {
    prop::collection::vec((0_u8..24, 0_u8..5, any::<u16>()), 0..120)
}

fn bounds() -> impl Strategy<Value = Bounds> {
    (0_usize..4, prop_oneof![Just(0_usize), Just(2_000), Just(1 << 20)], 1_usize..20)
        .prop_map(|(rows, bytes, commit_events)| Bounds { rows, bytes, commit_events, commit_bytes: 4_000 })
}

proptest! {
    #[test]
    fn a_copy_that_keeps_little_in_memory_holds_the_rows_that_steps_make(
        attempts in attempts(),
        bounds in bounds(),
        size in 1_usize..20,
        share in 1_usize..=4,
    ) {
        let story = told(attempts);
        let events = story.events();
        let until = events.len().div_ceil(share);
        let expected = all_rows(&events[..until], 7);
        for (kind, expected) in ProjectionKind::ALL.into_iter().zip(expected) {
            for bounds in [bounds, Bounds::default()] {
                let rows = rebuilt(kind, bounds, events, size, events[until - 1].position).unwrap();
                prop_assert_eq!(&rows, &expected);
            }
        }
    }
}

#[test]
fn an_event_that_cannot_be_read_matters_up_to_the_target_only() {
    let mut events = told(vec![(0, 0, 0), (1, 0, 7)]).events().to_vec();
    let last = events.last_mut().unwrap();
    last.payload = "{}".to_owned();
    let (kind, last) = (ProjectionKind::Sessions, last.position);
    let before = Position::new(last.get() - 1);

    assert_eq!(rebuilt(kind, Bounds::default(), &events, 9, before).unwrap().len(), 1);
    let refused = rebuilt(kind, Bounds::default(), &events, 9, last);
    assert!(matches!(refused, Err(RebuildError::Poisoned { position, .. }) if position == last));
}
