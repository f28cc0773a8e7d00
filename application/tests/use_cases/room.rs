//! A service without its network: real stores in a temporary folder, a clock that is set by hand.

use std::collections::BTreeSet;
use std::num::NonZeroUsize;
use std::sync::{Arc, LazyLock};

use acta_application::access::Principal;
use acta_application::attendance::EvidenceKey;
use acta_application::attendance::{Contact, RegisterAttendee};
use acta_application::clock::Randomness;
use acta_application::evidence::{Evidence, EvidencePorts};
use acta_application::log::contract::{TestClock, TestRandomness, moment};
use acta_application::log::{Actor, CommandSecret, EventLog, FeedScope, Position, RecordedEvent};
use acta_application::neighbours::Neighbours;
use acta_application::persons::{KeyWrap, PersonalText, Persons, UnwrapError};
use acta_application::session::CreateSession;
use acta_application::transcript::AddChunk;
use acta_application::{CommandContext, Ports, UseCases};
use acta_domain::{
    ChunkSource, Confidence, Language, Languages, Limits, MediaTime, Modality, PersonId, Schedule,
    SessionDetails, SessionId, TenantId,
};
use acta_proof::key::{Signer, SigningKey};
use acta_proof::sealed::PersonKey;
use acta_services::SignedQrCodes;
use acta_sqlite::{DataFolder, SqliteKeys, SqliteLog, SqliteViews};
use tempfile::TempDir;
use uuid::Uuid;
use zeroize::Zeroizing;

/// Wraps keys by turning their bits around: these tests are not about the master key.
struct Turned;

impl KeyWrap for Turned {
    fn wrap(&self, key: &PersonKey, _context: &[u8]) -> Vec<u8> {
        key.expose().iter().map(|byte| !byte).collect()
    }

    fn unwrap(&self, wrapped: &[u8], _context: &[u8]) -> Result<PersonKey, UnwrapError> {
        let key: Vec<u8> = wrapped.iter().map(|byte| !byte).collect();
        key.as_slice().try_into().map(PersonKey::new).map_err(|_| UnwrapError)
    }
}

pub(crate) struct Room {
    pub(crate) use_cases: Arc<UseCases>,
    pub(crate) evidence: Arc<Evidence>,
    pub(crate) log: Arc<dyn EventLog>,
    pub(crate) archive: Arc<SqliteLog>,
    pub(crate) views: Arc<SqliteViews>,
    pub(crate) persons: Persons,
    pub(crate) clock: Arc<TestClock>,
    ports: Ports,
    _directory: TempDir,
}

impl Room {
    pub(crate) async fn open() -> Self {
        Self::with_log(|log| log).await
    }

    /// A room whose use cases see the log through `wrap`.
    pub(crate) async fn with_log<L: EventLog>(wrap: impl FnOnce(Arc<SqliteLog>) -> Arc<L>) -> Self {
        Self::furnished(wrap, Neighbours::default(), |use_cases| use_cases).await
    }

    /// A room beside these services.
    pub(crate) async fn beside(neighbours: Neighbours) -> Self {
        Self::furnished(|log| log, neighbours, |use_cases| use_cases).await
    }

