//! What comes in: a message stands for a request to the HTTP API, which carries it out.

mod carry_out;
mod members;
mod outcome;
mod table;

pub(crate) use carry_out::carry_out;
pub(crate) use outcome::Outcome;
pub(crate) use table::{Message, PathOf};
