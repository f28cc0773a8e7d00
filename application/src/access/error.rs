//! Why shared counters cannot answer.

use crate::log::Fault;

/// Counters that instances share, or one has for itself, cannot answer.
#[derive(Debug, Clone, thiserror::Error)]
pub enum CountersError {
    /// They did not answer, or not in time. Whether the request took effect is not known.
    #[error("the shared counters are not available")]
    Unavailable(#[source] Fault),
    /// There is no room for another one, and every one that is there still counts.
    #[error("there is no room for another counter")]
    Full,
}
