//! Checking that what a store holds is what it acknowledged: the same for every store, in bounded memory.
//!
//! One pass over the log in order of position checks of each event that it stands right behind the one before it, in the log, in
//! its session and in its stream, and that its commitment is the one over what the row says now. At the first event of a session
//! the heads that were issued for it are checked: the signature, and that the root is the one over the commitments.

mod chains;
mod examine;
mod findings;
mod heads;

pub use examine::{Examined, examine};
pub use findings::{Check, Findings};
