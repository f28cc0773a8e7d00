//! Several views in one pass over the log.

use std::sync::Arc;

use crate::rebuild::{filled, filled_with_registers, left_behind, rows_of, tamper};
use crate::room::{Room, person, requested, session, spoken, user_created, validated};
use acta_application::log::{
    Append, AppendError, AppendTicket, Appended, CommandDigest, CommandId, EventLog, FeedPage, FeedScope,
    LogError, Position, RecordedEvent, Sequence, SessionIndex, Snapshot, StreamId,
};
use acta_application::views::ViewRow;
use acta_domain::{SessionId, TenantId};
use acta_projections::ProjectionKind;
use acta_projections::rebuild::{
    Bounds, OnDifference, RebuildError, RebuildReport, Rebuilt, rebuild_all, rebuild_within,
};
use acta_proof::commitment::Commitment;
use async_trait::async_trait;
use tokio::sync::watch;

/// Hardly anything is kept in memory, and every page is written.
const TINY: Bounds = Bounds { rows: 1, bytes: 1, commit_events: 1, commit_bytes: 1 };

async fn all(room: &Room, log: &Arc<dyn EventLog>, on: OnDifference) -> Vec<RebuildReport> {
    let rebuilt = rebuild_within(TINY, &ProjectionKind::ALL, log, &room.views, on, |_| ()).await.unwrap();
    rebuilt.into_iter().map(|Rebuilt { outcome, .. }| outcome.unwrap()).collect()
}

async fn rows(room: &Room) -> Vec<Vec<ViewRow>> {
    let mut rows = Vec::new();
    for kind in ProjectionKind::ALL {
        rows.push(room.views.scan(&kind.view(), None, 1_000).await.unwrap());
    }
    rows
}

/// The room's log, which gives two events at a time, and none that reach behind `fails_behind`.
struct Halting {
    log: Arc<dyn EventLog>,
    fails_behind: Position,
}

impl Halting {
    fn of(room: &Room, fails_behind: Position) -> Arc<dyn EventLog> {
        Arc::new(Self { log: Arc::clone(&room.log), fails_behind })
    }
}

#[async_trait]
impl EventLog for Halting {
    async fn feed(&self, scope: FeedScope, after: Position, limit: usize) -> Result<FeedPage, LogError> {
        // A question for one event is the check that a view's position is within the log.
        if limit > 1 && after.plus(2) > self.fails_behind {
            return Err(LogError::Unavailable(Arc::new(std::io::Error::other("the disk is gone"))));
        }
        self.log.feed(scope, after, limit.min(2)).await
    }

    async fn submit(&self, append: Append) -> Result<AppendTicket, AppendError> {
        self.log.submit(append).await
    }

    async fn outcome(
        &self,
        tenant: TenantId,
        command: CommandId,
    ) -> Result<Option<(Appended, CommandDigest)>, LogError> {
        self.log.outcome(tenant, command).await
    }

    async fn stream(
        &self,
        tenant: TenantId,
        stream: &StreamId,
        after: Sequence,
        limit: usize,
    ) -> Result<Vec<RecordedEvent>, LogError> {
        self.log.stream(tenant, stream, after, limit).await
    }

    async fn session(
        &self,
        tenant: TenantId,
        session: SessionId,
        from: SessionIndex,
        limit: usize,
    ) -> Result<Vec<RecordedEvent>, LogError> {
        self.log.session(tenant, session, from, limit).await
    }

    async fn commitments(
        &self,
        tenant: TenantId,
        session: SessionId,
        from: SessionIndex,
        limit: usize,
    ) -> Result<Vec<Commitment>, LogError> {
        self.log.commitments(tenant, session, from, limit).await
    }

    async fn session_size(&self, tenant: TenantId, session: SessionId) -> Result<u64, LogError> {
        self.log.session_size(tenant, session).await
    }

    async fn tenant_of(&self, session: SessionId) -> Result<Option<TenantId>, LogError> {
        self.log.tenant_of(session).await
    }

    async fn snapshot(&self, tenant: TenantId, stream: &StreamId) -> Result<Option<Snapshot>, LogError> {
        self.log.snapshot(tenant, stream).await
    }

    async fn keep_snapshot(
        &self,
        tenant: TenantId,
        stream: &StreamId,
        snapshot: Snapshot,
    ) -> Result<(), LogError> {
        self.log.keep_snapshot(tenant, stream, snapshot).await
    }

