//! What is asked often is found by an index that gives little else, however many rows there are.

use acta_application::views::{Columns, Cursor, Order, RowKey, ViewName, ViewQuery, ViewRow, Views};
use acta_postgres::{Database, PostgresViews};
use sqlx::Executor;
use sqlx::postgres::PgConnection;

use crate::given::{at, number, row, session, superuser, tenant, until, view, views_on};
use crate::store::Store;

const TENANTS: u128 = 5;
const SESSIONS: u128 = 40;
const ROWS: u128 = 50;
const PAGE: u32 = 20;
/// More than the server needs to settle on one plan for any parameters.
const TIMES: u128 = 12;
/// What the questions of one round give.
const LEAST_READ: i64 = 230;
/// What they may read for it, with ties.
const MOST_READ: i64 = 330;

/// Row `number` of a session; the ranks have ties.
fn numbered(session_number: u128, number: u128) -> ViewRow {
    let key = RowKey {
        tenant: tenant(session_number % TENANTS),
        session: session(session_number),
        id: format!("{number:04}"),
    };
    let rank = i64::try_from(number / 3).expect("it is small");
    ViewRow { key, columns: Columns { rank, ..Columns::default() }, ..row(tenant(1), "") }
}

async fn fill(views: &PostgresViews, view: &ViewName) {
    let sessions = (0..SESSIONS * TENANTS).flat_map(|of| (0..ROWS).map(move |number| numbered(of, number)));
    views.fill(view, at(0), at(1), sessions.collect(), Vec::new()).await.expect("the views are there");
}

/// Every kind of question, about one session and about its tenant.
async fn ask(views: &PostgresViews, of: u128) {
    let (tenant, session) = (tenant(of % TENANTS), session(of));
    let middle = numbered(of, ROWS / 2);
    let pages = [ViewQuery::of_session(tenant, session, PAGE), ViewQuery::of_tenant(tenant, PAGE)];
    for first in pages {
        for order in [Order::Ascending, Order::Descending] {
            let next = ViewQuery { order, after: Some(Cursor::behind(&middle)), ..first.clone() };
            assert_eq!(views.query(&view(), &next).await.expect("the views are there").len(), PAGE as usize);
        }
        let within = ViewQuery { rank_from: Some(3), rank_until: Some(9), ..first };
        assert!(!views.query(&view(), &within).await.expect("the views are there").is_empty());
    }
    let keys: Vec<_> = (0..PAGE).map(|number| numbered(of, number.into()).key).collect();
    assert_eq!(views.rows(&view(), &keys).await.expect("the views are there").len(), PAGE as usize);
    let page = views.scan(&view(), Some(&middle.key), PAGE).await.expect("the views are there");
    assert_eq!(page.len(), PAGE as usize);
    let other = ViewName::new("others");
    let run = views.unlike(&view(), &other, Some(&middle.key), PAGE).await.expect("the views are there");
    assert_eq!((run.compared, run.keys), (u64::from(PAGE), Vec::new()));
    assert_eq!(views.row(&view(), &middle.key).await.expect("the views are there"), Some(middle));
}

#[tokio::test(flavor = "multi_thread")]
async fn no_question_reads_more_than_it_gives() {
    let store = Store::fresh().await;
    let mut superuser = superuser(&store).await;
    filled(&store, &mut superuser).await;
    superuser.execute("VACUUM ANALYZE view_rows").await.unwrap();
    superuser.execute("SELECT pg_stat_reset()").await.unwrap();

    let database = store.open().await;
    let views = views_on(&database).await;
    for of in 0..TIMES {
        ask(&views, of).await;
    }
    ended(&mut superuser, views, database).await;

    let times = i64::try_from(TIMES).expect("it is small");
    let read =
        "SELECT coalesce(sum(idx_tup_read), 0)::bigint FROM pg_stat_user_indexes WHERE relname = 'view_rows'";
    until(&mut superuser, &format!("SELECT (({read}) > {})::int::bigint", times * LEAST_READ), 1).await;
    let scans = "SELECT seq_scan FROM pg_stat_user_tables WHERE relname = 'view_rows'";
    assert_eq!(number(&mut superuser, scans).await, 0, "the whole table was read");
    let read = number(&mut superuser, read).await;
    assert!(read <= times * MOST_READ, "{read} entries of indexes were read in {times} rounds");
}

/// Fills two views.
async fn filled(store: &Store, superuser: &mut PgConnection) {
    let database = store.open().await;
    let views = views_on(&database).await;
    for name in ["things", "others"] {
        fill(&views, &ViewName::new(name)).await;
    }
    ended(superuser, views, database).await;
}

/// Ends an instance, and waits until the server has counted what its connections did.
async fn ended(superuser: &mut PgConnection, views: PostgresViews, database: Database) {
    views.close().await;
    database.close().await;
    // A connection that came back while its pool was closing is closed with the pool.
    drop((views, database));
    let others =
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()
        AND backend_type = 'client backend'";
    until(superuser, others, 0).await;
}
