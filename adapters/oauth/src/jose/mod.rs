//! Reading JSON Web Signatures (RFC 7515) and public JSON Web Keys (RFC 7517), strictly: each has one text.

mod algorithm;
mod compact;
mod jwk;
mod key;
mod members;

pub use algorithm::Algorithm;
pub(crate) use compact::{Compact, Header};
pub use jwk::{JwkError, PublicJwk};
pub use key::PublicKey;
pub(crate) use members::{Malformed, Members};
