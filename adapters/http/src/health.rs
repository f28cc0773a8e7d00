//! Whether the service lives, and whether it can be given work.

use std::time::Duration;

use acta_application::health::{DiskUse, FeatureHealth, MemoryUse};
use acta_application::log::Position;
use acta_domain::SessionId;
use acta_projections::runner::{ProjectionHealth, ProjectionState};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use crate::problem::chain;
use crate::state::{App, HttpState};

/// A session that never is: asking for it reads the log's file and nothing from memory.
const NOBODYS: SessionId = SessionId::new(Uuid::nil());
/// How long the log may take to answer.
const PATIENCE: Duration = Duration::from_secs(2);
/// A view that has more events than this to catch up with would answer with an old world.
const FAR_BEHIND: u64 = 10_000;

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(get_health))
        .routes(routes!(get_liveness))
        .routes(routes!(get_readiness))
}

/// Whether things are well.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum HealthStatus {
    /// They are.
    Ok,
    /// The record goes on, but something beside it does not.
    Degraded,
    /// They are not.
    Unavailable,
}

/// How the service is.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Health {
    /// Whether it can be given work.
    status: HealthStatus,
    /// Its version.
    version: &'static str,
    /// The log.
    log: LogHealth,
    /// The read models.
    projections: Vec<ProjectionReport>,
    /// What the record can do without for a while: the relay to Kafka, messages from outside.
    features: Vec<FeatureReport>,
    /// The memory of this process.
    #[serde(skip_serializing_if = "Option::is_none")]
    memory: Option<MemoryReport>,
    /// The disk of the data folder.
    #[serde(skip_serializing_if = "Option::is_none")]
    disk: Option<DiskReport>,
}

/// How much memory the process has.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct MemoryReport {
    /// Whether that is no more than it should be.
    status: HealthStatus,
    /// So many bytes are in memory.
    resident_bytes: u64,
    /// So many are not too many.
    #[serde(skip_serializing_if = "Option::is_none")]
    limit_bytes: Option<u64>,
}

/// How full a disk is.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DiskReport {
    /// Whether no more than 90 % of it are taken.
    status: HealthStatus,
    /// So many bytes can still be written.
    free_bytes: u64,
    /// Of so many.
    total_bytes: u64,
    /// How much of it is taken, in percent.
    used_percent: u64,
}

/// How the log is.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct LogHealth {
    /// Whether it answers.
    status: HealthStatus,
    /// What it is kept in: `sqlite` or `postgresql`.
    store: &'static str,
    /// The last durable position.
    head: u64,
}

/// How a read model is.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ProjectionReport {
    /// Its name.
    name: String,
    /// Whether it reflects the log closely enough.
    status: HealthStatus,
    /// What it is doing.
    #[schema(value_type = String)]
    state: &'static str,
    /// The last position that it reflects.
    position: u64,
    /// How many positions it is behind the log.
    lag: u64,
}

/// How a feature is that the record can do without for a while.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct FeatureReport {
    /// Its name.
    #[schema(value_type = String)]
    name: &'static str,
    /// Whether it does what it is for.
    status: HealthStatus,
    /// What it is doing.
    #[schema(value_type = String)]
    state: &'static str,
    /// How far it is in the log, where it reads the log.
    #[serde(skip_serializing_if = "Option::is_none")]
    position: Option<u64>,
    /// How many events or messages it has to catch up with.
    #[serde(skip_serializing_if = "Option::is_none")]
    lag: Option<u64>,
}

/// That the process lives.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Liveness {
    /// Always `ok`.
    status: HealthStatus,
}

/// How the service is, in full.
#[utoipa::path(get, path = "/health", tag = "health", operation_id = "get_health", responses(
    (status = 200, description = "It can be given work.", body = Health),
    (status = 503, description = "It cannot be given work.", body = Health),
))]
async fn get_health(State(app): State<App>) -> (StatusCode, Json<Health>) {
    report(&app).await
}

/// Whether the service can be given work.
#[utoipa::path(get, path = "/health/ready", tag = "health", operation_id = "get_readiness", responses(
    (status = 200, description = "It can be given work.", body = Health),
    (status = 503, description = "It cannot be given work.", body = Health),
))]
async fn get_readiness(State(app): State<App>) -> (StatusCode, Json<Health>) {
    report(&app).await
}

/// Whether the process lives.
#[utoipa::path(get, path = "/health/live", tag = "health", operation_id = "get_liveness", responses(
    (status = 200, description = "It lives.", body = Liveness),
))]
async fn get_liveness() -> Json<Liveness> {
    Json(Liveness { status: HealthStatus::Ok })
}

