//! Messages of the governance service, from their bytes to what is in the log.

mod effects;
mod failures;
mod order;
mod refusals;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use acta_application::UseCases;
use acta_application::inbound::{
    AssembliesError, AssemblySession, GovernanceInbox, GovernanceType, InboundMessage, Inbox, Reason, Verdict,
};
use acta_application::leases::{HolderId, SoleInstance, Tenures};
use acta_application::log::{CommandSecret, EventLog, Position};
use acta_application::session::CreateSession;
use acta_application::views::Views;
use acta_domain::{AssemblyId, Session, SessionId, TenantId};
use acta_projections::assemblies::ViewOfAssemblies;
use acta_projections::runner::{Pace, Projections};
use async_trait::async_trait;
use cqrs_es::Aggregate as _;
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::room::{Room, assembly, command, tenant};

/// How long the views may take before a test says that they never came.
const PATIENCE: Duration = Duration::from_secs(20);

/// A room with views that follow, and an inbox.
pub(super) struct Post {
    pub(super) room: Room,
    pub(super) inbox: GovernanceInbox,
    projections: Projections,
    offsets: AtomicU64,
}

/// Says what it was told, whatever the log holds.
struct Told(Result<Vec<AssemblySession>, AssembliesError>);

#[async_trait]
impl acta_application::inbound::Assemblies for Told {
    async fn sessions_of(
        &self,
        _: TenantId,
        _: &AssemblyId,
        _: Position,
    ) -> Result<Vec<AssemblySession>, AssembliesError> {
        self.0.clone()
    }
}

pub(super) fn inbox(use_cases: &Arc<UseCases>, views: Arc<dyn Views>) -> GovernanceInbox {
    let assemblies = Arc::new(ViewOfAssemblies::new(views, PATIENCE));
    GovernanceInbox::new(Arc::clone(use_cases), assemblies, CommandSecret::new([3; 32]))
}

impl Post {
    pub(super) async fn open() -> Self {
        Self::in_room(Room::open().await)
    }

    pub(super) fn in_room(room: Room) -> Self {
        let views: Arc<dyn Views> = room.views.clone();
        let log: Arc<dyn EventLog> = room.archive.clone();
        let tenures = Tenures::new(Arc::new(SoleInstance), HolderId(Uuid::nil()));
        let stop = CancellationToken::new();
        let projections = Projections::start(&log, &views, Pace::default(), &tenures, &stop);
        let inbox = inbox(&room.use_cases, views);
        Self { room, inbox, projections, offsets: AtomicU64::new(0) }
    }

    /// A scheduled session for the assembly `id`.
    pub(super) async fn session_for(&self, id: &str) -> SessionId {
        let mut input: CreateSession = assembly();
        input.details.assembly_id = Some(AssemblyId::parse(id).unwrap());
        self.room.use_cases.create_session(&command(), input).await.unwrap().session_id
    }

    /// Plain JSON at a place where none was before.
    pub(super) fn plain(&self, kind: GovernanceType, body: &Value) -> InboundMessage {
        InboundMessage {
            topic: kind.to_string(),
            event_type: kind.to_string(),
            partition: 0,
            offset: self.offsets.fetch_add(1, Ordering::Relaxed),
            key: body["assembly_id"].as_str().map(|id| id.as_bytes().to_vec()),
            headers: Vec::new(),
            body: body.to_string().into_bytes(),
        }
    }

    /// The CloudEvent `id`, at a place where none was before.
    pub(super) fn event(&self, id: &str, kind: GovernanceType, body: &Value) -> InboundMessage {
        let headers = [("ce_specversion", "1.0"), ("ce_source", "/governance"), ("ce_id", id)];
        let headers = headers.map(|(name, value)| (name.to_owned(), value.as_bytes().to_vec())).to_vec();
        InboundMessage { headers, ..self.plain(kind, body) }
    }

    /// Handles plain JSON.
    pub(super) async fn told(&self, kind: GovernanceType, body: &Value) -> Verdict {
        self.inbox.handle(&self.plain(kind, body)).await
    }

    /// The session as the log has it.
    pub(super) async fn state(&self, id: SessionId) -> Session {
        let mut session = Session::default();
        for event in self.room.events().await {
            if event.session_id == id && event.stream.aggregate_type == "session" {
                session.apply(event.decode_as().unwrap());
            }
        }
        session
    }

    /// The types of events behind the two that create a session.
    pub(super) async fn later_types(&self) -> Vec<String> {
        self.room.event_types().await.split_off(2)
    }

    pub(super) async fn close(self) {
        self.projections.stop().await;
    }
}

pub(super) fn of(assembly: &str) -> Value {
    json!({ "tenant_id": tenant(), "assembly_id": assembly })
}

pub(super) fn vote(assembly: &str, vote: &str) -> Value {
    json!({ "tenant_id": tenant(), "assembly_id": assembly, "vote_id": vote })
}

#[track_caller]
pub(super) fn assert_changed(verdict: &Verdict) -> Position {
    let Verdict::Done { changed: true, position: Some(position) } = verdict else { panic!("{verdict:?}") };
    *position
}

#[track_caller]
pub(super) fn assert_nothing_to_do(verdict: &Verdict) {
    assert!(matches!(verdict, Verdict::Done { changed: false, position: None }), "{verdict:?}");
}

#[track_caller]
pub(super) fn assert_never(verdict: &Verdict, expected: &Reason) {
    assert!(matches!(verdict, Verdict::Never(reason) if reason == expected), "{verdict:?}");
}

#[track_caller]
pub(super) fn assert_not_yet(verdict: &Verdict, expected: &Reason) {
    assert!(matches!(verdict, Verdict::NotYet(reason) if reason == expected), "{verdict:?}");
}
