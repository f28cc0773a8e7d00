//! What the tenancy service says holds, as far as it says it; and what compliance says is passed on.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use acta_application::neighbours::{
    Asking, Compliance, Neighbour, NeighbourError, Neighbours, RetentionPolicy, Tenancy, TenantStatus,
};
use acta_application::session::{ActiveSessions, AssemblyNews, LimitsOfTenants, TenantLimits};
use acta_application::views::ViewsError;
use acta_application::{UseCaseError, UseCases};
use acta_domain::{AssemblyId, SessionId, TenantId};
use async_trait::async_trait;
use uuid::Uuid;

use crate::room::{Room, assembly, command, keyed, tenant};

/// A tenancy service in memory; nothing said means that it is away.
#[derive(Default)]
struct Register {
    status: Mutex<Option<TenantStatus>>,
    limits: Mutex<Option<TenantLimits>>,
}

impl Register {
    fn saying(status: Option<TenantStatus>, limits: Option<TenantLimits>) -> Arc<Self> {
        Arc::new(Self { status: Mutex::new(status), limits: Mutex::new(limits) })
    }

    fn neighbours(self: &Arc<Self>) -> Neighbours {
        Neighbours { tenancy: Some(Arc::clone(self) as Arc<dyn Tenancy>), ..Neighbours::default() }
    }
}

fn away() -> NeighbourError {
    NeighbourError::TimedOut { neighbour: Neighbour::Tenancy, after: Duration::from_secs(5) }
}

#[async_trait]
impl Tenancy for Register {
    async fn limits(&self, _: &Asking) -> Result<TenantLimits, NeighbourError> {
        self.limits.lock().unwrap().ok_or_else(away)
    }

    async fn status(&self, _: &Asking) -> Result<TenantStatus, NeighbourError> {
        self.status.lock().unwrap().ok_or_else(away)
    }
}

/// So many sessions are active.
struct Counted(usize);

#[async_trait]
impl ActiveSessions for Counted {
    async fn of_tenant(&self, _: TenantId, most: u32) -> Result<Vec<SessionId>, ViewsError> {
        let active = (0..self.0).map(|number| SessionId::new(Uuid::from_u128(number as u128)));
        Ok(active.take(most as usize).collect())
    }
}

fn sessions(limit: u32) -> TenantLimits {
    TenantLimits { active_sessions: Some(limit), participants: None }
}

/// A room with `active` active sessions, where `usual` holds for all, and `named` for the tenant.
async fn limited(
    register: &Arc<Register>,
    active: usize,
    usual: TenantLimits,
    named: Option<TenantLimits>,
) -> Room {
    let named: HashMap<_, _> = named.map(|limits| (tenant(), limits)).into_iter().collect();
    let limits = LimitsOfTenants { usual, named };
    let finish = |use_cases: UseCases| use_cases.limited(limits, Arc::new(Counted(active)));
    Room::furnished(|log| log, register.neighbours(), finish).await
}

/// The limit that a start was refused for, if it was.
async fn refused_at(room: &Room) -> Option<u32> {
    let session = room.session().await;
    match room.use_cases.start_session(&command(), session).await {
        Ok(_) => None,
        Err(UseCaseError::TooManySessions { limit }) => Some(limit),
        Err(error) => panic!("{error:?}"),
    }
}

#[tokio::test]
async fn what_tenancy_says_of_limits_wins_over_the_usual_ones_and_yields_to_the_named_ones() {
    let register = Register::saying(None, Some(sessions(2)));
    assert_eq!(refused_at(&limited(&register, 3, sessions(9), None).await).await, Some(2));
    assert_eq!(refused_at(&limited(&register, 1, sessions(1), None).await).await, None);
    assert_eq!(refused_at(&limited(&register, 3, sessions(9), Some(sessions(1))).await).await, Some(1));
    assert_eq!(refused_at(&limited(&register, 3, sessions(1), Some(sessions(9))).await).await, None);
}

#[tokio::test]
async fn what_tenancy_leaves_out_or_cannot_say_is_what_is_usual() {
    let silent = Register::saying(None, Some(TenantLimits::default()));
    assert_eq!(refused_at(&limited(&silent, 3, sessions(3), None).await).await, Some(3));
    let away = Register::saying(None, None);
    assert_eq!(refused_at(&limited(&away, 3, sessions(3), None).await).await, Some(3));
    assert_eq!(refused_at(&limited(&away, 3, TenantLimits::default(), None).await).await, None);
}

#[track_caller]
fn is_inactive<T: std::fmt::Debug>(outcome: &Result<T, UseCaseError>) {
    assert!(matches!(outcome, Err(UseCaseError::TenantInactive)), "{outcome:?}");
}

#[tokio::test]
async fn a_tenant_that_is_not_active_creates_and_starts_nothing() {
    let register = Register::saying(Some(TenantStatus::Active), None);
    let room = Room::beside(register.neighbours()).await;
    let session = room.session().await;
    let running = room.active_session().await;
    let before = room.events().await.len();
    *register.status.lock().unwrap() = Some(TenantStatus::Inactive);
    is_inactive(&room.use_cases.create_session(&command(), assembly()).await);
    is_inactive(&room.use_cases.start_session(&command(), session).await);
    let id = AssemblyId::parse("a1").unwrap();
    let news = AssemblyNews::Activated;
    is_inactive(&room.use_cases.take_assembly_news(&command(), session, &id, &news).await);
    assert_eq!(room.events().await.len(), before);
    room.use_cases.end_session(&command(), running).await.expect("what runs can be ended");
}

#[tokio::test]
async fn what_was_done_while_the_tenant_was_active_is_answered_again() {
    let register = Register::saying(Some(TenantStatus::Active), None);
    let room = Room::beside(register.neighbours()).await;
    let first = room.use_cases.create_session(&keyed("c", "create"), assembly()).await.unwrap();
    room.use_cases.start_session(&keyed("s", "start"), first.session_id).await.unwrap();
    *register.status.lock().unwrap() = Some(TenantStatus::Inactive);
    let again = room.use_cases.create_session(&keyed("c", "create"), assembly()).await.unwrap();
    assert_eq!((again.session_id, again.accepted.repeated), (first.session_id, true));
    let again = room.use_cases.start_session(&keyed("s", "start"), first.session_id).await.unwrap();
    assert!(again.repeated);
}

#[tokio::test]
async fn while_tenancy_is_away_sessions_are_created_and_started() {
    let register = Register::saying(None, None);
    let room = Room::beside(register.neighbours()).await;
    room.active_session().await;
}

/// A compliance service that keeps everything for ten years.
struct TenYears;

#[async_trait]
impl Compliance for TenYears {
    async fn retention(&self, _: &Asking) -> Result<RetentionPolicy, NeighbourError> {
        let ten_years = Some(3_650);
        Ok(RetentionPolicy {
            policy: Some("ten years".to_owned()),
            recording_days: ten_years,
            transcript_days: ten_years,
            record_days: None,
        })
    }
}

#[tokio::test]
async fn what_compliance_says_of_retention_is_passed_on() {
    let asking = Asking { tenant: tenant(), traceparent: None };
    let compliance = Some(Arc::new(TenYears) as Arc<dyn Compliance>);
    let room = Room::beside(Neighbours { compliance, ..Neighbours::default() }).await;
    let kept = room.use_cases.retention(&asking).await.unwrap();
    assert_eq!((kept.policy.as_deref(), kept.recording_days), (Some("ten years"), Some(3_650)));
    let none = Room::open().await.use_cases.retention(&asking).await;
    assert!(matches!(none, Err(NeighbourError::NotConfigured { .. })), "{none:?}");
}
