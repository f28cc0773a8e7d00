//! The internal listener from outside: who gets in, who does not, and what happens when its files change.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod authority;
mod client;
mod files;
mod flood;
mod handshake;
mod life;
mod protocols;
mod reload;
mod stage;
