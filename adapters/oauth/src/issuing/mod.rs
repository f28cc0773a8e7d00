//! Signing access tokens.

mod issuer;
mod rsa;

pub use issuer::{AccessTokenIssuer, TokenKeys, TokenNames};
pub use rsa::{Rs256Signer, RsaKeyError, generate_rsa_pem};
