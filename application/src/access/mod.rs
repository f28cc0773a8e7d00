//! Who may do what: the principal behind a request, and the port that verifies tokens.

mod permission;
mod port;
mod principal;

pub use permission::{Permission, Role};
pub use port::{AccessTokens, TokenError};
pub use principal::Principal;
