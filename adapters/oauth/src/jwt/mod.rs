//! Checking access tokens by rules (RFC 7519, RFC 8725, RFC 9068). Pure: the keys and the time come in.

mod check;
mod error;
mod keys;
mod times;

pub(crate) use check::{LONGEST, Opened, open};
pub use check::{Rules, check};
pub use error::JwtError;
pub use keys::{JwksError, KeySet};
pub use times::Times;
pub(crate) use times::micros;
