//! The notifications service: it brings messages to people.

use std::sync::Arc;

use acta_application::clock::Randomness;
use acta_application::neighbours::{Asking, CodeDelivery, CodeMessage, Neighbour, NeighbourError};
use acta_domain::{SessionId, TenantId, Timestamp};
use async_trait::async_trait;
use serde::Serialize;

use crate::neighbour::{Client, Expected, NeighbourOptions, SetupError, secret_json};

const ACCEPTED: Expected<()> = Expected { understood: &[], largest: 0, read: |_| Ok(()) };

/// The notifications service by HTTP.
pub(crate) struct HttpNotifications(Client);

/// What it is told. It is wiped once it was sent.
#[derive(Serialize)]
struct Notification<'a> {
    channel: &'static str,
    to: &'a str,
    template: &'static str,
    tenant_id: TenantId,
    parameters: Parameters<'a>,
}

#[derive(Serialize)]
struct Parameters<'a> {
    code: &'a str,
    expires_at: Timestamp,
    session_id: SessionId,
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<&'a str>,
}

impl HttpNotifications {
    pub(crate) fn new(
        url: &str,
        options: &NeighbourOptions,
        randomness: Arc<dyn Randomness>,
    ) -> Result<Self, SetupError> {
        Client::new(Neighbour::Notifications, url, options, randomness).map(Self)
    }

    pub(crate) fn client(&self) -> &Client {
        &self.0
    }
}

#[async_trait]
impl CodeDelivery for HttpNotifications {
    async fn deliver(&self, asking: &Asking, message: &CodeMessage) -> Result<(), NeighbourError> {
        let title = message.title.as_ref().map(|title| title.as_str());
        let notification = Notification {
            channel: message.method.as_str(),
            to: &message.to,
            template: "attendance-code",
            tenant_id: asking.tenant,
            parameters: Parameters {
                code: &message.code,
                expires_at: message.expires_at,
                session_id: message.session,
                title,
            },
        };
        let secret = message.to.len() + message.code.len() + title.map_or(0, str::len);
        let sent = (message.id.as_uuid(), secret_json(&notification, secret));
        self.0.post(asking, &["api", "v1", "notifications"], sent, ACCEPTED).await
    }
}
