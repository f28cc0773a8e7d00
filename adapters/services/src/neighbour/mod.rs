//! What all neighbours have in common: how they are called, how long they are waited for, when they are left alone, what is kept of
//! their answers and what is measured.

mod address;
mod answer;
mod body;
mod breaker;
mod client;
mod error;
mod kept;
mod line;
mod measures;
mod options;
mod state;
mod trust;

pub(crate) use address::{ServiceUrl, is_loopback};
pub(crate) use answer::{Answer, Expected, Unfit};
pub(crate) use body::secret_json;
pub(crate) use client::Client;
pub use error::SetupError;
pub(crate) use kept::{Away, Keeping, Kept};
pub(crate) use line::Line;
pub use options::NeighbourOptions;
