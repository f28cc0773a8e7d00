//! Hot streams: aggregates that stay in memory, so that a command costs the same however long its stream is.
//!
//! Commands on one stream are decided one after another under the stream's lock, and each is queued for the log before the next is
//! decided; the lock is free again before the commit is durable. So many commands on one stream share one durable commit, and every
//! one of them is acknowledged only after it. What a later command counted on is told to the log ([`Append::rests_on`]), and a state
//! that counted on a failed or doubtful append is never used again: the stream is read anew from the log.
//!
//! [`Append::rests_on`]: crate::log::Append::rests_on

mod behind;
mod hot;
mod load;
mod place;

pub use hot::{Basis, Decided, Decision, ExecuteError, HotStreams};
pub use load::LoadError;
pub use place::StreamPlace;
