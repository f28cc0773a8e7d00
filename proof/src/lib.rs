//! The evidence: commitments, the session tree, COSE heads and receipts, the proof file and its verifier.
//!
//! Nothing here reads a clock, draws a random number or touches a disk: salts, nonces, seeds and times are parameters.
//! The bytes are described in this crate's `README.md`, for whoever writes a second verifier.
//!
//! Read in this order: [`event`] → [`commitment`] → [`entry`] → [`tree`] → [`head`] → [`file`] → [`verify`].
#![forbid(unsafe_code)]

pub mod cbor;
pub mod commitment;
pub mod contents;
mod cose;
pub mod entry;
pub mod event;
pub mod file;
pub mod head;
mod json;
pub mod key;
pub mod receipt;
pub mod sealed;
pub mod tree;
pub mod verify;

pub use cose::CoseError;
