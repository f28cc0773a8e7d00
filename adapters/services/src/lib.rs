//! The services beside this one. For those that are set there are clients, each with a bound, retries and a circuit breaker
//! ([`ServicesBeside`]). Where one process can really do the job there are built-in stand-ins: an issuer of access tokens, the keys of
//! those who hold them, signed, single-use QR codes, and codes by e-mail or on the console.
//!
//! How to add a neighbour: a port and a [`Neighbour`](acta_application::neighbours::Neighbour) in `application/src/neighbours/`, its
//! bound in `neighbour/options.rs`, a module here that says what it is asked and how its answers are read, an arm in
//! [`ServicesBeside::with`], a setting in `src/config/neighbours.rs`, and somebody who plays it in `tests/neighbours`.

mod beside;
mod codes;
mod compliance;
mod governance;
mod holder;
mod identity;
mod jwt;
mod neighbour;
mod profiles;
mod qr;
mod tenancy;
mod tokens;
mod weight;

pub use beside::ServicesBeside;
pub use holder::{HolderKey, RequestToProve, thumbprint_of};
pub use neighbour::{NeighbourOptions, SetupError};
pub use qr::SignedQrCodes;
pub use tokens::{BuiltInIssuer, TokenRequest};
