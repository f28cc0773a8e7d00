//! The Merkle tree of RFC 9162 §2.1 over leaf hashes: roots, inclusion and consistency paths, and their verification.

use std::fmt;

use sha2::{Digest, Sha256};

/// A SHA-256 node of the tree.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Hash(pub [u8; 32]);

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Hash({self})")
    }
}

/// Why a tree operation or a proof was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TreeError {
    /// There is no leaf of that index.
    #[error("leaf {index} is not in a tree of {size} leaves")]
    IndexOutOfRange {
        /// The index asked for.
        index: u64,
        /// The size of the tree.
        size: u64,
    },
    /// Consistency is defined from a size of at least 1 to a larger one (or the same).
    #[error("there is no consistency path from {old_size} to {new_size} leaves")]
    SizeOutOfRange {
        /// The size of the older tree.
        old_size: u64,
        /// The size of the newer tree.
        new_size: u64,
    },
    /// The number of hashes does not fit the size.
    #[error("the number of hashes does not fit the size of the tree")]
    PathLength,
    /// The hashes lead to another root than the one given.
    #[error("the hashes lead to another root")]
    OtherRoot,
}

/// The hash of a leaf: SHA-256(0x00 ‖ entry).
pub fn leaf_hash(entry: &[u8]) -> Hash {
    Hash(Sha256::new_with_prefix([0]).chain_update(entry).finalize().into())
}

fn node(left: &Hash, right: &Hash) -> Hash {
    let mut block = [1; 65];
    block[1..33].copy_from_slice(&left.0);
    block[33..].copy_from_slice(&right.0);
    Hash(Sha256::digest(block).into())
}

/// The right edge of a growing tree: the roots of its full subtrees, largest first. Grows by appending, in O(log n) memory.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Frontier {
    size: u64,
    subtrees: Vec<Hash>,
}

impl Frontier {
    /// The frontier of the empty tree.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes up a stored frontier: the size, and [`Frontier::subtrees`] as they were.
    ///
    /// # Errors
    /// [`TreeError::PathLength`] if a tree of that size has another number of full subtrees.
    pub fn from_parts(size: u64, subtrees: Vec<Hash>) -> Result<Self, TreeError> {
        if subtrees.len() == size.count_ones() as usize {
            Ok(Self { size, subtrees })
        } else {
            Err(TreeError::PathLength)
        }
    }

    /// Adds the next leaf.
    ///
    /// # Panics
    /// Never: there is one full subtree for every set bit of the size, always.
    pub fn append(&mut self, leaf: Hash) {
        let merges = self.size.trailing_ones();
        let full = (0..merges).fold(leaf, |right, _| {
            let left = self.subtrees.pop().expect("one full subtree for every set bit of the size");
            node(&left, &right)
        });
        self.subtrees.push(full);
        self.size += 1;
    }

    /// The number of leaves.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// The roots of the full subtrees, largest (leftmost) first: what to store.
    pub fn subtrees(&self) -> &[Hash] {
        &self.subtrees
    }

    /// The root of the whole tree; SHA-256 of nothing when it is empty.
    pub fn root(&self) -> Hash {
        let joined = self.subtrees.iter().copied().rev().reduce(|right, left| node(&left, &right));
        joined.unwrap_or_else(|| Hash(Sha256::digest([]).into()))
    }
}

impl Extend<Hash> for Frontier {
    fn extend<I: IntoIterator<Item = Hash>>(&mut self, leaves: I) {
        leaves.into_iter().for_each(|leaf| self.append(leaf));
    }
}

/// The root over these leaf hashes.
pub fn root(leaves: &[Hash]) -> Hash {
    let mut frontier = Frontier::new();
    frontier.extend(leaves.iter().copied());
    frontier.root()
}

// Where a tree of `size` > 1 leaves splits: the largest power of two smaller than it.
fn split(size: usize) -> usize {
    size.next_power_of_two() / 2
}

/// The hashes that lead from leaf `index` to the root, lowest first (RFC 9162 §2.1.3.1).
///
/// # Errors
/// [`TreeError::IndexOutOfRange`] if there is no such leaf.
pub fn inclusion_path(leaves: &[Hash], index: u64) -> Result<Vec<Hash>, TreeError> {
    let size = leaves.len() as u64;
    let mut at = usize::try_from(index)
        .ok()
        .filter(|at| *at < leaves.len())
        .ok_or(TreeError::IndexOutOfRange { index, size })?;
    let mut within = leaves;
    let mut path = Vec::new();
    while within.len() > 1 {
        let (left, right) = within.split_at(split(within.len()));
        let goes_right = at >= left.len();
        let (next, sibling) = if goes_right { (right, left) } else { (left, right) };
        at -= if goes_right { left.len() } else { 0 };
        path.push(root(sibling));
        within = next;
    }
    path.reverse();
    Ok(path)
}

