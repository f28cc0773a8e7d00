//! Time and randomness, which the rules never take for themselves.

use acta_domain::Timestamp;

/// Where the present comes from.
pub trait Clock: Send + Sync + 'static {
    /// The present, in microseconds.
    fn now(&self) -> Timestamp;
}

/// Where unpredictable bytes come from: ids, salts, nonces and keys.
pub trait Randomness: Send + Sync + 'static {
    /// Fills `bytes` from a cryptographically secure source.
    fn fill(&self, bytes: &mut [u8]);
}

/// `N` bytes of `randomness`.
pub fn random_bytes<const N: usize>(randomness: &dyn Randomness) -> [u8; N] {
    let mut bytes = [0; N];
    randomness.fill(&mut bytes);
    bytes
}

/// A version 7 UUID (RFC 9562 §5.7) at `now`, so that ids made later sort later.
pub fn time_ordered_id(now: Timestamp, randomness: &dyn Randomness) -> uuid::Uuid {
    let millis = u64::try_from(now.as_micros() / 1_000).unwrap_or(0);
    uuid::Builder::from_unix_timestamp_millis(millis, &random_bytes::<10>(randomness)).into_uuid()
}
