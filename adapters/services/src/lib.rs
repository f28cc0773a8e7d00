//! Built-in stand-ins for the neighbouring services, for where one process can really do the job: an issuer of access tokens, and
//! signed, single-use QR codes.

mod jwt;
mod qr;
mod tokens;

pub use qr::SignedQrCodes;
pub use tokens::{BuiltInIssuer, TokenRequest};
