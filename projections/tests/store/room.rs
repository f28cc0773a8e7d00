//! A log and views on temporary files, and the words of a session's life.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use acta_application::clock::{Clock, Randomness};
use acta_application::leases::{HolderId, SoleInstance, Tenures};
use acta_application::log::{
    Actor, Append, CommandDigest, CommandId, EventLog, ExpectedVersion, Metadata, NewEvent, Position,
    StreamId,
};
use acta_application::register::register_of;
use acta_application::views::{ViewName, Views};
use acta_domain::values::{
    AttendanceMethod, ChunkNumber, ChunkSource, Confidence, Language, Languages, Limits, MediaTime, Modality,
    Priority, RoleName, Schedule, ServiceName, SpeechKind, Timestamp, VotingWeight,
};
use acta_domain::{
    AnyEvent, AttendanceEvent, ClientEvent, ClientId, CredentialId, FloorEvent, Permission, PersonId,
    PublicId, RoleEvent, SessionEvent, SessionId, SpeechRequestId, TenantId, TranscriptEvent, UserEvent,
    UserId,
};
use acta_projections::ProjectionKind;
use acta_projections::runner::{Pace, Projections};
use acta_projections::wait::until_reflected;
use acta_proof::sealed::SealedPart;
use acta_sqlite::{DataFolder, SqliteLog, SqliteViews};
use tempfile::TempDir;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

/// How long a test waits for a state before it says that it never came.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

struct Standstill;

impl Clock for Standstill {
    fn now(&self) -> Timestamp {
        second(0)
    }
}

struct Counting(AtomicU64);

impl Randomness for Counting {
    fn fill(&self, bytes: &mut [u8]) {
        let next = self.0.fetch_add(1, Ordering::Relaxed).to_le_bytes();
        for (byte, next) in bytes.iter_mut().zip(next.iter().cycle()) {
            *byte = *next;
        }
    }
}

pub(crate) fn second(seconds: i64) -> Timestamp {
    Timestamp::from_micros((1_795_341_600 + seconds) * 1_000_000).unwrap()
}

pub(crate) fn tenant() -> TenantId {
    TenantId::new(Uuid::from_u128(1))
}

pub(crate) fn session(number: u128) -> SessionId {
    SessionId::new(Uuid::from_u128(1_000 + number))
}

pub(crate) fn person(number: u128) -> PersonId {
    PersonId::new(Uuid::from_u128(2_000_000 + number))
}

pub(crate) fn all_views() -> Vec<ViewName> {
    ProjectionKind::ALL.map(ProjectionKind::view).to_vec()
}

/// A real log and real views in a folder of their own.
pub(crate) struct Room {
    pub(crate) log: Arc<dyn EventLog>,
    pub(crate) views: Arc<dyn Views>,
    pub(crate) sqlite_views: Arc<SqliteViews>,
    pub(crate) stop: CancellationToken,
    commands: AtomicU64,
    _folder: TempDir,
}

impl Room {
    pub(crate) async fn open() -> Self {
        let temporary = tempfile::tempdir().unwrap();
        let folder = DataFolder::lock(temporary.path()).unwrap();
        let randomness = Arc::new(Counting(AtomicU64::new(1)));
        let log = SqliteLog::open(&folder, Arc::new(Standstill), randomness).await.unwrap();
        let sqlite_views = Arc::new(SqliteViews::open(&folder).await.unwrap());
        Self {
            log: Arc::new(log),
            views: Arc::clone(&sqlite_views) as Arc<dyn Views>,
            sqlite_views,
            stop: CancellationToken::new(),
            commands: AtomicU64::new(0),
            _folder: temporary,
        }
    }

    pub(crate) fn run(&self) -> Projections {
        self.run_at(Pace::default())
    }

    pub(crate) fn run_at(&self, pace: Pace) -> Projections {
        self.run_under(pace, &Tenures::new(Arc::new(SoleInstance), HolderId(Uuid::nil())))
    }

    pub(crate) fn run_under(&self, pace: Pace, tenures: &Tenures) -> Projections {
        Projections::start(&self.log, &self.views, pace, tenures, &self.stop)
    }

    pub(crate) fn head(&self) -> Position {
        *self.log.head().borrow()
    }

    /// Waits until every view reflects everything that is in the log.
    pub(crate) async fn caught_up(&self) -> Position {
        until_reflected(&*self.views, &all_views(), self.head(), PATIENCE).await.unwrap()
    }

    pub(crate) async fn append(&self, session: SessionId, event: impl Into<AnyEvent>) -> Position {
        self.append_sealed(session, event, None).await
    }

    pub(crate) async fn append_in_register(&self, event: impl Into<AnyEvent>) -> Position {
        self.append(register_of(tenant()), event).await
    }

