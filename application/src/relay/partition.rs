//! Which partition a key goes to, by the hash that Kafka's own clients use.

/// Mixes a word into the hash.
const MULTIPLIER: u32 = 0x5bd1_e995;
/// The seed that Kafka's clients start with.
const SEED: u32 = 0x9747_b28c;

/// The partition, from 0, of records with `key` in a topic of so many `partitions`: as the Java client's default partitioner and
/// librdkafka's `murmur2_random` choose it.
///
/// # Panics
/// Without partitions: every topic has one.
pub fn partition_of(key: &[u8], partitions: u32) -> u32 {
    (murmur2(key) & 0x7fff_ffff) % partitions
}

/// `MurmurHash2` of `bytes`, 32 bits, little-endian, as `org.apache.kafka.common.utils.Utils.murmur2` computes it.
fn murmur2(bytes: &[u8]) -> u32 {
    let length = u32::try_from(bytes.len()).expect("a key is shorter than 4 GiB");
    let (words, rest) = bytes.as_chunks::<4>();
    let hash = words
        .iter()
        .fold(SEED ^ length, |hash, word| hash.wrapping_mul(MULTIPLIER) ^ mixed(u32::from_le_bytes(*word)));
    finished(with_rest(hash, rest))
}

fn mixed(word: u32) -> u32 {
    let word = word.wrapping_mul(MULTIPLIER);
    (word ^ (word >> 24)).wrapping_mul(MULTIPLIER)
}

fn with_rest(hash: u32, rest: &[u8]) -> u32 {
    if rest.is_empty() {
        return hash;
    }
    let word = rest.iter().rev().fold(0, |word, byte| (word << 8) | u32::from(*byte));
    (hash ^ word).wrapping_mul(MULTIPLIER)
}

fn finished(hash: u32) -> u32 {
    let hash = (hash ^ (hash >> 13)).wrapping_mul(MULTIPLIER);
    hash ^ (hash >> 15)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// From the tests of the Java client.
    const KNOWN: [(&str, i32); 6] = [
        ("21", -973_932_308),
        ("foobar", -790_332_482),
        ("a-little-bit-long-string", -985_981_536),
        ("a-little-bit-longer-string", -1_486_304_829),
        ("lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8", -58_897_971),
        ("abc", 479_470_107),
    ];

    #[test]
    fn the_hash_is_the_one_of_kafkas_own_clients() {
        for (key, hash) in KNOWN {
            assert_eq!(murmur2(key.as_bytes()).cast_signed(), hash, "{key}");
        }
    }

    #[test]
    fn the_sign_of_the_hash_does_not_count() {
        assert_eq!(partition_of(b"abc", 7), 479_470_107 % 7);
        assert_eq!(partition_of(b"21", 3), ((-973_932_308_i32).cast_unsigned() & 0x7fff_ffff) % 3);
    }

    #[test]
    fn one_partition_takes_everything() {
        assert_eq!(partition_of(b"", 1), 0);
        assert_eq!(partition_of(b"abc", 1), 0);
    }
}
