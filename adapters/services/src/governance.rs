//! The governance service: it runs the assemblies that sessions serve.

use std::sync::Arc;

use acta_application::clock::Randomness;
use acta_application::neighbours::{
    Asking, Governance, GovernanceData, Neighbour, NeighbourError, SessionNotice,
};
use acta_domain::{AssemblyId, GovernanceNotice, SessionId, TenantId, Timestamp};
use async_trait::async_trait;
use serde::Serialize;
use serde_json::Value;

use crate::neighbour::{Answer, Client, Expected, NeighbourOptions, SetupError, Unfit, secret_json};

/// What it holds of one assembly, in bytes.
const LARGEST: usize = 4 * 1_024 * 1_024;

/// 409 says that it was told before.
const ACCEPTED: Expected<()> = Expected { understood: &[409], largest: 0, read: |_| Ok(()) };
const DATA: Expected<GovernanceData> = Expected { understood: &[], largest: LARGEST, read: data };

/// The governance service by HTTP.
pub(crate) struct HttpGovernance(Client);

#[derive(Serialize)]
struct Notice {
    session_id: SessionId,
    tenant_id: TenantId,
    modality: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    started_at: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ended_at: Option<Timestamp>,
}

impl HttpGovernance {
    pub(crate) fn new(
        url: &str,
        options: &NeighbourOptions,
        randomness: Arc<dyn Randomness>,
    ) -> Result<Self, SetupError> {
        Client::new(Neighbour::Governance, url, options, randomness).map(Self)
    }

    pub(crate) fn client(&self) -> &Client {
        &self.0
    }
}

#[async_trait]
impl Governance for HttpGovernance {
    async fn tell(&self, asking: &Asking, notice: &SessionNotice) -> Result<(), NeighbourError> {
        let (what, started_at, ended_at) = match notice.notice {
            GovernanceNotice::SessionStarted => ("session-started", Some(notice.at), None),
            GovernanceNotice::SessionEnded => ("session-ended", None, Some(notice.at)),
        };
        let body = Notice {
            session_id: notice.session_id,
            tenant_id: asking.tenant,
            modality: notice.modality.as_str(),
            started_at,
            ended_at,
        };
        let path = ["api", "v1", "assemblies", notice.assembly_id.as_str(), what];
        let sent = (notice.idempotency_key, secret_json(&body, 0));
        self.0.post(asking, &path, sent, ACCEPTED).await
    }

    async fn event_data(
        &self,
        asking: &Asking,
        assembly_id: &AssemblyId,
    ) -> Result<GovernanceData, NeighbourError> {
        let path = ["api", "v1", "assemblies", assembly_id.as_str(), "event-data"];
        self.0.get(asking, &path, DATA).await
    }
}

fn data(answer: &Answer) -> Result<GovernanceData, Unfit> {
    let data: Value = answer.json()?;
    if !data.is_object() && !data.is_array() {
        return Err(Unfit("it is neither an object nor an array"));
    }
    let canonical = serde_json_canonicalizer::to_vec(&data);
    canonical.map(GovernanceData).map_err(|_| Unfit("it has no canonical form"))
}
