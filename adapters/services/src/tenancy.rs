//! The tenancy service: what tenants may have.

use std::sync::Arc;
use std::time::Duration;

use acta_application::clock::Randomness;
use acta_application::neighbours::{Asking, Neighbour, NeighbourError, Tenancy, TenantStatus};
use acta_application::session::TenantLimits;
use async_trait::async_trait;
use moka::future::Cache;
use serde::Deserialize;

use crate::neighbour::{Answer, Away, Client, Expected, Keeping, Kept, NeighbourOptions, SetupError, Unfit};

const FRESH_FOR: Duration = Duration::from_secs(30);
/// While tenancy is away, its last answer stands in for so long.
const GOOD_FOR: Duration = Duration::from_mins(10);
/// For so long nobody waits again for what was away: it is asked two things about one command.
const AWAY_FOR: Duration = Duration::from_secs(5);
const TENANTS: u64 = 10_000;

const LIMITS: Expected<TenantLimits> = Expected { understood: &[], largest: 64 * 1_024, read: limits };
const STATUS: Expected<TenantStatus> = Expected { understood: &[404], largest: 64 * 1_024, read: status };

/// The tenancy service by HTTP.
pub(crate) struct HttpTenancy {
    client: Arc<Client>,
    limits: Kept<TenantLimits>,
    status: Kept<TenantStatus>,
}

#[derive(Deserialize)]
struct Limits {
    #[serde(alias = "maxConcurrentSessions")]
    max_concurrent_sessions: Option<u32>,
    #[serde(alias = "maxParticipants")]
    max_participants: Option<u32>,
}

#[derive(Deserialize)]
struct Status {
    status: String,
}

impl HttpTenancy {
    pub(crate) fn new(
        url: &str,
        options: &NeighbourOptions,
        randomness: Arc<dyn Randomness>,
    ) -> Result<Self, SetupError> {
        let client = Client::new(Neighbour::Tenancy, url, options, randomness)?;
        let away_for = options.freshness(AWAY_FOR);
        let away: Away = Cache::builder().max_capacity(TENANTS).time_to_live(away_for).build();
        let (limits, status) = (keeping("limits", &away, options), keeping("status", &away, options));
        Ok(Self { client: Arc::new(client), limits: Kept::new(&limits), status: Kept::new(&status) })
    }

    pub(crate) fn client(&self) -> &Client {
        &self.client
    }
}

fn keeping<V>(name: &'static str, away: &Away, options: &NeighbourOptions) -> Keeping<V> {
    Keeping {
        neighbour: Neighbour::Tenancy,
        name,
        fresh_for: options.freshness(FRESH_FOR),
        good_for: Some(GOOD_FOR),
        away: Some(away.clone()),
        capacity: TENANTS,
        weight: |_| 1,
    }
}

#[async_trait]
impl Tenancy for HttpTenancy {
    async fn limits(&self, asking: &Asking) -> Result<TenantLimits, NeighbourError> {
        let ask = about(&self.client, asking, "streaming-limits", LIMITS);
        self.limits.get(asking.tenant, ask).await
    }

    async fn status(&self, asking: &Asking) -> Result<TenantStatus, NeighbourError> {
        let ask = about(&self.client, asking, "status", STATUS);
        self.status.get(asking.tenant, ask).await
    }
}

fn about<T: Send + 'static>(
    client: &Arc<Client>,
    asking: &Asking,
    what: &'static str,
    expected: Expected<T>,
) -> impl Future<Output = Result<T, NeighbourError>> + Send + use<T> {
    let (client, asking) = (Arc::clone(client), asking.clone());
    async move {
        let tenant = asking.tenant.to_string();
        client.get(&asking, &["api", "v1", "tenants", &tenant, what], expected).await
    }
}

fn limits(answer: &Answer) -> Result<TenantLimits, Unfit> {
    let limits: Limits = answer.json()?;
    Ok(TenantLimits {
        active_sessions: limits.max_concurrent_sessions,
        participants: limits.max_participants,
    })
}

/// A tenant that tenancy does not know may not start anything.
fn status(answer: &Answer) -> Result<TenantStatus, Unfit> {
    if !answer.is_success() {
        return Ok(TenantStatus::Inactive);
    }
    let status: Status = answer.json()?;
    Ok(if status.status == "active" { TenantStatus::Active } else { TenantStatus::Inactive })
}
