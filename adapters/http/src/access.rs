//! Who is asking, and how much they ask: token, proof of possession, client certificate, quotas.

mod answer_headers;
mod caller;
mod challenge;
mod credentials;
mod quotas;
mod refusal;

pub(crate) use answer_headers::answer_headers;
pub(crate) use caller::{Caller, ShownToken, caller, is_internal, unproven};
pub(crate) use challenge::Challenge;
pub(crate) use quotas::{seconds, spend};
pub(crate) use refusal::record_refusal;
