//! Whose access tokens are accepted, and what they say.

mod claims;
mod issuers;
mod options;
mod refusal;
mod seen;

pub use issuers::TrustedIssuers;
pub use options::{ClaimNames, IssuerOptions};
use refusal::Refusal;
