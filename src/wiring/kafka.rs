//! What speaks to Kafka: the relay, and the reading of messages from outside.

use std::sync::Arc;
use std::time::Duration;

use acta_application::health::{FeatureHealth, FeatureWatch};
use acta_application::inbound::GovernanceInbox;
use acta_application::relay::{Relay, RelayHealth, RelayState};
use acta_kafka::inbound::{Inbound, InboundHealth, InboundOptions, InboundState};
use acta_kafka::{KafkaOptions, KafkaTopics};
use acta_projections::assemblies::ViewOfAssemblies;
use tokio::sync::watch;

use super::Parts;
use crate::system::SystemClock;

/// How long a message waits for the view of assemblies; then it is tried again.
const VIEW_PATIENCE: Duration = Duration::from_secs(10);

/// Starts what is wanted, and tells how to ask it how it is. A broker that is away is waited for, by nobody else.
pub(super) fn start(parts: &Parts<'_>) -> anyhow::Result<Vec<FeatureWatch>> {
    let Some(options) = parts.config.kafka.options()? else { return Ok(Vec::new()) };
    let relay = start_relay(parts, &options);
    Ok([relay].into_iter().chain(start_inbound(parts, options)).collect())
}

fn start_relay(parts: &Parts<'_>, options: &KafkaOptions) -> FeatureWatch {
    let relay = Relay::new(
        Arc::clone(parts.log),
        Arc::clone(parts.views),
        Arc::new(KafkaTopics::new(options.clone())),
        Arc::new(SystemClock),
        parts.config.kafka.topic_names(),
        parts.config.public_url.clone(),
    );
    let (health, log) = (relay.health(), Arc::clone(parts.log));
    parts.background.spawn(relay.run(parts.tenures.clone(), parts.stop.clone()));
    Box::new(move || relay_health(&health, log.head().borrow().get()))
}

fn relay_health(health: &watch::Receiver<RelayHealth>, head: u64) -> FeatureHealth {
    let health = health.borrow();
    let well = match health.state {
        RelayState::Standby | RelayState::Connecting | RelayState::Relaying => true,
        RelayState::Waiting { .. } | RelayState::Halted { .. } | RelayState::Stopped => false,
    };
    FeatureHealth {
        name: "relay",
        well,
        state: health.state.as_str(),
        position: Some(health.position),
        lag: Some(head.saturating_sub(health.position.get())),
    }
}

fn start_inbound(parts: &Parts<'_>, options: KafkaOptions) -> Option<FeatureWatch> {
    let wanted = parts.config.kafka.inbound()?;
    let assemblies = Arc::new(ViewOfAssemblies::new(Arc::clone(parts.views), VIEW_PATIENCE));
    let inbox = GovernanceInbox::new(Arc::clone(parts.use_cases), assemblies, parts.command_secret.clone());
    let prefix = parts.config.kafka.prefix().to_owned();
    let read = InboundOptions { group: wanted.group, prefix, patience: wanted.patience };
    let inbound = Inbound::new(options, read, Arc::new(inbox), Arc::new(SystemClock));
    let health = inbound.health();
    parts.background.spawn(inbound.run(parts.stop.clone()));
    Some(Box::new(move || inbound_health(&health)))
}

fn inbound_health(health: &watch::Receiver<InboundHealth>) -> FeatureHealth {
    let health = health.borrow();
    let (well, state) = match health.state {
        InboundState::Connecting => (true, "connecting"),
        InboundState::Consuming => (true, "consuming"),
        InboundState::Waiting { .. } => (false, "waiting"),
        InboundState::Stopped => (false, "stopped"),
    };
    FeatureHealth { name: "inbound", well, state, position: None, lag: health.lag }
}
