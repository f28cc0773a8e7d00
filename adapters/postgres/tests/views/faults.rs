//! A network that breaks.

use std::time::Duration;

use acta_application::views::{ViewQuery, Views, ViewsError};
use acta_postgres::{Database, DatabaseOptions, PostgresViews};
use acta_throwaway::{FaultProxy, Login};

use crate::given::{all, at, ids, row, tenant, view, views_on};
use crate::store::{Store, login};

/// Views that are reached through a proxy, with short bounds.
async fn behind_a_proxy() -> (Store, FaultProxy, PostgresViews) {
    let store = Store::fresh().await;
    let address = store.place.server().address().expect("the server has an address");
    let proxy = FaultProxy::start(address).await.expect("there is a free port");
    let second = Duration::from_secs(1);
    let options = DatabaseOptions {
        acquire: second,
        statement: second,
        ..DatabaseOptions::of_login(login(&store.place.url_through(&proxy, Login::Service)))
    };
    let views = views_on(&Database::open(options).await.expect("the database is migrated")).await;
    views.commit(&view(), at(0), at(1), vec![row(tenant(1), "a")]).await.expect("it is new");
    (store, proxy, views)
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_lost_answer_the_checkpoint_tells_whether_the_rows_were_written() {
    let (_store, proxy, views) = behind_a_proxy().await;
    proxy.lose_answer_to("the-lost-one");
    let commit = views.commit(&view(), at(1), at(2), vec![row(tenant(1), "the-lost-one")]).await;
    assert!(matches!(commit, Err(ViewsError::Unavailable(_))), "{commit:?}");
    assert_eq!(views.checkpoint(&view()).await.unwrap(), at(2));
    assert_eq!(ids(&all(&views, &view()).await), ["a", "the-lost-one"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_question_that_is_never_answered_comes_to_an_end() {
    let (_store, proxy, views) = behind_a_proxy().await;
    proxy.delay(Duration::from_hours(1));
    let (view, query) = (view(), ViewQuery::of_tenant(tenant(1), 10));
    let all = async {
        tokio::join!(
            views.checkpoint(&view),
            views.query(&view, &query),
            views.commit(&view, at(1), at(2), Vec::new())
        )
    };
    let ended = tokio::time::timeout(Duration::from_secs(20), all).await;
    let (checkpoint, page, commit) = ended.expect("they come to an end");
    assert!(matches!(checkpoint, Err(ViewsError::Unavailable(_))), "{checkpoint:?}");
    assert!(matches!(page, Err(ViewsError::Unavailable(_))), "{page:?}");
    assert!(matches!(commit, Err(ViewsError::Unavailable(_))), "{commit:?}");
    views.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn views_are_there_again_with_the_network() {
    let (_store, proxy, views) = behind_a_proxy().await;
    let mut followed = views.follow(&view()).await.unwrap();
    proxy.cut().await;
    assert!(matches!(views.checkpoint(&view()).await, Err(ViewsError::Unavailable(_))));
    proxy.mend().await;
    let again = async {
        while views.commit(&view(), at(1), at(2), Vec::new()).await.is_err() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), again).await.expect("the network is back");
    followed.wait_for(|position| *position == at(2)).await.unwrap();
}
