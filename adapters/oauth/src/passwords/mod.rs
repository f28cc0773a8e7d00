//! Passwords.

mod argon;
mod common;
mod normal;

pub use argon::{Argon2Options, Argon2Passwords, InvalidCost};
