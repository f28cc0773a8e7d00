//! The HTTP API: it parses and authorises, calls one use case or one query, and answers.
//!
//! A folder is an aggregate, a file is a route: its body or query, its handler, its description and the tests of its parsing.
//! Everything that is not a success is a [`Problem`].
//!
//! # How to add a route
//! 1. Add `src/<aggregate>/<verb>.rs`: the body (`deny_unknown_fields`, every member a type that parses itself), the handler
//!    with `#[utoipa::path]`, whose `operation_id` is the name of the use case.
//! 2. Ask for a permission by taking `Allowed<…>` as an argument; a public route takes none and is listed in
//!    `tests/openapi.rs`.
//! 3. List it in the aggregate's `routes()`.
//! 4. `ACTA_REGENERATE=1 cargo nextest run -p acta-http openapi` writes `schemas/openapi.json`; read what changed.

mod access;
mod answer;
mod attendance;
mod evidence;
mod extract;
mod feed;
mod floor;
mod governance;
mod health;
pub mod internal;
mod issuer;
mod metrics;
mod openapi;
mod paths;
mod persons;
mod presence;
mod problem;
mod queries;
mod reading;
mod retention;
mod router;
mod schema;
mod serve;
mod sessions;
mod state;
mod traced;
mod transcript;
mod well_known;

pub use issuer::{InvalidProxy, IssuerState, TrustedProxies};
pub use problem::{Problem, ProblemKind};
pub use router::router;
pub use serve::serve;
pub use state::{HttpState, MetricsText, PublishedKeys};

/// The description of the API (`OpenAPI` 3.1), as it is checked in.
pub fn openapi_document() -> serde_json::Value {
    openapi::complete(router::document())
}
