//! Whether a connection still stands.

use std::fmt;
use std::sync::{Mutex, MutexGuard, OnceLock};

use acta_application::relay::TopicsError;
use rdkafka::config::RDKafkaLogLevel;
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use tokio_util::sync::CancellationToken;

use super::fault::{self, Words};

/// The facility under which librdkafka logs that a connection failed or was closed.
const FAILED: &str = "FAIL";

/// How librdkafka ends the message about a connection that was never up. Whatever it says of one that was, and whatever it may say in
/// a later version, counts as a loss.
const NEVER_UP: [&str; 9] = [
    "in state INIT",
    "in state DOWN",
    "in state TRY_CONNECT",
    "in state CONNECT",
    "in state SSL_HANDSHAKE",
    "in state AUTH_LEGACY",
    "in state APIVERSION_QUERY",
    "in state AUTH_HANDSHAKE",
    "in state AUTH_REQ",
];

/// Takes back what was not sent yet.
type Recall = Box<dyn Fn() + Send + Sync>;

/// What is known of a publication's connections: they stand until the first is lost.
#[derive(Default)]
pub(super) struct Link {
    /// Why it is over; held while something is handed over to be sent.
    why: Mutex<Option<TopicsError>>,
    over: CancellationToken,
    recall: OnceLock<Recall>,
    last_words: Mutex<Option<String>>,
}

impl Link {
    /// Has `recall` called when the connection is lost.
    pub(super) fn on_loss(&self, recall: impl Fn() + Send + Sync + 'static) {
        let _first = self.recall.set(Box::new(recall));
    }

    /// It is over, because of `why`. Nothing is handed over after this.
    pub(super) fn end(&self, why: TopicsError) {
        let first = self.reason().get_or_insert(why).clone();
        if self.over.is_cancelled() {
            return;
        }
        if let Some(recall) = self.recall.get() {
            recall();
        }
        self.over.cancel();
        tracing::debug!(
            reason = &first as &(dyn std::error::Error + 'static),
            "the connection to the broker is over"
        );
    }

    /// Does `hand_over` while the connection stands: it cannot end meanwhile.
    pub(super) fn while_it_stands<T>(&self, hand_over: impl FnOnce() -> T) -> Result<T, TopicsError> {
        let why = self.reason();
        match why.as_ref() {
            None => Ok(hand_over()),
            Some(why) => Err(why.clone()),
        }
    }

    /// Awaits `work`, but not longer than the connection stands.
    pub(super) async fn unless_over<T>(
        &self,
        work: impl Future<Output = Result<T, TopicsError>>,
    ) -> Result<T, TopicsError> {
        tokio::select! {
            biased;
            () = self.over.cancelled() => self.while_it_stands(|| ()).and_then(|()| Err(fault::unavailable(Words("it is over".to_owned())))),
            done = work => done,
        }
    }

    /// What was last heard of the connection.
    pub(super) fn last_words(&self) -> Option<String> {
        self.last_words.lock().expect("nobody panics while it is held").clone()
    }

    /// Takes a line of librdkafka's log.
    pub(super) fn logged(&self, level: RDKafkaLogLevel, facility: &str, message: &str) {
        tracing::debug!(target: "librdkafka", ?level, facility, "{message}");
        if facility == FAILED {
            self.failed(message);
        }
    }

    /// Takes an error that librdkafka reports of no request in particular.
    pub(super) fn reported(&self, error: &KafkaError, reason: &str) {
        tracing::debug!(target: "librdkafka", %error, "{reason}");
        match error.rdkafka_error_code() {
            Some(code @ RDKafkaErrorCode::Authentication) => {
                self.end(fault::of_code("the connection", code, Words(reason.to_owned())));
            }
            // It only sums up what was said of each.
            Some(RDKafkaErrorCode::AllBrokersDown) => {}
            _ => self.failed(reason),
        }
    }

    fn failed(&self, message: &str) {
        self.note(message);
        if !NEVER_UP.iter().any(|state| message.contains(state)) {
            self.end(fault::unavailable(Words(message.to_owned())));
        }
    }

    fn note(&self, message: &str) {
        *self.last_words.lock().expect("nobody panics while it is held") = Some(message.to_owned());
    }

    fn reason(&self) -> MutexGuard<'_, Option<TopicsError>> {
        self.why.lock().expect("nobody panics while it is held")
    }
}

impl fmt::Debug for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Link").field("over", &self.over.is_cancelled()).finish_non_exhaustive()
    }
}
