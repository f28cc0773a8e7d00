//! Entries: what is hashed into a leaf. The index inside binds an event to its place in the session.

use crate::commitment::Commitment;
use crate::tree::{Hash, leaf_hash};

/// A place in a session and the commitment to the event that stands there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry {
    /// The session index, counted from 0; also the leaf index.
    pub index: u64,
    /// The commitment to the event.
    pub commitment: Commitment,
}

impl Entry {
    // 82            array(2)
    //    00 … 1b…   index, shortest form (1, 2, 3, 5 or 9 bytes)
    //    58 20 …    commitment, byte string of 32
    /// The bytes under the leaf: dCBOR `[index, commitment]`, 36 to 40 bytes up to 2³² events.
    pub fn encode(&self) -> Vec<u8> {
        let (prefix, length) = prefix(self.index);
        [&prefix[..length], &self.commitment.0].concat()
    }

    /// SHA-256(0x00 ‖ entry), RFC 9162 §2.1.1.
    pub fn leaf_hash(&self) -> Hash {
        leaf_hash(&self.encode())
    }

    /// Reads the entry `index` from the front of `bytes`; gives it and its length, or nothing if another thing stands there.
    pub(crate) fn at_front(bytes: &[u8], index: u64) -> Option<(Self, usize)> {
        let (prefix, length) = prefix(index);
        let rest = bytes.strip_prefix(&prefix[..length])?;
        let commitment = Commitment(*rest.first_chunk()?);
        Some((Self { index, commitment }, length + 32))
    }
}

const LONGEST_PREFIX: usize = 12;

// Everything before the commitment, without allocation: a verifier does this a million times.
fn prefix(index: u64) -> ([u8; LONGEST_PREFIX], usize) {
    let mut prefix = [0; LONGEST_PREFIX];
    prefix[0] = 0x82;
    let (initial, width) = match index {
        0..=23 => (None, 1),
        24..=0xff => (Some(0x18), 1),
        0x100..=0xffff => (Some(0x19), 2),
        0x1_0000..=0xffff_ffff => (Some(0x1a), 4),
        _ => (Some(0x1b), 8),
    };
    let number = 1 + usize::from(initial.is_some());
    prefix[1] = initial.unwrap_or_default();
    prefix[number..number + width].copy_from_slice(&index.to_be_bytes()[8 - width..]);
    prefix[number + width..number + width + 2].copy_from_slice(&[0x58, 0x20]);
    (prefix, number + width + 2)
}

/// How many bytes the entries 0 to `index − 1` take together.
pub(crate) fn offset_of(index: u64) -> u64 {
    let longer = [(24, 1), (0x100, 1), (0x1_0000, 2), (0x1_0000_0000, 4)];
    36 * index + longer.map(|(from, extra)| extra * index.saturating_sub(from)).iter().sum::<u64>()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cbor::{Value, encode};

    const BORDERS: [u64; 10] =
        [0, 23, 24, 255, 256, 65_535, 65_536, 1_000_000, u32::MAX as u64, u32::MAX as u64 + 1];

    #[test]
    fn an_entry_is_the_deterministic_array_of_index_and_commitment() {
        for index in BORDERS {
            let entry = Entry { index, commitment: Commitment([9; 32]) };
            let value = Value::Array(vec![Value::from(index), Value::Bytes(vec![9; 32])]);
            assert_eq!(entry.encode(), encode(&value));
            assert_eq!(Entry::at_front(&entry.encode(), index), Some((entry, entry.encode().len())));
            assert_eq!(Entry::at_front(&entry.encode(), index + 1), None);
        }
    }

    #[test]
    fn the_entry_of_the_published_vector_is_read() {
        let bytes =
            hex::decode("82055820522dca1552d2cb6a1cd0d35779d2a567b981e1826db612719b2cf760dad832d1").unwrap();
        let (entry, length) = Entry::at_front(&bytes, 5).unwrap();
        assert_eq!((length, entry.encode()), (bytes.len(), bytes));
    }

    #[test]
    fn offsets_are_the_sum_of_the_lengths_before() {
        let mut expected = 0;
        for index in 0..70_000 {
            assert_eq!(offset_of(index), expected);
            expected += prefix(index).1 as u64 + 32;
        }
    }
}