    fn head(&self) -> watch::Receiver<Position> {
        self.log.head()
    }
}

#[tokio::test]
async fn all_views_are_rebuilt_in_one_pass_and_equal_what_the_runner_made() {
    let room = filled_with_registers().await;
    let before = rows(&room).await;
    let reports = all(&room, &Halting::of(&room, Position::new(u64::MAX)), OnDifference::Keep).await;
    let views: Vec<_> = reports.iter().map(|report| report.view.clone()).collect();
    assert_eq!(views, ProjectionKind::ALL.map(ProjectionKind::view));
    for (report, kind) in reports.iter().zip(ProjectionKind::ALL) {
        assert_eq!((report.switched, report.differing, report.events), (true, 0, 21));
        assert_eq!(report.rows, rows_of(kind));
    }
    assert_eq!(rows(&room).await, before);
    for kind in ProjectionKind::ALL {
        assert_eq!(left_behind(&room, kind).await, (Position::default(), 0));
    }
}

#[tokio::test]
async fn a_view_that_differs_keeps_none_of_the_others_from_being_switched() {
    let room = filled().await;
    tamper(&room, |row| row.document = row.document.replace("\"present\"", "\"left\"")).await;
    for report in all(&room, &room.log, OnDifference::Keep).await {
        let differs = report.view == ProjectionKind::Attendance.view();
        assert_eq!((report.switched, report.differing), (!differs, u64::from(differs)));
    }
}

#[tokio::test]
async fn a_view_of_another_log_ends_the_rebuild_of_all() {
    let room = filled().await;
    let name = ProjectionKind::Floor.view();
    room.views.commit(&name, room.head(), Position::new(5_000), Vec::new()).await.unwrap();
    let refused =
        rebuild_all(&ProjectionKind::ALL, &room.log, &room.views, OnDifference::Switch, |_| ()).await;
    assert!(matches!(refused, Err(RebuildError::AheadOfLog { view, .. }) if view == name));
}

#[tokio::test]
async fn a_log_that_cannot_be_read_ends_everything_and_no_copy_is_left() {
    let room = filled().await;
    let before = rows(&room).await;
    let log = Halting::of(&room, Position::new(7));
    let failed =
        rebuild_within(TINY, &ProjectionKind::ALL, &log, &room.views, OnDifference::Switch, |_| ()).await;
    assert!(matches!(failed, Err(RebuildError::Log(LogError::Unavailable(_)))));
    assert_eq!(rows(&room).await, before);
    for kind in ProjectionKind::ALL {
        assert_eq!(left_behind(&room, kind).await, (Position::default(), 0));
    }
}

#[tokio::test]
async fn a_view_that_is_named_twice_is_rebuilt_once() {
    let room = filled().await;
    let kinds = [ProjectionKind::Floor, ProjectionKind::Sessions, ProjectionKind::Floor];
    let rebuilt = rebuild_all(&kinds, &room.log, &room.views, OnDifference::Keep, |_| ()).await.unwrap();
    let kinds: Vec<_> = rebuilt.into_iter().map(|rebuilt| rebuilt.kind).collect();
    assert_eq!(kinds, [ProjectionKind::Floor, ProjectionKind::Sessions]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn all_views_can_be_rebuilt_while_they_move() {
    let room = filled().await;
    let running = room.run();
    let appends = async {
        for who in 4..80_u32 {
            let (number, id) = (u128::from(who), session(u128::from(who % 3)));
            room.append(id, validated(person(number), None, 3)).await;
            room.append(id, requested(number)).await;
            room.append(id, spoken(u64::from(who), number, "el")).await;
            room.append_in_register(user_created(number)).await;
        }
    };
    let rebuilds = async {
        for _ in 0..3 {
            for report in all(&room, &room.log, OnDifference::Keep).await {
                assert_eq!((report.switched, report.differing), (true, 0), "{:?}", report.differences);
            }
        }
    };
    tokio::join!(appends, rebuilds);
    room.caught_up().await;
    let reports = all(&room, &room.log, OnDifference::Keep).await;
    let counts: Vec<_> = reports.iter().map(|report| report.rows).collect();
    assert_eq!(counts, [3, 79, 3, 79, 3, 76, 0, 0, 76]);
    assert!(reports.iter().all(|report| report.switched));
    running.stop().await;
}
