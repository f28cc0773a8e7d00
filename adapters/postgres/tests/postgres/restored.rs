//! The database is set back under a running instance.

use acta_application::log::{AppendError, EventLog, Position};
use sqlx::Executor;

use crate::given::{instance, say, superuser};
use crate::store::Store;

#[tokio::test(flavor = "multi_thread")]
async fn an_instance_that_knows_a_longer_log_appends_nothing_to_a_shorter_one() {
    let store = Store::fresh().await;
    let log = instance(&store).await;
    for word in ["first", "second", "third"] {
        log.append(say(word, 1)).await.unwrap();
    }
    // As a backup of an earlier moment would have it.
    let set_back = "
        SET session_replication_role = replica;
        DELETE FROM events WHERE position = 3;
        UPDATE log_head SET position = 2";
    superuser(&store).await.execute(set_back).await.unwrap();

    let refused = log.append(say("fourth", 1)).await;
    assert!(matches!(refused, Err(AppendError::Unavailable(_))), "{refused:?}");
    assert_eq!(instance(&store).await.append(say("third", 1)).await.unwrap().first, Position::new(3));
}
