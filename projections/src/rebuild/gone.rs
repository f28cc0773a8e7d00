//! Which keys may have left the memory.

use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher};

use acta_application::views::RowKey;

/// Bits, a power of two: 8 MiB, in which one in a hundred keys is taken for a known one after six million.
const BITS: u64 = 1 << 26;

/// Bits for a key.
const BITS_PER_KEY: u64 = 6;

/// A set of keys in memory that does not grow (a Bloom filter): it never denies a key that was added, and may claim one that was not,
/// which costs no more than a question to the store.
#[derive(Debug, Default)]
pub(super) struct Gone(Vec<u64>);

impl Gone {
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn add(&mut self, key: &RowKey) {
        if self.0.is_empty() {
            self.0 = vec![0; words(BITS)];
        }
        for bit in bits(key) {
            self.0[words(bit)] |= 1 << (bit % 64);
        }
    }

    pub(super) fn may_have(&self, key: &RowKey) -> bool {
        !self.is_empty() && bits(key).all(|bit| self.0[words(bit)] & (1 << (bit % 64)) != 0)
    }
}

fn words(bits: u64) -> usize {
    usize::try_from(bits / 64).expect("a million words are counted by any usize")
}

/// The bits of `key`, by double hashing.
fn bits(key: &RowKey) -> impl Iterator<Item = u64> {
    let hash = BuildHasherDefault::<DefaultHasher>::default().hash_one(key);
    let (first, step) = (hash >> 32, hash | 1);
    (0..BITS_PER_KEY).map(move |number| first.wrapping_add(number.wrapping_mul(step)) % BITS)
}

#[cfg(test)]
mod tests {
    use acta_domain::{SessionId, TenantId};
    use uuid::Uuid;

    use super::*;

    fn key(number: u128) -> RowKey {
        let (tenant, session) = (TenantId::new(Uuid::from_u128(1)), SessionId::new(Uuid::from_u128(2)));
        RowKey { tenant, session, id: format!("{number:010}") }
    }

    #[test]
    fn a_key_that_left_is_never_denied() {
        let mut gone = Gone::default();
        (0..2_000).for_each(|number| gone.add(&key(number)));
        assert!((0..2_000).all(|number| gone.may_have(&key(number))));
    }

    #[test]
    fn a_key_that_never_left_is_hardly_ever_claimed() {
        let mut gone = Gone::default();
        assert!(!gone.may_have(&key(1)));
        (0..2_000).for_each(|number| gone.add(&key(number)));
        let claimed = (2_000..12_000).filter(|number| gone.may_have(&key(*number))).count();
        assert!(claimed < 10, "{claimed}");
    }
}