    pub(crate) async fn append_sealed(
        &self,
        session: SessionId,
        event: impl Into<AnyEvent>,
        words: Option<&str>,
    ) -> Position {
        let event = event.into();
        let new = NewEvent {
            event_type: event.name().to_owned(),
            event_version: 1,
            payload: event.to_payload().to_string(),
            sealed: words.map(sealed),
        };
        self.append_raw(session, event.aggregate_type(), new).await
    }

    pub(crate) async fn append_raw(
        &self,
        session: SessionId,
        aggregate_type: &str,
        event: NewEvent,
    ) -> Position {
        let command = self.commands.fetch_add(1, Ordering::Relaxed);
        let append = Append {
            tenant_id: tenant(),
            session_id: session,
            stream: StreamId::of_session(aggregate_type, session),
            expected: ExpectedVersion::Any,
            guards: Vec::new(),
            rests_on: Vec::new(),
            metadata: Metadata {
                actor: Actor::Clock,
                command_id: CommandId(Uuid::from_u128(u128::from(command))),
                correlation_id: Uuid::nil(),
                causation: None,
                traceparent: None,
            },
            command_digest: CommandDigest([0; 32]),
            events: vec![event],
        };
        self.log.append(append).await.unwrap().last
    }
}

/// A part that is "sealed" only in name, so that a test can read it again.
fn sealed(words: &str) -> SealedPart {
    SealedPart {
        subject: "session".to_owned(),
        key_id: [0; 32],
        nonce: [0; 12],
        ciphertext: words.as_bytes().to_vec(),
    }
}

pub(crate) fn created(session_id: SessionId, modality: Modality, starts: i64) -> SessionEvent {
    SessionEvent::Created {
        session_id,
        public_id: PublicId::new([1; 16]),
        modality,
        schedule: Schedule::new(second(starts), None).unwrap(),
        languages: Languages::new(vec![Language::parse("el").unwrap()]).unwrap(),
        limits: Limits::default(),
        assembly_id: None,
        at: second(0),
    }
}

/// The event that carries a session's title.
pub(crate) fn described() -> SessionEvent {
    SessionEvent::Described { at: second(0) }
}

pub(crate) fn validated(who: PersonId, weight: Option<&str>, at: i64) -> AttendanceEvent {
    AttendanceEvent::Validated {
        person_id: who,
        method: AttendanceMethod::Manual,
        evidence: None,
        voting_weight: weight.map(|weight| VotingWeight::parse(weight).unwrap()),
        at: second(at),
    }
}

pub(crate) fn requested(number: u128) -> FloorEvent {
    FloorEvent::Requested {
        request_id: request(number),
        person_id: person(number),
        kind: SpeechKind::Speech,
        priority: Priority::default(),
        at: second(1),
    }
}

pub(crate) fn request(number: u128) -> SpeechRequestId {
    SpeechRequestId::new(Uuid::from_u128(3_000_000 + number))
}

pub(crate) fn denied(number: u128) -> FloorEvent {
    FloorEvent::Denied { request_id: request(number), person_id: person(number), at: second(2) }
}

pub(crate) fn spoken(chunk: u64, speaker: u128, language: &str) -> TranscriptEvent {
    TranscriptEvent::Chunk {
        chunk: ChunkNumber::new(chunk).unwrap(),
        speaker_id: Some(person(speaker)),
        language: Language::parse(language).unwrap(),
        start_ms: MediaTime::new(chunk * 1_000).unwrap(),
        end_ms: MediaTime::new(chunk * 1_000 + 900).unwrap(),
        confidence: Confidence::new(0.1 + 0.2).unwrap(),
        source: ChunkSource::Human,
        at: second(1),
    }
}

pub(crate) fn user(number: u128) -> UserId {
    UserId::new(Uuid::from_u128(4_000_000 + number))
}

pub(crate) fn user_created(number: u128) -> UserEvent {
    let at = second(number.try_into().unwrap());
    UserEvent::Created { user_id: user(number), person_id: person(number), credential_id: None, at }
}

pub(crate) fn role_name(number: u128) -> RoleName {
    RoleName::parse(&format!("role-{number}")).unwrap()
}

pub(crate) fn role_defined(number: u128) -> RoleEvent {
    let permissions = BTreeSet::from([Permission::SessionsRead]);
    RoleEvent::Defined { name: role_name(number), permissions, at: second(0) }
}

pub(crate) fn client(number: u128) -> ClientId {
    ClientId::new(Uuid::from_u128(5_000_000 + number))
}

pub(crate) fn client_registered(number: u128) -> ClientEvent {
    ClientEvent::Registered {
        client_id: client(number),
        name: ServiceName::parse(&format!("client-{}", number % 2)).unwrap(),
        roles: BTreeSet::new(),
        credential_id: CredentialId::new(Uuid::from_u128(number)),
        at: second(number.try_into().unwrap()),
    }
}
