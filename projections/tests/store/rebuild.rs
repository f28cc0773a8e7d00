//! Rebuilding beside the live view.

use crate::room::{
    Room, client_registered, created, person, requested, role_defined, session, spoken, tenant, user_created,
    validated,
};
use acta_application::log::Position;
use acta_application::views::{RowKey, ViewRow};
use acta_domain::values::Modality;
use acta_projections::ProjectionKind;
use acta_projections::rebuild::{
    DifferenceKind, OnDifference, Progress, RebuildError, RebuildReport, rebuild_all,
};

async fn attempted(
    room: &Room,
    kind: ProjectionKind,
    on: OnDifference,
) -> Result<RebuildReport, RebuildError> {
    let mut rebuilt = rebuild_all(&[kind], &room.log, &room.views, on, |_| ()).await?;
    rebuilt.remove(0).outcome
}

async fn rebuilt(room: &Room, kind: ProjectionKind, on: OnDifference) -> RebuildReport {
    attempted(room, kind, on).await.unwrap()
}

pub(crate) async fn filled() -> Room {
    let room = Room::open().await;
    for number in 0..3 {
        let id = session(number);
        room.append(id, created(id, Modality::Virtual, 1)).await;
        room.append(id, validated(person(1), None, 1)).await;
        room.append(id, requested(1)).await;
        room.append(id, spoken(1, 1, "el")).await;
    }
    let running = room.run();
    room.caught_up().await;
    running.stop().await;
    room
}

/// Writes into the live rows what no event says.
pub(crate) async fn tamper(room: &Room, change: impl FnOnce(&mut ViewRow)) -> RowKey {
    let name = ProjectionKind::Attendance.view();
    let at = room.views.checkpoint(&name).await.unwrap();
    let mut row = room.views.scan(&name, None, 1).await.unwrap().remove(0);
    change(&mut row);
    let key = row.key.clone();
    room.views.commit(&name, at, at, vec![row]).await.unwrap();
    key
}

pub(crate) async fn left_behind(room: &Room, kind: ProjectionKind) -> (Position, usize) {
    let copy = kind.view().rebuilding();
    let rows = room.views.scan(&copy, None, 10).await.unwrap();
    (room.views.checkpoint(&copy).await.unwrap(), rows.len())
}

/// How many rows the `kind` of view of [`filled_with_registers`] has.
pub(crate) fn rows_of(kind: ProjectionKind) -> u64 {
    if kind == ProjectionKind::Access { 9 } else { 3 }
}

/// What [`filled`] has, and three each of what a register holds.
pub(crate) async fn filled_with_registers() -> Room {
    let room = filled().await;
    for number in 0..3 {
        room.append_in_register(user_created(number)).await;
        room.append_in_register(role_defined(number)).await;
        room.append_in_register(client_registered(number)).await;
    }
    let running = room.run();
    room.caught_up().await;
    running.stop().await;
    room
}

#[tokio::test]
async fn a_view_that_agrees_with_the_log_is_switched() {
    let room = filled_with_registers().await;
    for kind in ProjectionKind::ALL {
        let before = room.views.scan(&kind.view(), None, 100).await.unwrap();
        let mut last = None;
        let note = |progress: Progress| last = Some(progress.folded);
        let rebuilt = rebuild_all(&[kind], &room.log, &room.views, OnDifference::Keep, note).await;
        let report = rebuilt.unwrap().remove(0).outcome.unwrap();
        assert_eq!((report.switched, report.differing, report.events), (true, 0, 21));
        assert_eq!(report.rows, rows_of(kind));
        assert_eq!((report.position, last), (room.head(), Some(room.head())));
        assert_eq!(room.views.scan(&kind.view(), None, 100).await.unwrap(), before);
        assert_eq!(left_behind(&room, kind).await, (Position::default(), 0));
    }
}

#[tokio::test]
async fn a_row_that_was_changed_behind_the_logs_back_is_reported_and_nothing_is_switched() {
    let room = filled().await;
    let key = tamper(&room, |row| {
        row.document = row.document.replace("\"present\"", "\"left\"");
        row.columns.status = Some("left".to_owned());
    })
    .await;
    let report = rebuilt(&room, ProjectionKind::Attendance, OnDifference::Keep).await;
    assert_eq!((report.switched, report.differing), (false, 1));
    assert_eq!(report.differences[0].key, key);
    let what = vec!["status".to_owned(), "columns".to_owned()];
    assert_eq!(report.differences[0].kind, DifferenceKind::Differs { what });
    assert_eq!(left_behind(&room, ProjectionKind::Attendance).await, (Position::default(), 0));
    let again = rebuilt(&room, ProjectionKind::Attendance, OnDifference::Keep).await;
    assert_eq!(again.differing, 1, "the live view is as it was");
}

#[tokio::test]
async fn a_row_that_no_event_speaks_of_is_reported() {
    let room = filled().await;
    let key = tamper(&room, |row| row.key.id = person(99).to_string()).await;
    assert_eq!(key.tenant, tenant());
    let report = rebuilt(&room, ProjectionKind::Attendance, OnDifference::Keep).await;
    assert_eq!(report.differences[0].kind, DifferenceKind::OnlyLive);
    assert_eq!(report.differences.len(), 1);
}

#[tokio::test]
async fn a_switch_that_was_asked_for_brings_the_log_back_into_the_view() {
    let room = filled().await;
    tamper(&room, |row| row.document = row.document.replace("\"present\"", "\"left\"")).await;
    let forced = rebuilt(&room, ProjectionKind::Attendance, OnDifference::Switch).await;
    assert_eq!((forced.switched, forced.differing), (true, 1));
    let report = rebuilt(&room, ProjectionKind::Attendance, OnDifference::Keep).await;
    assert_eq!((report.switched, report.differing), (true, 0));
}

#[tokio::test]
async fn a_view_that_nobody_runs_is_compared_where_it_stands() {
    let room = filled().await;
    let stood = room.head();
    room.append(session(0), validated(person(2), None, 3)).await;
    let report = rebuilt(&room, ProjectionKind::Attendance, OnDifference::Keep).await;
    assert_eq!((report.switched, report.position), (true, stood));
    let running = room.run();
    assert_eq!(room.caught_up().await, room.head());
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_view_can_be_rebuilt_while_it_moves() {
    let room = filled().await;
    let running = room.run();
    let appends = async {
        for who in 2..120 {
            room.append(session(who % 5), validated(person(who), None, 3)).await;
        }
    };
    let rebuilds = async {
        for _ in 0..3 {
            let report = rebuilt(&room, ProjectionKind::Attendance, OnDifference::Keep).await;
            assert_eq!((report.switched, report.differing), (true, 0), "{:?}", report.differences);
        }
    };
    tokio::join!(appends, rebuilds);
    room.caught_up().await;
    let report = rebuilt(&room, ProjectionKind::Attendance, OnDifference::Keep).await;
    assert_eq!((report.switched, report.rows), (true, 121));
    running.stop().await;
}

#[tokio::test]
async fn a_view_of_another_log_is_not_rebuilt() {
    let room = filled().await;
    let name = ProjectionKind::Floor.view();
    let far = Position::new(5_000);
    room.views.commit(&name, room.head(), far, Vec::new()).await.unwrap();
    let refused = attempted(&room, ProjectionKind::Floor, OnDifference::Switch).await;
    assert!(matches!(refused, Err(RebuildError::AheadOfLog { live, .. }) if live == far));
}
