//! The secrets of a service: master keys and signing keys, from one folder that only its owner can read, or from the environment.
//!
//! ```text
//! keys/
//!   master.key            64 hexadecimal digits; master key 1, wraps the persons' keys
//!   master/0002.key       the same, number 2 and so on; the highest number wraps, all unwrap
//!   digest.key            64 hexadecimal digits; keys the digests of attendance evidence
//!   evidence/0001.pem     PKCS#8 v1 Ed25519, signs heads and receipts; the highest number signs, all are published
//!   tokens/0001.pem       the same, for tokens of the command line and QR codes
//!   issuer/0001.pem       PKCS#8 RSA 3072, signs the issuer's access tokens
//!   tokens/retired/       keys that are not used any more; also below `issuer` and `master`
//!   lock                  held while keys are made
//! ```
//!
//! Rotating adds a file. Its first line may be `In-Use-From: <RFC 3339>`: the key is known and published at once, and signs or wraps
//! from that moment on. Retiring moves a file; nothing is ever removed. Keys for evidence cannot be retired, so that what they
//! signed goes on verifying.
//!
//! `ACTA_MASTER_KEY`, `ACTA_MASTER_KEY_2`, … and `ACTA_DIGEST_KEY` give those secrets in place of the files, and the same names with
//! `_FILE` behind them say where they are.

mod error;
mod files;
mod fingerprint;
mod issuer;
mod keyring;
mod master;
mod place;
mod rsa;
mod secret;
mod signing;
mod sources;

pub use error::KeyringError;
pub use fingerprint::fingerprint;
pub use issuer::{IssuerKey, IssuerKeys};
pub use keyring::{Keyring, Purpose};
pub use master::MasterKeys;
pub use place::Place;
pub use signing::SigningKeys;
pub use sources::SecretSources;
