//! What the handlers work with.

use std::sync::Arc;

use acta_application::UseCases;
use acta_application::access::{AccessTokens, ProofsOfPossession, RateLimits, WriteRules};
use acta_application::clock::{Clock, Randomness};
use acta_application::evidence::Evidence;
use acta_application::health::{FeatureWatch, MachineWatch};
use acta_application::log::{CommandSecret, EventLog};
use acta_application::persons::Persons;
use acta_application::presence::Presence;
use acta_application::views::Views;
use acta_projections::runner::HealthWatch;
use tokio_util::sync::CancellationToken;

use crate::internal::AllowedSubjects;
use crate::issuer::IssuerState;

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
    /// Who is connected, on all instances.
    pub presence: Presence,
    /// Verifies access tokens.
    pub tokens: Arc<dyn AccessTokens>,
    /// Verifies that whoever shows a token holds its key.
    pub proofs: Arc<dyn ProofsOfPossession>,
    /// Counts what callers write.
    pub limits: Arc<dyn RateLimits>,
    /// How much they may.
    pub write_rules: WriteRules,
    /// Which certificates name which services, if there is an internal listener.
    pub internal: Option<AllowedSubjects>,
    /// The built-in issuer, if this service has one.
    pub issuer: Option<Arc<IssuerState>>,
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
    pub token_keys: PublishedKeys,
    /// What the process uses of its machine.
    pub machine: MachineWatch,
    /// Cancelled when the service is about to stop: it should be given no more work.
    pub draining: CancellationToken,
    /// Cancelled when the service stops: ends what would go on for ever.
    pub shutdown: CancellationToken,
}

/// Gives public keys as they are now, as JSON Web Keys (RFC 7517 §4).
pub type PublishedKeys = Box<dyn Fn() -> Vec<serde_json::Value> + Send + Sync>;

/// Writes the metrics as they are now, in the text format of Prometheus.
pub type MetricsText = Box<dyn Fn() -> String + Send + Sync>;

/// The state as handlers get it: one pointer, cloned per request.
pub(crate) type App = Arc<HttpState>;
