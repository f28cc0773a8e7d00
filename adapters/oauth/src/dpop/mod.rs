//! Proofs of possession (RFC 9449).

mod check;
mod error;
mod nonce;
mod proofs;
mod uri;

pub use check::{CheckedClaims, check};
pub use error::DpopError;
pub use nonce::{NonceSecret, Nonces};
pub use proofs::{DpopOptions, DpopProofs};
pub use uri::{InvalidOrigin, Origin};
