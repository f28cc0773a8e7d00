//! Messages from outside: what the governance service tells of assemblies and votes, as commands.
//!
//! A message is parsed ([`GovernanceMessage`]), its session is looked up ([`Assemblies`]), and it becomes one command with one
//! append. The answer is a [`Verdict`]. A message that comes again, at whatever place, has its effect once: its `CloudEvents` source
//! and id, else its place and content, are the idempotency key. See `docs/adr/0013-messages-from-outside.md`.
//!
//! # How a transport uses it
//! - Messages of one key in one partition are handled one after another; others side by side.
//! - [`Verdict::Done`] and [`Verdict::Never`] finish a message, the latter as a dead letter. [`Verdict::Failing`] is tried again
//!   without end. [`Verdict::NotYet`] is tried again for a time, and at last by [`Inbox::handle_at_last`], which never answers so.
//! - Topics have no order among each other. Whatever comes too early is not yet, and right in the end, with one exception: nobody
//!   can tell from the end of an assembly that a vote of it was not read yet, and a session that is over takes no votes. So a
//!   message whose type [comes last](GovernanceType::comes_last) waits until what the other topics held when it was read is finished.
//!
//! # How to add a message
//! 1. Add its type to [`GovernanceType`], its body to `body.rs` and what it means to [`AssemblyNews`].
//! 2. Say in `session/assembly.rs` what the session makes of it, and in `verdict.rs` what its refusals mean.
//! 3. Run `ACTA_REGENERATE=1 cargo nextest run -p acta-application`: it writes the schema (`schemas/inbound/`).

mod body;
mod choose;
mod inbox;
mod judge;
mod message;
mod parse;
mod port;
mod reason;

pub use body::{AssemblyBody, VoteBody, inbound_schemas};
pub use inbox::GovernanceInbox;
pub use message::{GovernanceType, InboundMessage, UnknownType};
pub use parse::GovernanceMessage;
pub use port::{Assemblies, AssembliesError, AssemblySession, Failure, Inbox, Verdict};
pub use reason::{Field, Problem, Reason};
