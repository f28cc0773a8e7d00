//! What librdkafka says is wrong, as errors of the port.

use std::error::Error;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use acta_application::relay::TopicsError;
use rdkafka::error::{KafkaError, RDKafkaErrorCode};

/// In librdkafka's own words.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(super) struct Words(pub(super) String);

/// The broker has not answered.
#[derive(Debug)]
pub(super) struct Silence {
    /// How long it was waited for.
    pub(super) within: Duration,
    /// What was last heard of the connection.
    pub(super) last_words: Option<String>,
}

impl fmt::Display for Silence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "it did not answer within {} s", self.within.as_secs())?;
        match &self.last_words {
            Some(words) => write!(f, "; last: {words}"),
            None => Ok(()),
        }
    }
}

impl Error for Silence {}

pub(super) fn unavailable(source: impl Error + Send + Sync + 'static) -> TopicsError {
    TopicsError::Unavailable(Arc::new(source))
}

/// What `error` means while `what` was asked for.
pub(super) fn of(what: &str, error: KafkaError) -> TopicsError {
    match error.rdkafka_error_code() {
        Some(code) => of_code(what, code, error),
        None if is_about_the_request(&error) => refused(what, error),
        None => unavailable(error),
    }
}

/// What `code` means while `what` was asked for; more is said by `source`.
pub(super) fn of_code(
    what: &str,
    code: RDKafkaErrorCode,
    source: impl Error + Send + Sync + 'static,
) -> TopicsError {
    if is_refusal(code) { refused(what, source) } else { unavailable(source) }
}

pub(super) fn refused(what: &str, source: impl Error + Send + Sync + 'static) -> TopicsError {
    TopicsError::Refused { what: what.to_owned(), source: Arc::new(source) }
}

fn is_about_the_request(error: &KafkaError) -> bool {
    matches!(
        error,
        KafkaError::AdminOpCreation(_)
            | KafkaError::ClientConfig(..)
            | KafkaError::ClientCreation(_)
            | KafkaError::Nul(_)
    )
}

/// Whether the same would be said again until somebody changes something.
fn is_refusal(code: RDKafkaErrorCode) -> bool {
    use RDKafkaErrorCode as Code;
    matches!(
        code,
        Code::Authentication
            | Code::SaslAuthenticationFailed
            | Code::UnsupportedSASLMechanism
            | Code::TopicAuthorizationFailed
            | Code::GroupAuthorizationFailed
            | Code::ClusterAuthorizationFailed
            | Code::SecurityDisabled
            | Code::MessageSizeTooLarge
            | Code::MessageBatchTooLarge
            | Code::InvalidMessageSize
            | Code::InvalidRecord
            | Code::InvalidTimestamp
            | Code::InvalidTopic
            | Code::InvalidPartitions
            | Code::InvalidReplicationFactor
            | Code::InvalidConfig
            | Code::InvalidRequiredAcks
            | Code::InvalidRequest
            | Code::PolicyViolation
            | Code::UnsupportedVersion
            | Code::UnsupportedFeature
            | Code::UnsupportedCompressionType
            | Code::UnsupportedForMessageFormat
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_lacks_rights_is_refused() {
        let error = of("records", KafkaError::MessageProduction(RDKafkaErrorCode::TopicAuthorizationFailed));
        assert!(matches!(error, TopicsError::Refused { what, .. } if what == "records"));
    }

    #[test]
    fn what_may_pass_by_itself_is_unavailable() {
        for code in [
            RDKafkaErrorCode::BrokerTransportFailure,
            RDKafkaErrorCode::NotEnoughReplicas,
            RDKafkaErrorCode::UnknownTopicOrPartition,
        ] {
            let error = of("records", KafkaError::MetadataFetch(code));
            assert!(matches!(error, TopicsError::Unavailable(_)), "{code:?}");
        }
    }

    #[test]
    fn a_silent_broker_is_told_of_with_what_was_heard_last() {
        let silence = Silence { within: Duration::from_secs(10), last_words: Some("refused".to_owned()) };
        assert_eq!(silence.to_string(), "it did not answer within 10 s; last: refused");
    }
}
