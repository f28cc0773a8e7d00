//! Waiting until views reflect a position.

use std::time::Duration;

use crate::room::{PATIENCE, Room, all_views};
use acta_application::log::Position;
use acta_projections::ProjectionKind;
use acta_projections::wait::until_reflected;

#[tokio::test]
async fn a_view_that_does_not_move_is_reported_with_where_it_is() {
    let room = Room::open().await;
    let floor = ProjectionKind::Floor.view();
    room.views.commit(&floor, Position::default(), Position::new(3), Vec::new()).await.unwrap();
    let names = [floor];
    let waited = until_reflected(&*room.views, &names, Position::new(4), Duration::from_millis(5)).await;
    assert_eq!(waited.unwrap(), Position::new(3));
}

#[tokio::test]
async fn a_view_that_is_far_enough_is_not_waited_for() {
    let room = Room::open().await;
    let names = all_views();
    let reached = until_reflected(&*room.views, &names, Position::default(), Duration::ZERO).await.unwrap();
    assert_eq!(reached, Position::default());
}

#[tokio::test]
async fn whoever_waits_goes_on_as_soon_as_the_view_is_there() {
    let room = Room::open().await;
    let floor = ProjectionKind::Floor.view();
    let names = [floor.clone()];
    let waiting = until_reflected(&*room.views, &names, Position::new(2), PATIENCE);
    let moving = async {
        for at in 0..5 {
            let (from, to) = (Position::new(at), Position::new(at + 1));
            room.views.commit(&floor, from, to, Vec::new()).await.unwrap();
        }
    };
    let (reached, ()) = tokio::join!(waiting, moving);
    assert!(reached.unwrap() >= Position::new(2));
}
