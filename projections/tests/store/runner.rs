//! The runner on a real log and real views.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use crate::room::{
    PATIENCE, Room, created, denied, described, person, requested, second, session, spoken, tenant, validated,
};
use acta_application::leases::{HolderId, LeaseName, Leases, LeasesError, Tenures};
use acta_application::log::{NewEvent, Position};
use acta_domain::SessionEvent;
use acta_domain::values::Modality;
use acta_projections::runner::{HealthWatch, Pace, ProjectionHealth, ProjectionState};
use acta_projections::{ProjectionKind, attendance, floor, sessions, transcript};
use async_trait::async_trait;
use uuid::Uuid;

async fn until(
    health: &HealthWatch,
    kind: ProjectionKind,
    wanted: impl FnMut(&ProjectionHealth) -> bool,
) -> ProjectionHealth {
    let mut follow = health.follow(&kind.view()).unwrap();
    tokio::time::timeout(PATIENCE, follow.wait_for(wanted)).await.unwrap().unwrap().clone()
}

async fn some_life(room: &Room, number: u128) {
    let id = session(number);
    room.append(id, created(id, Modality::Hybrid, 60)).await;
    room.append_sealed(id, described(), Some("title")).await;
    room.append(id, SessionEvent::Started { at: second(1) }).await;
    for who in 1..=3 {
        room.append(id, validated(person(who), Some("1.5"), 2)).await;
        room.append(id, requested(who)).await;
    }
    room.append(id, denied(2)).await;
    for chunk in 1..=4 {
        room.append_sealed(id, spoken(chunk, 1, "el"), Some("words")).await;
    }
}

async fn shows_some_life(room: &Room, number: u128) {
    let (views, id) = (&*room.views, session(number));
    let (view, position) = sessions::session(views, tenant(), id).await.unwrap();
    assert_eq!(view.unwrap().started_at, Some(second(1)));
    assert_eq!(position, room.head());
    let quorum = attendance::quorum_at(views, tenant(), id, second(9)).await.unwrap();
    assert_eq!((quorum.present, quorum.weight.to_string().as_str()), (3, "4.5"));
    let (view, _) = floor::floor(views, tenant(), id).await.unwrap();
    assert_eq!((view.queue.len(), view.counters.denied), (2, 1));
    let query = transcript::TranscriptQuery::of_session(tenant(), id, 10);
    assert_eq!(transcript::chunks(views, &query).await.unwrap().items.len(), 4);
}

#[tokio::test]
async fn what_is_appended_is_soon_in_every_view() {
    let room = Room::open().await;
    let running = room.run();
    for number in 0..5 {
        some_life(&room, number).await;
    }
    assert_eq!(room.caught_up().await, room.head());
    for number in 0..5 {
        shows_some_life(&room, number).await;
    }
    running.stop().await;
}

#[tokio::test]
async fn a_runner_that_starts_late_catches_up_in_small_batches() {
    let room = Room::open().await;
    some_life(&room, 0).await;
    let running = room.run_at(Pace { batch: 2, ..Pace::default() });
    room.caught_up().await;
    shows_some_life(&room, 0).await;
    let health =
        until(&running.health(), ProjectionKind::Floor, |health| health.state == ProjectionState::Running)
            .await;
    assert_eq!(health.checkpoint, room.head());
    running.stop().await;
}

