//! Rows that are no view's any more are removed, and no others.

use acta_application::views::Views;
use sqlx::Executor;

use crate::given::{all, at, ids, instance, number, row, rows, superuser, tenant, until, view};
use crate::store::Store;

const COUNT: &str = "SELECT count(*) FROM view_rows";

#[tokio::test(flavor = "multi_thread")]
async fn the_rows_of_a_discarded_view_are_removed() {
    let store = Store::fresh().await;
    let views = instance(&store).await;
    let mut superuser = superuser(&store).await;
    views.commit(&view(), at(0), at(1), rows(12_000)).await.unwrap();
    assert_eq!(number(&mut superuser, COUNT).await, 12_000);
    views.discard(&view()).await.unwrap();
    until(&mut superuser, COUNT, 0).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_rows_in_whose_place_a_copy_came_are_removed() {
    let store = Store::fresh().await;
    let views = instance(&store).await;
    let copy = view().rebuilding();
    views.commit(&view(), at(0), at(7), rows(6_000)).await.unwrap();
    views.fill(&copy, at(0), at(7), vec![row(tenant(1), "new")], Vec::new()).await.unwrap();
    views.replace(&view(), &copy, at(7)).await.unwrap();
    assert_eq!(ids(&all(&views, &view()).await), ["new"]);
    until(&mut superuser(&store).await, COUNT, 1).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_crash_left_is_removed_at_the_next_start_and_a_copy_under_way_stays() {
    let store = Store::fresh().await;
    let (filling, copy) = (instance(&store).await, view().rebuilding());
    filling.commit(&view(), at(0), at(7), vec![row(tenant(1), "live")]).await.unwrap();
    filling.fill(&copy, at(0), at(5), vec![row(tenant(1), "copied")], Vec::new()).await.unwrap();
    let mut superuser = superuser(&store).await;
    // The highest generation is swept last.
    let left = "INSERT INTO view_rows (generation, position, rank, tenant_id, session_id, id, document)
        SELECT generation, 1, 0, gen_random_uuid(), gen_random_uuid(), 'left', '{}' FROM unnest(ARRAY[-1, 1000000]) AS generation";
    superuser.execute(left).await.unwrap();

    let next = instance(&store).await;
    until(&mut superuser, "SELECT count(*) FROM view_rows WHERE id = 'left'", 0).await;
    assert_eq!(ids(&all(&next, &view()).await), ["live"]);
    assert_eq!(ids(&all(&next, &copy).await), ["copied"]);
    filling.fill(&copy, at(5), at(7), vec![row(tenant(1), "more")], Vec::new()).await.unwrap();
    assert_eq!(ids(&all(&next, &copy).await), ["copied", "more"]);
}
