//! Assemblies: one row per session, found by the assembly that it serves.

mod fold;
mod query;
mod view;

pub use fold::{Assemblies, ROW};
pub use query::{MAX_SESSIONS, ViewOfAssemblies};
pub use view::AssemblyView;

#[cfg(test)]
mod tests;
