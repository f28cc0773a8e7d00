//! In what keys two views are not the same.

use std::collections::{BTreeMap, btree_map::Entry};

use super::{RowKey, ViewRow};

/// What a comparison of a run of rows of two views found.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Unlike {
    /// How many keys the run has, of rows in both views or in one.
    pub compared: u64,
    /// The keys of those rows that are not the same to the byte, or are in one view only; in any order.
    pub keys: Vec<RowKey>,
    /// Behind which key to go on, whether there is such a row or not; `None` when all is compared.
    pub next: Option<RowKey>,
}

impl Unlike {
    /// Compares two runs that begin behind the same key and have at most `limit` rows each.
    pub(super) fn between(one: Vec<ViewRow>, other: Vec<ViewRow>, limit: u32) -> Self {
        let ends = [&one, &other].into_iter().filter(|rows| rows.len() as u64 >= u64::from(limit));
        let next = ends.filter_map(|rows| rows.last()).map(|row| row.key.clone()).min();
        let within = |row: &ViewRow| next.as_ref().is_none_or(|last| row.key <= *last);
        let mut lone: BTreeMap<RowKey, ViewRow> =
            one.into_iter().filter(within).map(|row| (row.key.clone(), row)).collect();
        let (mut compared, mut keys) = (lone.len() as u64, Vec::new());
        for row in other.into_iter().filter(within) {
            match lone.entry(row.key.clone()) {
                Entry::Vacant(_) => {
                    compared += 1;
                    keys.push(row.key);
                }
                Entry::Occupied(same) => {
                    if same.remove() != row {
                        keys.push(row.key);
                    }
                }
            }
        }
        keys.extend(lone.into_keys());
        Self { compared, keys, next }
    }
}
