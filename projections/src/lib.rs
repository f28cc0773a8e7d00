//! Read models: folds over the log, and the runner that feeds them.
//!
//! A read model is a plain struct and a pure fold `(view, event) → view`. Rows hold personal parts as ciphertext only
//! ([`StoredPart`]); they are opened on the way out, by whoever may.
//!
//! # How to add a read model
//! 1. Add a folder `src/<name>/` with `view.rs` (the struct of one row), `fold.rs` (a unit struct that implements
//!    [`Projection`]: which row an event concerns, what it becomes, which columns can be asked for) and `query.rs` (typed
//!    questions over [`Views`](acta_application::views::Views) that answer with a [`Page`]).
//! 2. Add it to [`ProjectionKind`]: the runner, the rebuild command and the health report then know it.
//! 3. Test the fold with given events, and the query on a real store.
//!
//! A changed fold needs no migration: rebuild the view beside the live one ([`rebuild_all`](rebuild::rebuild_all)) and switch.

pub mod access;
pub mod assemblies;
pub mod attendance;
pub mod catalogue;
pub mod clients;
pub mod floor;
#[cfg(test)]
mod given;
mod page;
mod projection;
pub mod rebuild;
pub mod roles;
pub mod runner;
pub mod sessions;
mod step;
pub mod transcript;
pub mod users;
pub mod wait;
mod who;

pub use acta_application::persons::{InvalidStoredPart, StoredPart};
pub use catalogue::ProjectionKind;
pub use page::{InvalidCursor, Page, cursor_from_text, cursor_to_text};
pub use projection::{Poison, Projection};
