//! Users, passwords and databases that are right and wrong.

use acta_application::access::CountersError;
use acta_redis::{RedisCounters, RequestError};
use acta_throwaway::Redis;

use crate::given::{at, chain, comes_back, counters, is_given, limits, options, reason, state, use_once};

async fn closed() -> Redis {
    let user = "acta on >swordfish ~acta:* +@all";
    Redis::start_with(&[("requirepass", "default"), ("user", user)]).await.unwrap()
}

fn with_login(redis: &Redis, login: &str) -> String {
    redis.url().replace("://", &format!("://{login}@"))
}

#[tokio::test]
async fn a_user_and_a_password_let_the_service_in() {
    let redis = closed().await;
    for login in ["acta:swordfish", ":default", "default:default"] {
        counters(&with_login(&redis, login)).check().await.unwrap();
    }
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), "swordfish\n").unwrap();
    let options = options(&with_login(&redis, "acta")).with_password_file(file.path()).unwrap();
    RedisCounters::new(&options).unwrap().check().await.unwrap();
}

#[tokio::test]
async fn a_wrong_password_is_told_from_a_server_that_is_away() {
    let redis = closed().await;
    for login in ["acta:salmon", "nobody:swordfish", ":salmon"] {
        let counters = counters(&with_login(&redis, login));
        let error = reason(use_once(&counters, 1).await);
        assert!(matches!(error, RequestError::Login(_)), "{login}: {}", chain(&error));
        assert!(!chain(&error).contains("salmon"), "{}", chain(&error));
        assert_eq!(state(&counters), ("refused", false));
        assert!(is_given(&limits(&counters), at(0)).await, "counted alone");
    }
}

#[tokio::test]
async fn no_password_where_one_is_needed_is_as_wrong_as_another() {
    let redis = closed().await;
    let error = reason(counters(&redis.url()).check().await);
    assert!(matches!(error, RequestError::Login(_)), "{}", chain(&error));
}

/// The client would keep the refusal for ever.
#[tokio::test]
async fn a_password_that_becomes_right_lets_the_service_in() {
    let redis = closed().await;
    let counters = counters(&with_login(&redis, "acta:salmon"));
    reason(use_once(&counters, 1).await);
    let admin = redis::Client::open(with_login(&redis, ":default")).unwrap();
    let mut admin = admin.get_multiplexed_async_connection().await.unwrap();
    let mut change = redis::cmd("ACL");
    change.arg(&["SETUSER", "acta", ">salmon"]);
    let _: () = change.query_async(&mut admin).await.unwrap();
    comes_back(&counters).await;
    assert!(use_once(&counters, 1).await.unwrap());
    assert_eq!(state(&counters), ("shared", true));
}

#[tokio::test]
async fn a_database_that_does_not_exist_is_refused() {
    let redis = Redis::start_with(&[("databases", "2")]).await.unwrap();
    counters(&format!("{}/1", redis.url())).check().await.unwrap();
    let counters = counters(&format!("{}/2", redis.url()));
    let error = reason(use_once(&counters, 1).await);
    assert!(matches!(error, RequestError::Refused(_)), "{}", chain(&error));
    assert!(chain(&error).contains("database"), "{}", chain(&error));
}

#[tokio::test]
async fn a_user_who_may_not_write_is_refused() {
    let user = "acta on nopass ~acta:* +@read +ping";
    let redis = Redis::start_with(&[("user", user)]).await.unwrap();
    let counters = counters(&with_login(&redis, "acta:any"));
    counters.check().await.unwrap();
    assert!(matches!(reason(use_once(&counters, 1).await), RequestError::Refused(_)));
}

#[tokio::test]
async fn a_server_without_memory_refuses_new_uses() {
    let redis = Redis::start_with(&[("maxmemory", "1"), ("maxmemory-policy", "noeviction")]).await.unwrap();
    let counters = counters(&redis.url());
    let refused = use_once(&counters, 1).await;
    assert!(matches!(refused, Err(CountersError::Full)), "{refused:?}");
    assert_eq!(state(&counters), ("refused", false));
}