    /// A room whose use cases see the log through `wrap`, stand beside `neighbours` and are what `finish` makes of them.
    pub(crate) async fn furnished<L: EventLog>(
        wrap: impl FnOnce(Arc<SqliteLog>) -> Arc<L>,
        neighbours: Neighbours,
        finish: impl FnOnce(UseCases) -> UseCases,
    ) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let folder = DataFolder::lock(directory.path()).unwrap();
        let clock = Arc::new(TestClock::at(moment(0)));
        let randomness: Arc<dyn Randomness> = Arc::new(TestRandomness::default());
        let store = Arc::new(SqliteLog::open(&folder, clock.clone(), randomness.clone()).await.unwrap());
        let keys = SqliteKeys::open(&folder, Arc::new(Turned), randomness.clone()).await.unwrap();
        let views = Arc::new(SqliteViews::open(&folder).await.unwrap());
        let persons = Persons::new(Arc::new(keys), randomness.clone());
        let log: Arc<dyn EventLog> = wrap(store.clone());
        let key = Arc::new(SigningKey::from_seed(&[1; 32]));
        let ports = Ports {
            evidence_key: EvidenceKey::new(Zeroizing::new([7; 32])),
            neighbours,
            log: log.clone(),
            persons: persons.clone(),
            qr: Arc::new(SignedQrCodes::new("http://localhost", std::slice::from_ref(&key), [2; 32])),
            clock: clock.clone(),
            randomness,
        };
        let use_cases = Arc::new(finish(UseCases::new(ports.clone(), NonZeroUsize::new(8).unwrap())));
        let evidence = EvidencePorts {
            log: log.clone(),
            archive: store.clone(),
            persons: persons.clone(),
            published: vec![key.verifying_key()],
            signer: key,
            issuer: "http://localhost".to_owned(),
            clock: clock.clone(),
        };
        let evidence = Arc::new(Evidence::new(evidence, use_cases.clone(), NonZeroUsize::new(8).unwrap()));
        Self { use_cases, evidence, log, archive: store, views, persons, clock, ports, _directory: directory }
    }

    /// Use cases that remember nothing: another instance, or this one after a restart.
    pub(crate) fn another_instance(&self) -> UseCases {
        UseCases::new(self.ports.clone(), NonZeroUsize::new(8).unwrap())
    }

    pub(crate) async fn session(&self) -> SessionId {
        let created = self.use_cases.create_session(&command(), assembly()).await.unwrap();
        created.session_id
    }

    pub(crate) async fn active_session(&self) -> SessionId {
        let session = self.session().await;
        self.use_cases.start_session(&command(), session).await.unwrap();
        session
    }

    pub(crate) async fn let_in(&self, session: SessionId, person: PersonId) {
        let contact = Contact { name: Some(text("Ana")), ..Contact::default() };
        let attendee = RegisterAttendee {
            person_id: person,
            voting_weight: None,
            contact,
            location: None,
            override_reason: None,
        };
        self.use_cases.register_attendee(&command(), session, attendee).await.unwrap();
    }

    pub(crate) async fn events(&self) -> Vec<RecordedEvent> {
        self.log.feed(FeedScope::All, Position::default(), 10_000).await.unwrap().events
    }

    pub(crate) async fn event_types(&self) -> Vec<String> {
        self.events().await.into_iter().map(|event| event.event_type).collect()
    }
}

pub(crate) fn tenant() -> TenantId {
    TenantId::new(Uuid::from_u128(0x7e))
}

pub(crate) fn person(number: u128) -> PersonId {
    PersonId::new(Uuid::from_u128(0x9e00 + number))
}

pub(crate) fn text(words: &str) -> PersonalText {
    PersonalText::parse(words, 1_000).unwrap()
}

fn chair() -> Principal {
    Principal { tenant: tenant(), actor: Actor::Person(person(0)), permissions: BTreeSet::new() }
}

/// A command that nobody sent before.
pub(crate) fn command() -> CommandContext {
    static RANDOMNESS: LazyLock<TestRandomness> = LazyLock::new(TestRandomness::default);
    // A second before the room opens, or its own ids would be the same ones.
    CommandContext::of_request(&chair(), None, &TestClock::at(moment(-1)), &*RANDOMNESS)
}

/// A command under the idempotency key `key`, which asks for `request`.
pub(crate) fn keyed(key: &str, request: &str) -> CommandContext {
    command().under_key(&CommandSecret::new([3; 32]), key, &[request.as_bytes()])
}

pub(crate) fn assembly() -> CreateSession {
    CreateSession {
        title: text("Annual assembly"),
        details: SessionDetails {
            modality: Modality::Hybrid,
            schedule: Schedule::new(moment(60), None).unwrap(),
            languages: Languages::new(vec![Language::parse("en").unwrap()]).unwrap(),
            limits: Limits::default(),
            assembly_id: None,
        },
    }
}

pub(crate) fn chunk(words: &str) -> AddChunk {
    AddChunk {
        speaker_id: Some(person(1)),
        language: Language::parse("en").unwrap(),
        start: MediaTime::new(0_u64).unwrap(),
        end: MediaTime::new(900_u64).unwrap(),
        confidence: Confidence::new(1.0).unwrap(),
        source: ChunkSource::Human,
        text: text(words),
    }
}
