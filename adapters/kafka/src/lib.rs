//! Kafka: the topics that the relay fills, and the messages that arrive from outside.

mod asyncapi;
pub mod client;
#[cfg(feature = "contract")]
pub mod contract;
pub mod inbound;
pub mod topics;

pub use asyncapi::{asyncapi, headers_schema};
pub use client::{KafkaOptions, OptionsError};
pub use topics::KafkaTopics;
