//! Use cases, the ports they need, and the policies that react to events.
//!
//! One use case is one file: its input, its error and its steps. A use case gathers facts through ports, decides with the pure
//! rules of `acta-domain`, and appends what was decided to the log; nothing it answers is acknowledged before the log has it.
//!
//! # How to add a use case
//! 1. Give the aggregate its command and event (`acta-domain`, whose head says how).
//! 2. Add `src/<aggregate>/<verb>.rs` with an input struct and one `async fn` on [`UseCases`].
//! 3. Seal whatever can name a person before the command is decided (see [`persons`]).
//! 4. Name the [`access::Permission`] it needs; the adapters check it before they call.

pub mod access;
pub mod attendance;
pub mod clock;
pub mod doctor;
pub mod evidence;
pub mod floor;
pub mod health;
pub mod inbound;
pub mod issuer;
pub mod leases;
pub mod log;
pub mod neighbours;
pub mod persons;
pub mod policies;
pub mod presence;
pub mod register;
pub mod relay;
pub mod session;
pub mod streams;
pub mod transcript;
mod use_cases;
pub mod views;

pub use use_cases::{Accepted, CommandContext, Ports, UseCaseError, UseCases};
