//! The port.

use std::fmt;
use std::time::Duration;

use async_trait::async_trait;
use uuid::Uuid;

use crate::log::Fault;

/// The name of work that one instance does at a time: lower-case words joined by dots, `projection.floor` for instance.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LeaseName(String);

impl LeaseName {
    /// The lease called `name`.
    pub fn new(name: &str) -> Self {
        Self(name.to_owned())
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for LeaseName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// One running instance of the service. Every start of a process draws a new one, so that an instance never takes a lease of its
/// own past for one that it holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct HolderId(pub Uuid);

impl fmt::Display for HolderId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Who holds a lease could not be read or written.
#[derive(Debug, Clone, thiserror::Error)]
pub enum LeasesError {
    /// The store did not answer, or not in time. Whether the request took effect is not known.
    #[error("the leases are not available")]
    Unavailable(#[source] Fault),
}

/// The store of leases. Time is the store's own, so the clocks of the instances need not agree.
///
/// Every method is cancellation-safe and may be repeated: a dropped call took effect or did not, nothing between.
#[async_trait]
pub trait Leases: Send + Sync + 'static {
    /// Takes the lease `name` for `holder`, or renews it, for `term` from now by the store's clock. `false` while somebody else
    /// holds it and its term is not over. A renewal replaces what was left of the term.
    ///
    /// # Errors
    /// See [`LeasesError`].
    async fn take(&self, name: &LeaseName, holder: HolderId, term: Duration) -> Result<bool, LeasesError>;

    /// Gives the lease `name` up, if `holder` has it, so that another need not wait for its end. The row may stay; what counts is
    /// that the next [`take`](Self::take) of anybody is granted.
    ///
    /// # Errors
    /// See [`LeasesError`].
    async fn give_up(&self, name: &LeaseName, holder: HolderId) -> Result<(), LeasesError>;
}

/// The leases of a store that one process holds alone: always granted.
///
/// That is right only where something stronger than a lease already keeps every other process out for as long as this one lives,
/// such as the lock on a data folder: then whoever asks is the only one who can, and there is nobody to grant it to instead.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct SoleInstance;

#[async_trait]
impl Leases for SoleInstance {
    async fn take(&self, _: &LeaseName, _: HolderId, _: Duration) -> Result<bool, LeasesError> {
        Ok(true)
    }

    async fn give_up(&self, _: &LeaseName, _: HolderId) -> Result<(), LeasesError> {
        Ok(())
    }
}
