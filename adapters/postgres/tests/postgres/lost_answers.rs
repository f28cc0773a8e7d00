//! The network breaks between the service and the database.

use std::time::Duration;

use acta_application::log::{AppendError, EventLog, FeedScope, Position};
use acta_postgres::{Database, DatabaseOptions};
use acta_throwaway::{FaultProxy, Login};

use crate::given::{everything, instance, log_on, say, session, tenant};
use crate::store::{Store, login};

/// A store, a proxy in front of it, and an instance that reaches it through the proxy.
async fn behind_a_proxy() -> (Store, FaultProxy, Database) {
    let store = Store::fresh().await;
    let target = store.place.server().address().expect("the server has an address");
    let proxy = FaultProxy::start(target).await.expect("a port is free");
    let options = DatabaseOptions {
        acquire: Duration::from_secs(2),
        statement: Duration::from_secs(3),
        ..DatabaseOptions::of_login(login(&store.place.url_through(&proxy, Login::Service)))
    };
    let database = Database::open(options).await.expect("the proxy lets it through");
    (store, proxy, database)
}

#[tokio::test(flavor = "multi_thread")]
async fn an_append_whose_answer_was_lost_is_in_doubt_and_sent_again_has_its_first_outcome() {
    let (store, proxy, database) = behind_a_proxy().await;
    let log = log_on(&database).await;
    log.append(say("before", 1)).await.unwrap();

    let append = say("whose-answer-is-lost", 1);
    proxy.lose_answer_to("whose-answer-is-lost");
    let lost = log.append(append.clone()).await;
    assert!(matches!(lost, Err(AppendError::Unknown(_))), "{lost:?}");
    proxy.wait_until_lost(1).await;

    match log.append(append.clone()).await {
        Err(AppendError::AlreadyAppended { outcome, same_command }) => {
            assert!(same_command);
            assert_eq!(outcome.first, Position::new(2));
            let known = log.outcome(append.tenant_id, append.metadata.command_id).await.unwrap();
            assert_eq!(known.map(|(known, _)| known), Some(outcome));
        }
        answer => panic!("{answer:?}"),
    }
    assert_eq!(instance(&store).await.session_size(tenant(1), session(1)).await.unwrap(), 2);
    assert_eq!(log.append(say("after", 1)).await.unwrap().first, Position::new(3));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_commit_from_the_truth_whose_answer_was_lost_is_in_doubt_too() {
    let (store, proxy, database) = behind_a_proxy().await;
    let (log, other) = (log_on(&database).await, instance(&store).await);
    log.append(say("ours", 1)).await.unwrap();
    other.append(say("theirs", 1)).await.unwrap();

    // What this instance believes is behind, so it writes from the truth, and asks for the commit by itself.
    let append = say("ours-again", 1);
    proxy.lose_answer_to("COMMIT");
    let lost = log.append(append.clone()).await;
    assert!(matches!(lost, Err(AppendError::Unknown(_))), "{lost:?}");
    assert!(matches!(log.append(append).await, Err(AppendError::AlreadyAppended { same_command: true, .. })));
    assert_eq!(everything(&log, Position::new(3)).await.len(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn while_the_database_cannot_be_reached_nothing_is_taken_and_afterwards_all_goes_on() {
    let (_store, proxy, database) = behind_a_proxy().await;
    let log = log_on(&database).await;
    log.append(say("before", 1)).await.unwrap();

    proxy.cut().await;
    let refused = log.append(say("meanwhile", 1)).await;
    assert!(matches!(refused, Err(AppendError::Unknown(_) | AppendError::Unavailable(_))), "{refused:?}");
    assert!(matches!(log.append(say("still", 1)).await, Err(AppendError::Unavailable(_))));
    assert!(
        log.feed(FeedScope::Tenant(tenant(1)), Position::default(), 10)
            .await
            .is_ok_and(|page| page.events.len() == 1)
    );

    proxy.mend().await;
    assert_eq!(log.append(say("after", 1)).await.unwrap().first, Position::new(2));
    let mut head = log.head();
    head.wait_for(|head| *head >= Position::new(2)).await.unwrap();
}
