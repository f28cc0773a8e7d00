//! Several instances on one database.

use std::time::Duration;

use acta_application::log::Position;
use acta_application::views::{Views, ViewsError};
use sqlx::Executor;
use tokio::sync::watch;

use crate::given::{all, at, ids, instance, row, superuser, tenant, view};
use crate::store::Store;

async fn told(followed: &mut watch::Receiver<Position>, wanted: Position) {
    let told = tokio::time::timeout(Duration::from_secs(30), followed.wait_for(|at| *at == wanted)).await;
    told.expect("it comes in time").expect("the views are open");
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_instances_at_one_checkpoint_one_wins() {
    let store = Store::fresh().await;
    let (one, other) = (instance(&store).await, instance(&store).await);
    let (ours, theirs) = (vec![row(tenant(1), "one")], vec![row(tenant(1), "other")]);
    let (view, start) = (view(), Position::default());
    let outcomes =
        tokio::join!(one.commit(&view, start, at(3), ours), other.commit(&view, start, at(4), theirs));
    let (winner, reached) = match outcomes {
        (Ok(()), Err(ViewsError::CheckpointMoved { actual, .. })) => ("one", actual),
        (Err(ViewsError::CheckpointMoved { actual, .. }), Ok(())) => ("other", actual),
        outcomes => panic!("{outcomes:?}"),
    };
    assert_eq!(reached, if winner == "one" { at(3) } else { at(4) });
    assert_eq!(other.checkpoint(&view).await.unwrap(), reached);
    assert_eq!(ids(&all(&one, &view).await), [winner]);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_follows_one_instance_is_told_what_another_folds() {
    let store = Store::fresh().await;
    let (folding, asked) = (instance(&store).await, instance(&store).await);
    let mut followed = asked.follow(&view()).await.unwrap();
    for position in 0..20 {
        folding.commit(&view(), at(position), at(position + 1), Vec::new()).await.unwrap();
        told(&mut followed, at(position + 1)).await;
    }
    folding.discard(&view()).await.unwrap();
    told(&mut followed, at(0)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_follows_is_told_although_the_connection_was_lost() {
    let store = Store::fresh().await;
    let (folding, asked) = (instance(&store).await, instance(&store).await);
    let mut followed = asked.follow(&view()).await.unwrap();
    folding.commit(&view(), at(0), at(1), Vec::new()).await.unwrap();
    told(&mut followed, at(1)).await;

    let lost = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN%'";
    superuser(&store).await.execute(lost).await.unwrap();
    folding.commit(&view(), at(1), at(2), Vec::new()).await.unwrap();
    told(&mut followed, at(2)).await;
    folding.commit(&view(), at(2), at(3), Vec::new()).await.unwrap();
    told(&mut followed, at(3)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_step_of_one_instance_goes_on_from_the_step_of_another() {
    let store = Store::fresh().await;
    let (one, other) = (instance(&store).await, instance(&store).await);
    one.commit(&view(), at(0), at(1), vec![row(tenant(1), "a")]).await.unwrap();
    other.commit(&view(), at(1), at(2), vec![row(tenant(1), "b")]).await.unwrap();
    let late = one.commit(&view(), at(1), at(3), vec![row(tenant(1), "c")]).await;
    assert!(matches!(late, Err(ViewsError::CheckpointMoved { actual, .. }) if actual == at(2)));
    assert_eq!(ids(&all(&one, &view()).await), ["a", "b"]);
}
