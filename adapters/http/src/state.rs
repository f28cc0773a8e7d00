//! What the handlers work with.

use std::sync::Arc;

use acta_application::UseCases;
use acta_application::access::AccessTokens;
use acta_application::clock::{Clock, Randomness};
use acta_application::evidence::Evidence;
use acta_application::health::FeatureWatch;
use acta_application::log::{CommandSecret, EventLog};
use acta_application::persons::Persons;
use acta_application::views::Views;
use acta_projections::runner::HealthWatch;
use acta_proof::key::VerifyingKey;
use tokio_util::sync::CancellationToken;

/// What the handlers work with; the binary puts it together.
pub struct HttpState {
    /// The use cases: everything that writes.
    pub use_cases: Arc<UseCases>,
    /// Proofs, heads and receipts.
    pub evidence: Arc<Evidence>,
    /// The log, for the feed.
    pub log: Arc<dyn EventLog>,
    /// The read models.
    pub views: Arc<dyn Views>,
    /// The kind of the stores, `sqlite` or `postgresql`.
    pub store: &'static str,
    /// Opens personal parts on the way out.
    pub persons: Persons,
    /// Verifies access tokens.
    pub tokens: Arc<dyn AccessTokens>,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Ids.
    pub randomness: Arc<dyn Randomness>,
    /// The secret under which commands with an idempotency key are named.
    pub command_secret: CommandSecret,
    /// How the projections are.
    pub projections: HealthWatch,
    /// How the features are that the service can do without for a while.
    pub features: Vec<FeatureWatch>,
    /// Writes the metrics in the text format of Prometheus.
    pub metrics: MetricsText,
    /// The keys that access tokens are signed with, to be published.
    pub token_keys: Vec<VerifyingKey>,
    /// Cancelled when the service stops: ends what would go on for ever.
    pub shutdown: CancellationToken,
}

/// Writes the metrics as they are now, in the text format of Prometheus.
pub type MetricsText = Box<dyn Fn() -> String + Send + Sync>;

/// The state as handlers get it: one pointer, cloned per request.
pub(crate) type App = Arc<HttpState>;
