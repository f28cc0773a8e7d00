//! The entries: one walk gives their number, the root, and the root at the size of an older head.

use super::VerifyFailure;
use crate::file::FileView;
use crate::head::HeadClaims;
use crate::tree::{Frontier, Hash, leaf_hash};

/// Recomputes the tree and holds it against the head. Gives the root over the first `older_size` entries, if asked.
pub(super) fn check(
    view: &FileView<'_>,
    head: &HeadClaims,
    older_size: Option<u64>,
) -> Result<Option<Hash>, VerifyFailure> {
    let mut tree = Frontier::new();
    let mut older_root = None;
    for entry in view.entries() {
        note_older(&tree, older_size, &mut older_root);
        let (_, bytes) = entry?;
        tree.append(leaf_hash(bytes));
    }
    note_older(&tree, older_size, &mut older_root);
    if tree.size() != head.size {
        return Err(VerifyFailure::EntryCount { signed: head.size, found: tree.size() });
    }
    let computed = tree.root();
    if computed != head.root {
        return Err(VerifyFailure::OtherRoot { signed: head.root, computed });
    }
    Ok(older_root)
}

fn note_older(tree: &Frontier, older_size: Option<u64>, older_root: &mut Option<Hash>) {
    if older_size == Some(tree.size()) {
        *older_root = Some(tree.root());
    }
}
