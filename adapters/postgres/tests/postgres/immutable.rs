//! Nobody changes or removes an event: the serving role may not, and the table refuses everybody else.

use acta_application::log::EventLog;
use sqlx::Executor;

use crate::given::{instance, say, serving, superuser};
use crate::store::Store;

const CHANGES: [&str; 6] = [
    "UPDATE events SET payload = '{}'",
    "DELETE FROM events",
    "TRUNCATE events",
    "UPDATE session_heads SET size = 0",
    "DELETE FROM session_heads",
    "TRUNCATE session_heads",
];

fn sqlstate(refused: Result<sqlx::postgres::PgQueryResult, sqlx::Error>) -> String {
    let error = refused.expect_err("it is refused");
    let error = error.as_database_error().expect("the database refuses it");
    error.code().expect("the database says why").into_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_serving_role_may_neither_change_nor_remove_an_event() {
    let store = Store::fresh().await;
    instance(&store).await.append(say("word", 1)).await.unwrap();
    let mut connection = serving(&store).await;
    for change in CHANGES {
        assert_eq!(sqlstate(connection.execute(change).await), "42501", "{change}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_table_refuses_even_the_superuser() {
    let store = Store::fresh().await;
    instance(&store).await.append(say("word", 1)).await.unwrap();
    let mut connection = superuser(&store).await;
    for change in CHANGES {
        assert_eq!(sqlstate(connection.execute(change).await), "23001", "{change}");
    }
}
