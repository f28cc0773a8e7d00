//! Tenants who do not trust each other.

use acta_application::views::{ViewQuery, Views};
use sqlx::{Executor, Row};

use crate::given::{at, ids, instance, row, serving, session, tenant, view};
use crate::store::Store;

/// A store with a row of each of two tenants in one view.
async fn of_two_tenants() -> Store {
    let store = Store::fresh().await;
    let views = instance(&store).await;
    let both = vec![row(tenant(1), "ours"), row(tenant(2), "theirs")];
    views.commit(&view(), at(0), at(1), both).await.expect("it is new");
    store
}

#[tokio::test(flavor = "multi_thread")]
async fn a_statement_without_a_condition_sees_rows_of_the_named_tenant_only() {
    let store = of_two_tenants().await;
    let mut connection = serving(&store).await;
    let everything = "SELECT tenant_id FROM view_rows";
    assert!(connection.fetch_all(everything).await.unwrap().is_empty());
    for number in [1, 2] {
        let tenant = tenant(number).as_uuid();
        connection.execute(format!("SET app.tenant_id = '{tenant}'").as_str()).await.unwrap();
        let rows = connection.fetch_all(everything).await.unwrap();
        assert_eq!(rows.iter().map(|row| row.get::<uuid::Uuid, _>(0)).collect::<Vec<_>>(), [tenant]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_serving_role_may_not_write_views() {
    let store = of_two_tenants().await;
    let mut connection = serving(&store).await;
    let changes = [
        "UPDATE view_rows SET rank = 1",
        "DELETE FROM view_rows",
        "UPDATE view_checkpoints SET position = 9",
        "SELECT commit_view('things', 1, 2, 0, '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}')",
        "SELECT replace_view('things', 'things+rebuilding', 0)",
    ];
    for change in changes {
        let error = connection.execute(change).await.expect_err("it is refused");
        assert_eq!(error.as_database_error().unwrap().code().unwrap(), "42501", "{change}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_query_of_a_tenant_shows_no_row_of_another() {
    let store = of_two_tenants().await;
    let views = instance(&store).await;
    for (number, own) in [(1, "ours"), (2, "theirs")] {
        let rows = views.query(&view(), &ViewQuery::of_tenant(tenant(number), 10)).await.unwrap();
        assert_eq!(ids(&rows), [own]);
        let rows =
            views.query(&view(), &ViewQuery::of_session(tenant(number), session(1), 10)).await.unwrap();
        assert_eq!(ids(&rows), [own]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_projection_finds_rows_of_several_tenants_by_their_keys() {
    let store = of_two_tenants().await;
    let views = instance(&store).await;
    let (ours, theirs) = (row(tenant(1), "ours"), row(tenant(2), "theirs"));
    let keys = [ours.key.clone(), theirs.key.clone(), row(tenant(2), "ours").key];
    let mut found = views.rows(&view(), &keys).await.unwrap();
    found.sort_by(|one, other| one.key.cmp(&other.key));
    assert_eq!(found, [ours, theirs]);
}
