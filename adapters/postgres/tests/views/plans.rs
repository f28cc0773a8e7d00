//! What is asked often is found by an index that gives little else, however many rows there are.

use acta_application::views::{Columns, Cursor, Order, RowKey, ViewName, ViewQuery, ViewRow, Views};
use acta_postgres::PostgresViews;
use sqlx::Executor;

use crate::given::{at, number, row, session, superuser, tenant, until, view, views_on};
use crate::store::Store;

const TENANTS: u128 = 5;
const SESSIONS: u128 = 40;
const ROWS: u128 = 50;
const PAGE: u32 = 20;
/// More than the server needs to settle on one plan for any parameters.
const TIMES: u128 = 12;
/// What the questions of one round may read at most: their pages, and something for ties.
const MOST_READ: i64 = 200;

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
    views.fill(view, at(0), at(1), sessions.collect(), Vec::new()).await.unwrap();
}

/// Every kind of question, about one session and about its tenant.
async fn ask(views: &PostgresViews, of: u128) {
    let (tenant, session) = (tenant(of % TENANTS), session(of));
    let middle = numbered(of, ROWS / 2);
    let pages = [ViewQuery::of_session(tenant, session, PAGE), ViewQuery::of_tenant(tenant, PAGE)];
    for first in pages {
        for order in [Order::Ascending, Order::Descending] {
            let next = ViewQuery { order, after: Some(Cursor::behind(&middle)), ..first.clone() };
            assert_eq!(views.query(&view(), &next).await.unwrap().len(), PAGE as usize);
        }
        let within = ViewQuery { rank_from: Some(3), rank_until: Some(9), ..first };
        assert!(!views.query(&view(), &within).await.unwrap().is_empty());
    }
    let keys: Vec<_> = (0..PAGE).map(|number| numbered(of, number.into()).key).collect();
    assert_eq!(views.rows(&view(), &keys).await.unwrap().len(), PAGE as usize);
    let page = views.scan(&view(), Some(&middle.key), PAGE).await.unwrap();
    assert_eq!(page.len(), PAGE as usize);
    assert_eq!(views.row(&view(), &middle.key).await.unwrap(), Some(middle));
}

#[tokio::test(flavor = "multi_thread")]
async fn no_question_reads_more_than_it_gives() {
    let store = Store::fresh().await;
    let database = store.open().await;
    let views = views_on(&database).await;
    for name in ["things", "others"] {
        fill(&views, &ViewName::new(name)).await;
    }
    let mut superuser = superuser(&store).await;
    superuser.execute("VACUUM ANALYZE view_rows; SELECT pg_stat_reset()").await.unwrap();
    for of in 0..TIMES {
        ask(&views, of).await;
    }
    views.close().await;
    database.close().await;

    // The server counts what its connections did when they end.
    let ended = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()
        AND backend_type = 'client backend'";
    until(&mut superuser, ended, 0).await;
    let times = i64::try_from(TIMES).expect("it is small");
    let scans = "SELECT seq_scan FROM pg_stat_user_tables WHERE relname = 'view_rows'";
    let read = "SELECT sum(idx_tup_read)::bigint FROM pg_stat_user_indexes WHERE relname = 'view_rows'";
    until(&mut superuser, &format!("SELECT ({read}) / {}", times * 100), 1).await;
    assert_eq!(number(&mut superuser, scans).await, 0, "the whole table was read");
    let read = number(&mut superuser, read).await;
    assert!(read <= times * MOST_READ, "{read} entries of indexes were read for {times} rounds");
}