/// The hashes that show that the first `old_size` leaves were kept (RFC 9162 §2.1.4.1). Empty when the sizes are equal.
///
/// # Errors
/// [`TreeError::SizeOutOfRange`] if `old_size` is 0 or more than there are leaves.
pub fn consistency_path(leaves: &[Hash], old_size: u64) -> Result<Vec<Hash>, TreeError> {
    let out_of_range = TreeError::SizeOutOfRange { old_size, new_size: leaves.len() as u64 };
    let mut old =
        usize::try_from(old_size).ok().filter(|old| (1..=leaves.len()).contains(old)).ok_or(out_of_range)?;
    let mut within = leaves;
    let mut known_to_reader = true;
    let mut path = Vec::new();
    while old < within.len() {
        let (left, right) = within.split_at(split(within.len()));
        if old <= left.len() {
            path.push(root(right));
            within = left;
        } else {
            path.push(root(left));
            old -= left.len();
            within = right;
            known_to_reader = false;
        }
    }
    if !known_to_reader {
        path.push(root(within));
    }
    path.reverse();
    Ok(path)
}

/// The root that a leaf and its path lead to (RFC 9162 §2.1.3.2). The caller compares it, or checks a signature over it.
///
/// # Errors
/// [`TreeError::IndexOutOfRange`], or [`TreeError::PathLength`] if the path does not fit index and size.
pub fn root_from_inclusion(leaf: Hash, index: u64, size: u64, path: &[Hash]) -> Result<Hash, TreeError> {
    if index >= size {
        return Err(TreeError::IndexOutOfRange { index, size });
    }
    let (mut at, mut last) = (index, size - 1);
    let mut reached = leaf;
    for sibling in path {
        if last == 0 {
            return Err(TreeError::PathLength);
        }
        if at & 1 == 1 || at == last {
            reached = node(sibling, &reached);
            let level = at.trailing_zeros();
            (at, last) = (at >> level, last >> level);
        } else {
            reached = node(&reached, sibling);
        }
        (at, last) = (at >> 1, last >> 1);
    }
    if last == 0 { Ok(reached) } else { Err(TreeError::PathLength) }
}

/// Checks that a leaf is in the tree with this root.
///
/// # Errors
/// [`TreeError`] saying what does not fit.
pub fn verify_inclusion(
    leaf: Hash,
    index: u64,
    size: u64,
    path: &[Hash],
    root: &Hash,
) -> Result<(), TreeError> {
    if root_from_inclusion(leaf, index, size, path)? == *root { Ok(()) } else { Err(TreeError::OtherRoot) }
}

/// The newer root that an older root and a consistency path lead to (RFC 9162 §2.1.4.2).
///
/// # Errors
/// [`TreeError::OtherRoot`] if the path does not contain the older root, else as [`verify_consistency`].
pub fn root_from_consistency(
    old_size: u64,
    new_size: u64,
    old_root: &Hash,
    path: &[Hash],
) -> Result<Hash, TreeError> {
    match (old_size, new_size) {
        (0, _) => return Err(TreeError::SizeOutOfRange { old_size, new_size }),
        _ if old_size > new_size => return Err(TreeError::SizeOutOfRange { old_size, new_size }),
        _ if old_size == new_size => {
            return if path.is_empty() { Ok(*old_root) } else { Err(TreeError::PathLength) };
        }
        _ => {}
    }
    let level = (old_size - 1).trailing_ones();
    let (mut at, mut last) = ((old_size - 1) >> level, (new_size - 1) >> level);
    // An older tree that is one full subtree is left out of the path, because the reader has its root.
    let (start, rest) =
        if at == 0 { (old_root, path) } else { path.split_first().ok_or(TreeError::PathLength)? };
    let (mut old, mut new) = (*start, *start);
    for sibling in rest {
        if last == 0 {
            return Err(TreeError::PathLength);
        }
        if at & 1 == 1 || at == last {
            (old, new) = (node(sibling, &old), node(sibling, &new));
            let level = at.trailing_zeros();
            (at, last) = (at >> level, last >> level);
        } else {
            new = node(&new, sibling);
        }
        (at, last) = (at >> 1, last >> 1);
    }
    match last {
        0 if old == *old_root => Ok(new),
        0 => Err(TreeError::OtherRoot),
        _ => Err(TreeError::PathLength),
    }
}

/// Checks that the tree with `new_root` begins with the leaves of the tree with `old_root`.
///
/// # Errors
/// [`TreeError`] saying what does not fit; there is no consistency from size 0.
pub fn verify_consistency(
    old_size: u64,
    new_size: u64,
    old_root: &Hash,
    new_root: &Hash,
    path: &[Hash],
) -> Result<(), TreeError> {
    let reached = root_from_consistency(old_size, new_size, old_root, path)?;
    if reached == *new_root { Ok(()) } else { Err(TreeError::OtherRoot) }
}

#[cfg(test)]
mod tests;
