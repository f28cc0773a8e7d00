//! Where a service publishes to.

use acta_throwaway::{Broker, Memory, fresh_prefix};
use serde_json::Value;
use tokio::process::Command;

use crate::api::Api;
use crate::service::{PATIENCE, within};

/// Topics on a broker, which nobody else uses.
#[derive(Debug, Clone)]
pub(crate) struct Topics {
    pub(crate) brokers: String,
    pub(crate) prefix: String,
    pub(crate) layout: &'static str,
    /// Whether messages from outside are read. The everyday broker lets a reader ask without a pause, so it is off where it is not
    /// what is looked at.
    pub(crate) inbound: bool,
}

impl Topics {
    /// Topics by type on whichever broker there is.
    pub(crate) async fn any() -> Self {
        Self::at(&Broker::any().await.unwrap())
    }

    /// Topics by type on `broker`.
    pub(crate) fn on(broker: &Broker) -> Self {
        Self::at(&broker.bootstrap())
    }

    fn at(brokers: &str) -> Self {
        Self { brokers: brokers.to_owned(), prefix: fresh_prefix(), layout: "by-type", inbound: false }
    }

    /// The same with one topic for all events.
    pub(crate) fn single(self) -> Self {
        Self { layout: "single", ..self }
    }

    /// The same, where messages from outside are read.
    pub(crate) fn with_inbound(self) -> Self {
        Self { inbound: true, ..self }
    }

    /// Tells `command`, any `acta`, about them.
    pub(crate) fn tell(&self, command: &mut Command) {
        command.env("KAFKA_BROKERS", &self.brokers).env("KAFKA_TOPIC_PREFIX", &self.prefix);
        command.env("KAFKA_LAYOUT", self.layout).env("KAFKA_INBOUND", self.inbound.to_string());
        command.env("KAFKA_GROUP", format!("{}acta", self.prefix));
    }
}

/// A broker that starts in a moment.
pub(crate) async fn everyday_broker() -> Broker {
    Broker::start(Memory::Forgetful).await.unwrap()
}

/// How the feature `name` is, by the health of the service, with the whole report.
pub(crate) async fn feature(api: &Api, name: &str) -> (Value, Value) {
    let health = api.get("//health").await.json();
    let features = health["features"].as_array().unwrap();
    let found = features.iter().find(|feature| feature["name"] == name).expect("this feature is on");
    (found.clone(), health.clone())
}

/// Waits until the relay of the service has published everything up to `head`.
pub(crate) async fn relayed_up_to(api: &Api, head: u64) -> Value {
    let patience = PATIENCE * 2;
    within(patience, "everything is published", async || {
        let (relay, _) = feature(api, "relay").await;
        (relay["position"].as_u64() >= Some(head)).then_some(relay)
    })
    .await
}

/// The last position of the log.
pub(crate) async fn head(api: &Api) -> u64 {
    api.get("//health").await.json()["log"]["head"].as_u64().unwrap()
}

/// Waits until the relay of the service is in `state`.
pub(crate) async fn relay_is(api: &Api, state: &str) -> (Value, Value) {
    within(PATIENCE, &format!("the relay is {state}"), async || {
        let (relay, health) = feature(api, "relay").await;
        (relay["state"] == state).then_some((relay, health))
    })
    .await
}
