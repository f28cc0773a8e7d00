//! Leases: work that one instance of the service does at a time.
//!
//! Several instances run against one database, and each could fold views and follow policies. A lease says which one does: it is
//! given for a short term, renewed while its holder lives, and falls to another soon after the holder died.
//!
//! No lease guards the correctness of the data. A holder that was suspended may wake up after its term and write beside its
//! successor; checkpoints are compared and swapped, and the commands of policies are idempotent, so that two who work at the same
//! time write what one would have written. Leases only spare the work of doing it twice.

#[cfg(feature = "contract")]
pub mod contract;
mod port;
mod tenure;

pub use port::{HolderId, LeaseName, Leases, LeasesError, SoleInstance};
pub use tenure::Tenures;
