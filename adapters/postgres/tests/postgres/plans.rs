//! What is asked often is found by an index, however large the log is.

use std::time::Duration;

use acta_application::evidence::HeadArchive;
use acta_application::log::contract::event;
use acta_application::log::{Append, EventLog, FeedScope, Position, Sequence, SessionIndex};
use sqlx::{Executor, Row};

use crate::given::{log_on, say, session, stream, superuser, tenant};
use crate::store::Store;

const SESSIONS: u128 = 300;
const EVENTS: usize = 60;

#[tokio::test(flavor = "multi_thread")]
async fn no_question_and_no_append_reads_the_whole_table() {
    let store = Store::fresh().await;
    let database = store.open().await;
    let log = log_on(&database).await;
    for number in 0..SESSIONS {
        let events = (0..EVENTS).map(|word| event(&format!("word-{word}"))).collect();
        let of_tenant = tenant(number % 7);
        log.append(Append { tenant_id: of_tenant, events, ..say("", number) }).await.unwrap();
    }
    let mut superuser = superuser(&store).await;
    superuser.execute("VACUUM ANALYZE events").await.unwrap();
    superuser.execute("SELECT pg_stat_reset()").await.unwrap();

    // Often enough for the server to settle on one plan for any parameters.
    for number in 0..12 {
        let (tenant, session, stream) = (tenant(number % 7), session(number), stream(number));
        let appended = log.append(Append { tenant_id: tenant, ..say("asked", number) }).await.unwrap();
        let before = Position::new(appended.first.get() - 1);
        log.outcome(tenant, say("", 1).metadata.command_id).await.unwrap();
        log.stream(tenant, &stream, Sequence::new(3), 10).await.unwrap();
        log.session(tenant, session, SessionIndex::new(3), 10).await.unwrap();
        log.commitments(tenant, session, SessionIndex::new(3), 10).await.unwrap();
        assert_eq!(log.session_size(tenant, session).await.unwrap(), EVENTS as u64 + 1);
        assert_eq!(log.tenant_of(session).await.unwrap(), Some(tenant));
        log.feed(FeedScope::All, Position::new(77), 10).await.unwrap();
        log.feed(FeedScope::Tenant(tenant), Position::new(77), 10).await.unwrap();
        log.feed(FeedScope::Tenant(tenant), before, 10).await.unwrap();
        log.snapshot(tenant, &stream).await.unwrap();
        log.latest_head(tenant, session).await.unwrap();
    }
    log.close().await;
    database.close().await;

    // The server counts what its connections did when they end.
    let mut counted = (0, 0);
    for _ in 0..200 {
        let row = superuser
            .fetch_one("SELECT seq_scan, idx_scan FROM pg_stat_user_tables WHERE relname = 'events'")
            .await
            .unwrap();
        counted = (row.get::<i64, _>(0), row.get::<i64, _>(1));
        if counted.1 >= 12 * 9 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert!(counted.1 >= 12 * 9, "{counted:?}");
    assert_eq!(counted.0, 0, "the whole table was read");
}
