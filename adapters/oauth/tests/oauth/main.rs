//! What the RFCs say, one file each, and the adapter from outside.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod foreign;
mod issuing;
mod keys;
mod replay;
mod rfc7515;
mod rfc7519;
mod rfc8725;
mod rfc9449;
mod server;
mod times;
