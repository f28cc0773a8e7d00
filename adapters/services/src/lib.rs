//! Built-in stand-ins for the neighbouring services, for where one process can really do the job: an issuer of access tokens, the
//! keys of those who hold them, and signed, single-use QR codes.

mod holder;
mod jwt;
mod qr;
mod tokens;

pub use holder::{HolderKey, RequestToProve, thumbprint_of};
pub use qr::SignedQrCodes;
pub use tokens::{BuiltInIssuer, TokenRequest};