#[tokio::test]
async fn a_runner_goes_on_where_the_one_before_stopped() {
    let room = Room::open().await;
    let first = room.run();
    some_life(&room, 0).await;
    room.caught_up().await;
    let health = first.health();
    first.stop().await;
    assert!(health.now().iter().all(|health| health.state == ProjectionState::Stopped));
    some_life(&room, 1).await;
    let second = room.run();
    room.caught_up().await;
    shows_some_life(&room, 0).await;
    shows_some_life(&room, 1).await;
    second.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_runners_on_one_store_count_nothing_twice() {
    let room = Room::open().await;
    let pace = Pace { batch: 3, ..Pace::default() };
    let (one, other) = (room.run_at(pace), room.run_at(pace));
    for number in 0..4 {
        some_life(&room, number).await;
    }
    room.caught_up().await;
    for number in 0..4 {
        shows_some_life(&room, number).await;
    }
    one.stop().await;
    other.stop().await;
}

#[tokio::test]
async fn an_event_that_cannot_follow_stops_its_own_projection_only() {
    let room = Room::open().await;
    let running = room.run();
    let before = room.append(session(0), requested(1)).await;
    let poison = room.append(session(0), denied(7)).await;
    let health = until(&running.health(), ProjectionKind::Floor, |health| {
        matches!(health.state, ProjectionState::Poisoned { .. })
    })
    .await;
    let ProjectionState::Poisoned { position, reason } = health.state else { unreachable!() };
    assert_eq!(position, poison);
    assert!(reason.contains("did not wait"), "{reason}");
    assert!(room.views.checkpoint(&ProjectionKind::Floor.view()).await.unwrap() <= before);

    let last = room.append(session(0), spoken(1, 1, "el")).await;
    let others = [ProjectionKind::Sessions, ProjectionKind::Attendance, ProjectionKind::Transcript];
    let names = others.map(ProjectionKind::view);
    assert_eq!(
        acta_projections::wait::until_reflected(&*room.views, &names, last, PATIENCE).await.unwrap(),
        last
    );
    running.stop().await;
}

#[tokio::test]
async fn an_event_of_a_type_nobody_knows_stops_the_projection_of_its_aggregate_only() {
    let room = Room::open().await;
    let running = room.run();
    let unknown = NewEvent {
        event_type: "transcript.sung.v9".to_owned(),
        event_version: 9,
        payload: "{}".to_owned(),
        sealed: None,
    };
    let position = room.append_raw(session(0), "transcript", unknown).await;
    let health = until(
        &running.health(),
        ProjectionKind::Transcript,
        |health| matches!(health.state, ProjectionState::Poisoned { position: at, .. } if at == position),
    )
    .await;
    assert_eq!(health.checkpoint, Position::default());
    until(&running.health(), ProjectionKind::Sessions, |health| health.checkpoint == position).await;
    running.stop().await;
}

#[tokio::test]
async fn views_of_another_log_are_not_folded_further() {
    let room = Room::open().await;
    let name = ProjectionKind::Sessions.view();
    let far = Position::new(1_000);
    room.views.commit(&name, Position::default(), far, Vec::new()).await.unwrap();
    room.append(session(0), requested(1)).await;
    let running = room.run();
    let health = until(&running.health(), ProjectionKind::Sessions, |health| {
        matches!(health.state, ProjectionState::Poisoned { .. })
    })
    .await;
    assert!(matches!(health.state, ProjectionState::Poisoned { position, .. } if position == far));
    running.stop().await;
}

#[tokio::test]
async fn a_projection_waits_while_its_store_does_not_answer_and_can_be_stopped_then() {
    let room = Room::open().await;
    let pace = Pace { first_pause: Duration::from_millis(1), ..Pace::default() };
    let running = room.run_at(pace);
    room.sqlite_views.close().await.unwrap();
    room.append(session(0), requested(1)).await;
    for kind in ProjectionKind::ALL {
        until(&running.health(), kind, |health| matches!(health.state, ProjectionState::Waiting { .. }))
            .await;
    }
    tokio::time::timeout(PATIENCE, running.stop()).await.unwrap();
}

/// Leases that last until they are given up or the test takes them away.
#[derive(Default)]
struct Table(Mutex<HashMap<LeaseName, HolderId>>);

impl Table {
    fn tenures(self: &Arc<Self>, holder: u128) -> Tenures {
        let leases = Arc::clone(self) as Arc<dyn Leases>;
        Tenures::new(leases, HolderId(Uuid::from_u128(holder)))
            .at_pace(Duration::from_secs(5), Duration::from_millis(10))
    }

    fn pass_all_to(&self, holder: u128) {
        self.0.lock().unwrap().values_mut().for_each(|held| *held = HolderId(Uuid::from_u128(holder)));
    }
}

#[async_trait]
impl Leases for Table {
    async fn take(&self, name: &LeaseName, holder: HolderId, _: Duration) -> Result<bool, LeasesError> {
        Ok(*self.0.lock().unwrap().entry(name.clone()).or_insert(holder) == holder)
    }

    async fn give_up(&self, name: &LeaseName, holder: HolderId) -> Result<(), LeasesError> {
        let mut held = self.0.lock().unwrap();
        if held.get(name) == Some(&holder) {
            held.remove(name);
        }
        Ok(())
    }
}

async fn until_all_are(health: &HealthWatch, state: &ProjectionState) {
    for kind in ProjectionKind::ALL {
        until(health, kind, |health| health.state == *state).await;
    }
}

#[tokio::test]
async fn of_two_instances_one_folds_and_the_other_stands_by_and_knows_how_far_the_views_are() {
    let (room, table) = (Room::open().await, Arc::new(Table::default()));
    let one = room.run_under(Pace::default(), &table.tenures(1));
    until_all_are(&one.health(), &ProjectionState::Running).await;
    let other = room.run_under(Pace::default(), &table.tenures(2));
    some_life(&room, 0).await;
    room.caught_up().await;
    until_all_are(&one.health(), &ProjectionState::Running).await;
    for kind in ProjectionKind::ALL {
        let health = until(&other.health(), kind, |health| health.checkpoint == room.head()).await;
        assert_eq!(health.state, ProjectionState::Standby);
    }
    let health = other.health();
    other.stop().await;
    assert!(health.now().iter().all(|health| health.state == ProjectionState::Stopped));
    one.stop().await;
}

#[tokio::test]
async fn an_instance_that_stops_leaves_its_views_to_the_next() {
    let (room, table) = (Room::open().await, Arc::new(Table::default()));
    let one = room.run_under(Pace::default(), &table.tenures(1));
    until_all_are(&one.health(), &ProjectionState::Running).await;
    let other = room.run_under(Pace::default(), &table.tenures(2));
    one.stop().await;
    some_life(&room, 0).await;
    room.caught_up().await;
    shows_some_life(&room, 0).await;
    until_all_are(&other.health(), &ProjectionState::Running).await;
    other.stop().await;
}

#[tokio::test]
async fn views_pass_from_instance_to_instance_and_back() {
    let (room, table) = (Room::open().await, Arc::new(Table::default()));
    let one = room.run_under(Pace::default(), &table.tenures(1));
    until_all_are(&one.health(), &ProjectionState::Running).await;
    let other = room.run_under(Pace::default(), &table.tenures(2));
    for (number, holder) in [2, 1, 2].into_iter().enumerate() {
        let (works, waits) = if holder == 1 { (&one, &other) } else { (&other, &one) };
        table.pass_all_to(holder);
        until_all_are(&waits.health(), &ProjectionState::Standby).await;
        until_all_are(&works.health(), &ProjectionState::Running).await;
        some_life(&room, number as u128).await;
        room.caught_up().await;
        shows_some_life(&room, number as u128).await;
    }
    one.stop().await;
    other.stop().await;
}

#[tokio::test]
async fn a_projection_that_stopped_at_an_event_keeps_its_lease_and_says_so() {
    let (room, table) = (Room::open().await, Arc::new(Table::default()));
    let one = room.run_under(Pace::default(), &table.tenures(1));
    until_all_are(&one.health(), &ProjectionState::Running).await;
    let other = room.run_under(Pace::default(), &table.tenures(2));
    let poison = room.append(session(0), denied(7)).await;
    let poisoned = |health: &ProjectionHealth| matches!(health.state, ProjectionState::Poisoned { position, .. } if position == poison);
    until(&one.health(), ProjectionKind::Floor, poisoned).await;
    until_all_are(&other.health(), &ProjectionState::Standby).await;

    table.pass_all_to(2);
    until(&one.health(), ProjectionKind::Floor, |health| health.state == ProjectionState::Standby).await;
    until(&other.health(), ProjectionKind::Floor, poisoned).await;
    one.stop().await;
    other.stop().await;
}
