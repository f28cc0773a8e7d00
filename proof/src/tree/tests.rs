use ct_merkle::mem_backed_tree::MemoryBackedTree;
use ct_merkle::{ConsistencyProof, InclusionProof, RootHash};
use proptest::prelude::*;

use super::*;

type Oracle = MemoryBackedTree<Sha256, Vec<u8>>;

fn entry(index: usize) -> Vec<u8> {
    index.to_be_bytes().to_vec()
}

fn ours(size: usize) -> Vec<Hash> {
    (0..size).map(|index| leaf_hash(&entry(index))).collect()
}

fn oracle(size: usize) -> Oracle {
    let mut tree = Oracle::new();
    (0..size).for_each(|index| tree.push(entry(index)));
    tree
}

fn joined(path: &[Hash]) -> Vec<u8> {
    path.iter().flat_map(|hash| hash.0).collect()
}

fn root_of(oracle: &Oracle) -> Hash {
    Hash((*oracle.root().as_bytes()).into())
}

#[track_caller]
fn agrees_on_inclusion(leaves: &[Hash], oracle: &Oracle, index: usize) {
    let path = inclusion_path(leaves, index as u64).unwrap();
    assert_eq!(joined(&path), oracle.prove_inclusion(index).as_bytes(), "leaf {index} of {}", leaves.len());
    let size = leaves.len() as u64;
    verify_inclusion(leaves[index], index as u64, size, &path, &root(leaves)).unwrap();
    let proof = InclusionProof::<Sha256>::from_bytes(joined(&path));
    oracle.root().verify_inclusion(&entry(index), index as u64, &proof).unwrap();
}

#[track_caller]
fn agrees_on_consistency(leaves: &[Hash], new: &Oracle, old_size: usize) {
    let path = consistency_path(leaves, old_size as u64).unwrap();
    let expected = new.prove_consistency(leaves.len() - old_size);
    assert_eq!(joined(&path), expected.as_bytes(), "{old_size} to {}", leaves.len());
    let old_root = root(&leaves[..old_size]);
    verify_consistency(old_size as u64, leaves.len() as u64, &old_root, &root(leaves), &path).unwrap();
    let proof = ConsistencyProof::<Sha256>::try_from_bytes(joined(&path)).unwrap();
    let old = RootHash::<Sha256>::new(old_root.0.into(), old_size as u64);
    new.root().verify_consistency(&old, &proof).unwrap();
}

#[test]
fn the_empty_tree_has_the_root_of_nothing() {
    let nothing = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    assert_eq!(root(&[]).to_string(), nothing);
}

#[test]
fn roots_and_paths_agree_with_another_implementation_for_all_sizes_up_to_130() {
    for size in 1..=130 {
        let (leaves, oracle) = (ours(size), oracle(size));
        assert_eq!(root(&leaves), root_of(&oracle));
        (0..size).for_each(|index| agrees_on_inclusion(&leaves, &oracle, index));
        (1..size).for_each(|old_size| agrees_on_consistency(&leaves, &oracle, old_size));
    }
}

#[test]
fn a_frontier_goes_on_where_it_was_stored() {
    let leaves = ours(130);
    for stored_at in 0..130 {
        let mut before = Frontier::new();
        before.extend(leaves[..stored_at].iter().copied());
        let mut after = Frontier::from_parts(before.size(), before.subtrees().to_vec()).unwrap();
        after.extend(leaves[stored_at..].iter().copied());
        assert_eq!((after.size(), after.root()), (130, root(&leaves)));
    }
}

#[test]
fn a_frontier_of_the_wrong_length_is_refused() {
    assert_eq!(Frontier::from_parts(7, ours(2)), Err(TreeError::PathLength));
}

#[test]
fn a_path_of_the_wrong_length_is_refused() {
    for size in 1..=20_u64 {
        let leaves = ours(usize::try_from(size).unwrap());
        for index in 0..size {
            let path = inclusion_path(&leaves, index).unwrap();
            let leaf = leaves[usize::try_from(index).unwrap()];
            let longer = [path.as_slice(), &[leaf]].concat();
            assert!(root_from_inclusion(leaf, index, size, &longer).is_err());
            if let Some((_, shorter)) = path.split_last() {
                assert!(root_from_inclusion(leaf, index, size, shorter).is_err());
            }
        }
    }
}

#[test]
fn leaves_and_sizes_out_of_range_are_refused() {
    let leaves = ours(5);
    assert_eq!(inclusion_path(&leaves, 5), Err(TreeError::IndexOutOfRange { index: 5, size: 5 }));
    assert!(consistency_path(&leaves, 0).is_err());
    assert!(consistency_path(&leaves, 6).is_err());
    assert!(verify_inclusion(leaves[0], 5, 5, &[], &root(&leaves)).is_err());
    assert!(root_from_consistency(0, 5, &root(&[]), &[]).is_err());
    assert!(root_from_consistency(6, 5, &root(&leaves), &[]).is_err());
}

#[test]
fn equal_trees_are_consistent_by_the_empty_path_only() {
    let leaves = ours(5);
    let root = root(&leaves);
    assert_eq!(consistency_path(&leaves, 5), Ok(vec![]));
    assert_eq!(verify_consistency(5, 5, &root, &root, &[]), Ok(()));
    assert_eq!(verify_consistency(5, 5, &root, &root, &[root]), Err(TreeError::PathLength));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn random_larger_trees_agree_too(size in 131_usize..2_000, at in any::<prop::sample::Index>()) {
        let (leaves, oracle) = (ours(size), oracle(size));
        prop_assert_eq!(root(&leaves), root_of(&oracle));
        agrees_on_inclusion(&leaves, &oracle, at.index(size));
        agrees_on_consistency(&leaves, &oracle, 1 + at.index(size - 1));
    }

    #[test]
    fn arbitrary_paths_never_panic_and_never_verify(
        old in any::<u64>(), new in any::<u64>(), path in prop::collection::vec(any::<[u8; 32]>(), 0..70),
    ) {
        let path: Vec<_> = path.into_iter().map(Hash).collect();
        let (leaf, root) = (Hash([1; 32]), Hash([2; 32]));
        prop_assert!(verify_inclusion(leaf, old, new, &path, &root).is_err());
        prop_assert!(verify_consistency(old, new, &leaf, &root, &path).is_err());
    }

    #[test]
    fn a_changed_history_is_not_consistent(old in 1_usize..200, added in 1_usize..100, at in any::<prop::sample::Index>()) {
        let leaves = ours(old + added);
        let mut changed = leaves.clone();
        changed[at.index(old)] = leaf_hash(b"another");
        let path = consistency_path(&changed, old as u64).unwrap();
        let (old_root, new_root) = (root(&leaves[..old]), root(&changed));
        prop_assert!(verify_consistency(old as u64, leaves.len() as u64, &old_root, &new_root, &path).is_err());
    }
}
