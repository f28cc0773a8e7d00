//! The keys of foreign issuers: fetched, kept, and fetched again before they are old.

mod course;
mod error;
mod fetch;
mod remote;
mod source;

pub use error::{FetchError, SetupError};
pub(crate) use fetch::Fetcher;
pub(crate) use remote::RemoteKeys;
pub use source::KeysFrom;
pub(crate) use source::may_be_fetched;
