//! [`PostgresPresence`] passes the contract of a board, and removes what the dead told.

mod store;

use std::sync::Arc;
use std::time::Duration;

use acta_application::presence::PresenceBoard as _;
use acta_application::presence::contract::{PresenceHarness, instance, person, session, tenant, told};
use acta_postgres::PostgresPresence;
use async_trait::async_trait;
use sqlx::{Connection as _, Executor as _, PgConnection};
use store::Store;

const LONG: Duration = Duration::from_mins(10);

#[async_trait]
impl PresenceHarness for Store {
    type Board = PostgresPresence;

    async fn new() -> Self {
        Self::fresh().await
    }

    async fn open(&self) -> Arc<PostgresPresence> {
        Arc::new(PostgresPresence::new(&Store::open(self).await))
    }
}

acta_application::presence_contract!(Store);

/// Somebody whom no right binds.
async fn superuser(store: &Store) -> PgConnection {
    let url = store.place.superuser_url();
    PgConnection::connect(&url).await.expect("the server can be reached")
}

/// The terms of all instances end so many seconds earlier.
async fn time_passes(store: &Store, seconds: u32) {
    let aging =
        format!("UPDATE presence_instances SET expires_at = expires_at - interval '{seconds} seconds'");
    superuser(store).await.execute(aging.as_str()).await.expect("a superuser may");
}

/// How many rows there are of instances, and of what they told.
async fn rows(store: &Store) -> (i64, i64) {
    let counts = "SELECT (SELECT count(*) FROM presence_instances), (SELECT count(*) FROM presence_told)";
    sqlx::query_as(counts).fetch_one(&mut superuser(store).await).await.expect("a superuser may")
}

#[tokio::test]
async fn what_a_dead_instance_told_is_removed_a_minute_after_its_term() {
    let store = Store::fresh().await;
    let board = PostgresPresence::new(&store.open().await);
    board.live(instance(1), LONG).await.unwrap();
    board.tell(instance(1), &[told(person(7), 1), told(person(8), 1)]).await.unwrap();
    time_passes(&store, 650).await;
    board.live(instance(2), LONG).await.unwrap();
    board.tell(instance(2), &[told(person(9), 1)]).await.unwrap();
    assert_eq!(rows(&store).await, (2, 3), "its term is over for 50 seconds");
    time_passes(&store, 20).await;
    assert!(board.live(instance(2), LONG).await.unwrap());
    assert_eq!(rows(&store).await, (1, 1));
    let shown = board.connected(tenant(1), session(1), None, 10).await.unwrap();
    assert_eq!(shown.connected[0].actor, person(9));
}

#[tokio::test]
async fn of_many_dead_and_many_rows_some_are_removed_each_time_until_none_are_left() {
    let store = Store::fresh().await;
    let board = PostgresPresence::new(&store.open().await);
    let everybody: Vec<_> = (0..6_000).map(|number| told(person(number), 1)).collect();
    board.live(instance(1), LONG).await.unwrap();
    board.tell(instance(1), &everybody).await.unwrap();
    board.tell(instance(2), &everybody[..10]).await.unwrap();
    time_passes(&store, 700).await;
    let mut seen = Vec::new();
    while rows(&store).await.1 > 0 {
        board.live(instance(3), LONG).await.unwrap();
        seen.push(rows(&store).await);
    }
    assert!(seen.len() <= 4, "{seen:?}");
    assert_eq!(rows(&store).await, (1, 0));
}

#[tokio::test]
async fn an_instance_that_wakes_up_while_it_is_removed_hears_of_it_and_is_shown_again() {
    let store = Store::fresh().await;
    let board = PostgresPresence::new(&store.open().await);
    board.live(instance(1), LONG).await.unwrap();
    board.tell(instance(1), &[told(person(7), 1)]).await.unwrap();
    time_passes(&store, 700).await;
    let mut superuser = superuser(&store).await;
    let mut removing = superuser.begin().await.unwrap();
    removing.execute("SELECT sweep_presence(clock_timestamp() - interval '1 minute', 5000)").await.unwrap();
    let anew = [told(person(7), 1), told(person(8), 1)];
    let (wakes, tells, ()) =
        tokio::join!(board.live(instance(1), LONG), board.tell(instance(1), &anew), async {
            removing.commit().await.unwrap();
        },);
    assert!(!wakes.unwrap());
    tells.unwrap();
    assert_eq!(board.connected(tenant(1), session(1), None, 10).await.unwrap().people, 2);
}

#[tokio::test]
async fn a_server_that_has_forgotten_everything_is_told_anew() {
    let store = Store::fresh().await;
    let board = PostgresPresence::new(&store.open().await);
    board.live(instance(1), LONG).await.unwrap();
    board.tell(instance(1), &[told(person(7), 1)]).await.unwrap();
    // What a server does with unlogged tables after it crashed.
    superuser(&store).await.execute("TRUNCATE presence_instances, presence_told").await.unwrap();
    assert!(!board.live(instance(1), LONG).await.unwrap());
    assert_eq!(board.connected(tenant(1), session(1), None, 10).await.unwrap().people, 0);
    board.tell(instance(1), &[told(person(7), 1)]).await.unwrap();
    assert_eq!(board.connected(tenant(1), session(1), None, 10).await.unwrap().people, 1);
}

#[tokio::test]
async fn whoever_serves_sees_one_tenant_and_tells_nothing() {
    let store = Store::fresh().await;
    let board = PostgresPresence::new(&store.open().await);
    board.live(instance(1), LONG).await.unwrap();
    board.tell(instance(1), &[told(person(7), 1)]).await.unwrap();
    let mut serving =
        PgConnection::connect(&store.place.url_of(acta_throwaway::Login::Service)).await.unwrap();
    serving.execute("SET ROLE acta_serve").await.unwrap();
    for (named, seen) in [(None, 0), (Some(tenant(2)), 0), (Some(tenant(1)), 1)] {
        let named = named.map(|tenant| tenant.to_string()).unwrap_or_default();
        serving.execute(format!("SET app.tenant_id = '{named}'").as_str()).await.unwrap();
        let counting = sqlx::query_scalar("SELECT count(*) FROM presence_told");
        let count: i64 = counting.fetch_one(&mut serving).await.unwrap();
        assert_eq!(count, seen, "{named:?} named");
    }
    for refused in [
        "DELETE FROM presence_told",
        "UPDATE presence_told SET connections = 2",
        "UPDATE presence_instances SET expires_at = 'infinity'",
        "SELECT leave_presence('00000000-0000-0000-0000-000000000000')",
    ] {
        let error = serving.execute(refused).await.expect_err(refused);
        let code = error.as_database_error().and_then(|error| error.code().map(std::borrow::Cow::into_owned));
        assert_eq!(code.as_deref(), Some("42501"), "{refused}");
    }
}
