//! Views on a fresh database, and what is written to them.

use acta_application::log::Position;
use acta_application::views::{Columns, RowKey, ViewName, ViewRow, Views};
use acta_domain::{SessionId, TenantId};
use acta_postgres::{Database, PostgresViews};
use acta_throwaway::Login;
use sqlx::postgres::PgConnection;
use sqlx::{Connection, Executor, Row};
use uuid::Uuid;

use crate::store::Store;

pub(crate) fn tenant(number: u128) -> TenantId {
    TenantId::new(Uuid::from_u128(0x7e00_0000 + number))
}

pub(crate) fn session(number: u128) -> SessionId {
    SessionId::new(Uuid::from_u128(0x5e00_0000 + number))
}

pub(crate) fn view() -> ViewName {
    ViewName::new("things")
}

pub(crate) fn at(position: u64) -> Position {
    Position::new(position)
}

/// The row `id` of session 1 of `tenant`.
pub(crate) fn row(tenant: TenantId, id: &str) -> ViewRow {
    ViewRow {
        key: RowKey { tenant, session: session(1), id: id.to_owned() },
        columns: Columns::default(),
        document: "{}".to_owned(),
        position: at(1),
    }
}

/// As many rows of tenant 1.
pub(crate) fn rows(count: usize) -> Vec<ViewRow> {
    (0..count).map(|number| row(tenant(1), &format!("{number:06}"))).collect()
}

pub(crate) fn ids(rows: &[ViewRow]) -> Vec<&str> {
    rows.iter().map(|row| row.key.id.as_str()).collect()
}

/// Every row of `view`.
pub(crate) async fn all(views: &PostgresViews, view: &ViewName) -> Vec<ViewRow> {
    views.scan(view, None, 1_000).await.expect("the views can be read")
}

pub(crate) async fn views_on(database: &Database) -> PostgresViews {
    PostgresViews::open(database).await.expect("the views open")
}

/// One more instance on the database of `store`, with connections of its own.
pub(crate) async fn instance(store: &Store) -> PostgresViews {
    views_on(&store.open().await).await
}

/// A connection with the rights of the serving role and of nobody else.
pub(crate) async fn serving(store: &Store) -> PgConnection {
    let url = store.place.url_of(Login::Service);
    let mut connection = PgConnection::connect(&url).await.expect("the login is there");
    connection.execute("SET ROLE acta_serve").await.expect("it is a member");
    connection
}

/// A connection that is bound by no policy.
pub(crate) async fn superuser(store: &Store) -> PgConnection {
    PgConnection::connect(&store.place.superuser_url()).await.expect("the server is there")
}

/// The number that `question` gives.
pub(crate) async fn number(connection: &mut PgConnection, question: &str) -> i64 {
    connection.fetch_one(question).await.expect("the question is well formed").get(0)
}

/// Waits until `question` gives `wanted`.
pub(crate) async fn until(connection: &mut PgConnection, question: &str, wanted: i64) {
    let pause = std::time::Duration::from_millis(20);
    let reached = async {
        while number(connection, question).await != wanted {
            tokio::time::sleep(pause).await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(30), reached).await.expect("it comes to that");
}
