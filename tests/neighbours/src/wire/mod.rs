//! The way from a connection to a part: TLS, faults, HTTP.

mod exchange;
mod listener;
mod terms;

pub(crate) use listener::Wire;
pub(crate) use terms::Terms;
