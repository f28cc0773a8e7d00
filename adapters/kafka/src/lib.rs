//! Kafka: the topics that the relay fills, and the messages that arrive from outside.