async fn report(app: &HttpState) -> (StatusCode, Json<Health>) {
    let log = log_health(app).await;
    let projections: Vec<_> =
        app.projections.now().into_iter().map(|health| projection(&health, log.head)).collect();
    let features: Vec<_> = app.features.iter().map(|watch| feature(&watch())).collect();
    let needed: Vec<_> = projections.iter().map(|one| one.status).chain([log.status]).collect();
    let machine = (app.machine)();
    let (memory, disk) = (machine.memory.as_ref().map(memory), machine.disk.as_ref().map(disk));
    let beside = features.iter().map(|one| one.status);
    let beside =
        beside.chain(memory.as_ref().map(|one| one.status)).chain(disk.as_ref().map(|one| one.status));
    let status = if app.draining.is_cancelled() || app.shutdown.is_cancelled() {
        HealthStatus::Unavailable
    } else {
        overall(&needed, beside)
    };
    let code = match status {
        HealthStatus::Ok | HealthStatus::Degraded => StatusCode::OK,
        HealthStatus::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
    };
    let version = env!("CARGO_PKG_VERSION");
    (code, Json(Health { status, version, log, projections, features, memory, disk }))
}

/// Without what is needed there is no service; without a feature there is a lesser one.
fn overall(needed: &[HealthStatus], mut features: impl Iterator<Item = HealthStatus>) -> HealthStatus {
    if needed.iter().any(|status| *status != HealthStatus::Ok) {
        HealthStatus::Unavailable
    } else if features.any(|status| status != HealthStatus::Ok) {
        HealthStatus::Degraded
    } else {
        HealthStatus::Ok
    }
}

fn feature(health: &FeatureHealth) -> FeatureReport {
    FeatureReport {
        name: health.name,
        status: well_or_degraded(health.well),
        state: health.state,
        position: health.position.map(Position::get),
        lag: health.lag,
    }
}

fn well_or_degraded(well: bool) -> HealthStatus {
    if well { HealthStatus::Ok } else { HealthStatus::Degraded }
}

fn memory(memory: &MemoryUse) -> MemoryReport {
    let MemoryUse { resident_bytes, limit_bytes } = *memory;
    MemoryReport { status: well_or_degraded(!memory.is_too_much()), resident_bytes, limit_bytes }
}

fn disk(disk: &DiskUse) -> DiskReport {
    let DiskUse { free_bytes, total_bytes } = *disk;
    let (status, used_percent) = (well_or_degraded(!disk.is_too_much()), disk.used_percent());
    DiskReport { status, free_bytes, total_bytes, used_percent }
}

async fn log_health(app: &HttpState) -> LogHealth {
    let head = *app.log.head().borrow();
    let status = match tokio::time::timeout(PATIENCE, app.log.tenant_of(NOBODYS)).await {
        Ok(Ok(_)) => HealthStatus::Ok,
        Ok(Err(error)) => {
            tracing::warn!(error = chain(&error), "the log does not answer");
            HealthStatus::Unavailable
        }
        Err(_) => HealthStatus::Unavailable,
    };
    LogHealth { status, store: app.store, head: head.get() }
}

fn projection(health: &ProjectionHealth, head: u64) -> ProjectionReport {
    let position = health.checkpoint.get();
    let lag = head.saturating_sub(position);
    let status = if is_well(&health.state, lag) { HealthStatus::Ok } else { HealthStatus::Unavailable };
    ProjectionReport { name: health.name.to_string(), status, state: health.state.as_str(), position, lag }
}

fn is_well(state: &ProjectionState, lag: u64) -> bool {
    match state {
        // Whoever stands by answers from the same views, which another instance keeps up.
        ProjectionState::Running | ProjectionState::Behind { .. } | ProjectionState::Standby => {
            lag <= FAR_BEHIND
        }
        ProjectionState::Starting
        | ProjectionState::Waiting { .. }
        | ProjectionState::Poisoned { .. }
        | ProjectionState::Stopped => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_projection_that_keeps_up_is_well() {
        assert!(is_well(&ProjectionState::Running, 0));
        assert!(is_well(&ProjectionState::Behind { events: 3 }, 3));
    }

    #[test]
    fn a_projection_that_another_instance_keeps_up_is_well() {
        assert!(is_well(&ProjectionState::Standby, 3));
        assert!(!is_well(&ProjectionState::Standby, FAR_BEHIND + 1));
    }

    #[test]
    fn without_a_feature_the_service_is_degraded_and_goes_on() {
        let (ok, degraded) = (HealthStatus::Ok, HealthStatus::Degraded);
        assert_eq!(overall(&[ok, ok], [degraded].into_iter()), HealthStatus::Degraded);
        assert_eq!(overall(&[ok, HealthStatus::Unavailable], [ok].into_iter()), HealthStatus::Unavailable);
        assert_eq!(overall(&[ok], [].into_iter()), HealthStatus::Ok);
    }

    #[test]
    fn a_projection_that_is_poisoned_or_far_behind_is_not() {
        let poisoned = ProjectionState::Poisoned { position: Position::new(7), reason: String::new() };
        assert!(!is_well(&poisoned, 0));
        assert!(!is_well(&ProjectionState::Behind { events: FAR_BEHIND + 1 }, FAR_BEHIND + 1));
    }
}
