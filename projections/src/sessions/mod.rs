//! Sessions: one row each.

mod active;
mod fold;
mod query;
mod title;
mod view;

pub use active::ViewOfActiveSessions;
pub use fold::{ROW, Sessions};
pub use query::{MAX_TITLES_WALKED, SessionsError, SessionsQuery, session, sessions};
pub use title::{TitleError, TitleOpener};
pub use view::{GovernanceDataView, GovernanceNotifiedView, SessionView, VoteView};

#[cfg(test)]
mod tests;
