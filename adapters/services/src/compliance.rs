//! The compliance service: how long what is to be kept.

use std::sync::Arc;
use std::time::Duration;

use acta_application::clock::Randomness;
use acta_application::neighbours::{Asking, Compliance, Neighbour, NeighbourError, RetentionPolicy};
use async_trait::async_trait;
use serde::Deserialize;

use crate::neighbour::{Answer, Client, Expected, Keeping, Kept, NeighbourOptions, SetupError, Unfit};

const FRESH_FOR: Duration = Duration::from_mins(5);
const TENANTS: u64 = 10_000;
/// How long the name of a policy may be, in bytes.
const LONGEST_NAME: usize = 200;

const RETENTION: Expected<RetentionPolicy> =
    Expected { understood: &[], largest: 64 * 1_024, read: retention };

/// The compliance service by HTTP.
pub(crate) struct HttpCompliance {
    client: Arc<Client>,
    policies: Kept<RetentionPolicy>,
}

#[derive(Deserialize)]
struct Told {
    policy: Option<String>,
    #[serde(alias = "recordingDays")]
    recording_days: Option<u32>,
    #[serde(alias = "transcriptDays")]
    transcript_days: Option<u32>,
    #[serde(alias = "recordDays")]
    record_days: Option<u32>,
}

impl HttpCompliance {
    pub(crate) fn new(
        url: &str,
        options: &NeighbourOptions,
        randomness: Arc<dyn Randomness>,
    ) -> Result<Self, SetupError> {
        let client = Client::new(Neighbour::Compliance, url, options, randomness)?;
        let keeping = Keeping {
            neighbour: Neighbour::Compliance,
            name: "retention",
            fresh_for: options.freshness(FRESH_FOR),
            good_for: None,
            away: None,
            capacity: TENANTS,
            weight: |_| 1,
        };
        Ok(Self { client: Arc::new(client), policies: Kept::new(&keeping) })
    }

    pub(crate) fn client(&self) -> &Client {
        &self.client
    }
}

#[async_trait]
impl Compliance for HttpCompliance {
    async fn retention(&self, asking: &Asking) -> Result<RetentionPolicy, NeighbourError> {
        let (client, asking) = (Arc::clone(&self.client), asking.clone());
        let tenant = asking.tenant;
        let ask = async move {
            let path = ["api", "v1", "tenants", &tenant.to_string(), "retention-policy"];
            client.get(&asking, &path, RETENTION).await
        };
        self.policies.get(tenant, ask).await
    }
}

fn retention(answer: &Answer) -> Result<RetentionPolicy, Unfit> {
    let Told { policy, recording_days, transcript_days, record_days } = answer.json()?;
    if policy.as_ref().is_some_and(|name| name.len() > LONGEST_NAME) {
        return Err(Unfit("the name of the policy is too long"));
    }
    Ok(RetentionPolicy { policy, recording_days, transcript_days, record_days })
}
