//! Key files: the master key and the signing keys of a service, in one folder that only its owner can read.
//!
//! ```text
//! keys/
//!   master.key            64 hexadecimal digits; wraps the persons' keys
//!   digest.key            64 hexadecimal digits; keys the digests of attendance evidence
//!   evidence/0001.pem     PKCS#8 v1 Ed25519, signs heads and receipts; the highest number signs, all are published
//!   tokens/0001.pem       the same, for access tokens and QR codes
//! ```
//!
//! Rotating adds a file; nothing is ever removed, so that what an older key signed goes on verifying.

mod error;
mod files;
mod fingerprint;
mod keyring;
mod master;

pub use error::KeyringError;
pub use fingerprint::fingerprint;
pub use keyring::{Keyring, Purpose, SigningKeys};
pub use master::MasterKey;
