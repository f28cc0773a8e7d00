//! Access tokens, proofs of possession and passwords: verifying and issuing.
//!
//! - [`TrustedIssuers`] verifies access tokens (RFC 7519, RFC 8725, RFC 9068): those of [`AccessTokenIssuer`] and those of
//!   foreign issuers, whose keys it fetches (RFC 7517, RFC 8414).
//! - [`DpopProofs`] verifies that whoever shows a token holds its key (RFC 9449).
//! - [`AccessTokenIssuer`] signs access tokens.
//! - [`Argon2Passwords`] hashes passwords.

pub mod dpop;
mod issuing;
pub mod jose;
mod jwks;
pub mod jwt;
mod passwords;
mod trusted;

pub use dpop::{DpopOptions, DpopProofs, NonceSecret, Nonces, Origin};
pub use issuing::{AccessTokenIssuer, Rs256Signer, RsaKeyError, TokenKeys, TokenNames, generate_rsa_pem};
pub use jwks::{FetchError, KeysFrom, SetupError};
pub use passwords::{Argon2Options, Argon2Passwords, InvalidCost};
pub use trusted::{ClaimNames, IssuerOptions, TrustedIssuers};
