//! What the cases are made of.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use acta_domain::{PersonId, SessionId, TenantId, Timestamp};
use acta_proof::sealed::SealedPart;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::LogHarness;
use crate::clock::{Clock, Randomness};
use crate::log::{
    Actor, Append, AppendError, Appended, CommandDigest, CommandId, EventLog, ExpectedVersion, Metadata,
    NewEvent, Sequence, StreamId,
};

/// A clock that stands still until it is set.
#[derive(Debug)]
pub struct TestClock(AtomicI64);

impl TestClock {
    /// A clock that shows `now`.
    pub fn at(now: Timestamp) -> Self {
        Self(AtomicI64::new(now.as_micros()))
    }

    /// Sets it, forwards or back.
    pub fn set(&self, now: Timestamp) {
        self.0.store(now.as_micros(), Ordering::SeqCst);
    }
}

impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_micros(self.0.load(Ordering::SeqCst)).expect("it is only set to timestamps")
    }
}

/// Bytes that never repeat and are the same in every run.
#[derive(Debug, Default)]
pub struct TestRandomness(AtomicU64);

impl Randomness for TestRandomness {
    fn fill(&self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(32) {
            let number = self.0.fetch_add(1, Ordering::SeqCst);
            let block = Sha256::digest(number.to_be_bytes());
            chunk.copy_from_slice(&block[..chunk.len()]);
        }
    }
}

/// The moment `seconds` after the start of 2026.
pub fn moment(seconds: i64) -> Timestamp {
    Timestamp::from_micros((1_767_225_600 + seconds) * 1_000_000).expect("it is in this century")
}

/// An event that says `word`.
pub fn event(word: &str) -> NewEvent {
    NewEvent {
        event_type: "floor.word-said.v1".to_owned(),
        event_version: 1,
        payload: format!(r#"{{"type":"floor.word-said.v1","word":"{word}"}}"#),
        sealed: None,
    }
}

/// A log that is open, with the clock and the randomness that it uses, and makers of what is appended.
pub struct Scene<H: LogHarness> {
    /// The store.
    pub harness: H,
    /// The open log.
    pub log: Arc<H::Log>,
    /// Its clock.
    pub clock: Arc<TestClock>,
    randomness: Arc<TestRandomness>,
}

impl<H: LogHarness> Scene<H> {
    /// An empty log.
    pub async fn empty() -> Self {
        let harness = H::new().await;
        let clock = Arc::new(TestClock::at(moment(0)));
        let randomness = Arc::new(TestRandomness::default());
        let log = harness.open(clock.clone(), randomness.clone()).await;
        Self { harness, log, clock, randomness }
    }

    /// Closes the log and opens it again.
    pub async fn restart(self) -> Self {
        let Self { harness, log, clock, randomness } = self;
        harness.close(log).await;
        let log = harness.open(clock.clone(), randomness.clone()).await;
        Self { harness, log, clock, randomness }
    }

    /// Appends `append` and waits until it is durable.
    ///
    /// # Errors
    /// See [`AppendError`].
    pub async fn say(&self, append: Append) -> Result<Appended, AppendError> {
        self.log.append(append).await
    }
}

/// Tenant number `number`.
pub(super) fn tenant(number: u128) -> TenantId {
    TenantId::new(Uuid::from_u128(0x7e00_0000 + number))
}

/// Session number `number`.
pub(super) fn session(number: u128) -> SessionId {
    SessionId::new(Uuid::from_u128(0x5e00_0000 + number))
}

/// The stream `aggregate_type` of session number `number`.
pub(super) fn stream(aggregate_type: &str, number: u128) -> StreamId {
    StreamId::of_session(aggregate_type, session(number))
}

/// Command number `number`, saying `words` in the floor stream of session `of` of tenant 1.
pub(super) fn command(number: u128, of: u128, words: &[&str]) -> Append {
    Append {
        tenant_id: tenant(1),
        session_id: session(of),
        stream: stream("floor", of),
        expected: ExpectedVersion::Any,
        guards: Vec::new(),
        rests_on: Vec::new(),
        metadata: Metadata {
            actor: Actor::Person(PersonId::new(Uuid::from_u128(0xac_0001))),
            command_id: CommandId(Uuid::from_u128(0xc0_0000_0000 + number)),
            correlation_id: Uuid::from_u128(number),
            causation: None,
            traceparent: None,
        },
        command_digest: CommandDigest(Sha256::digest(words.concat()).into()),
        events: words.iter().map(|word| event(word)).collect(),
    }
}

/// `append`, expecting the stream to have `version` events.
pub(super) fn expecting(append: Append, version: u64) -> Append {
    Append { expected: ExpectedVersion::Exactly(Sequence::new(version)), ..append }
}

/// `append`, by tenant number `number`.
pub(super) fn by_tenant(append: Append, number: u128) -> Append {
    Append { tenant_id: tenant(number), ..append }
}

/// `append`, its first event with a personal part.
pub(super) fn with_sealed(mut append: Append) -> Append {
    append.events[0].sealed = Some(SealedPart {
        subject: "session".to_owned(),
        key_id: [1; 32],
        nonce: [2; 12],
        ciphertext: vec![3; 40],
    });
    append
}
