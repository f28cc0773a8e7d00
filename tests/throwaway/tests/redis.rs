//! Redis servers: they start, are killed and come back empty, and leave nothing behind.

use std::net::SocketAddr;

use acta_throwaway::{Error, FaultProxy, Redis};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpStream;

/// The first line of the answer; `None` when nobody answers.
async fn answer(address: SocketAddr, command: &str) -> Option<String> {
    let mut server = BufReader::new(TcpStream::connect(address).await.ok()?);
    server.write_all(format!("{command}\r\n").as_bytes()).await.ok()?;
    let mut line = String::new();
    server.read_line(&mut line).await.ok()?;
    (!line.is_empty()).then(|| line.trim_end().to_owned())
}

async fn says(address: SocketAddr, command: &str, wanted: &str) {
    assert_eq!(answer(address, command).await.as_deref(), Some(wanted), "{command}");
}

#[tokio::test]
async fn a_server_that_was_killed_comes_back_empty_at_the_same_address() {
    let redis = Redis::start().await.unwrap();
    let address = redis.address();
    assert_eq!(redis.url(), format!("redis://127.0.0.1:{}", address.port()));
    says(address, "SET a 1", "+OK").await;
    says(address, "DBSIZE", ":1").await;
    redis.kill().await.unwrap();
    assert_eq!(answer(address, "PING").await, None);
    assert!(matches!(redis.kill().await, Err(Error::NotRunning)));
    redis.start_again().await.unwrap();
    says(address, "DBSIZE", ":0").await;
    assert!(matches!(redis.start_again().await, Err(Error::Running)));
}

#[tokio::test]
async fn a_server_takes_settings() {
    let redis = Redis::start_with(&[("requirepass", "swordfish"), ("databases", "1")]).await.unwrap();
    let refused = answer(redis.address(), "PING").await.unwrap();
    assert!(refused.starts_with("-NOAUTH"), "{refused}");
    says(redis.address(), "AUTH swordfish", "+OK").await;
}

#[tokio::test]
async fn a_dropped_server_leaves_neither_server_nor_folder() {
    let redis = Redis::start().await.unwrap();
    let (address, folder) = (redis.address(), redis.folder().to_owned());
    assert!(folder.exists());
    drop(redis);
    assert!(!folder.exists());
    assert_eq!(answer(address, "PING").await, None);
}

#[tokio::test]
async fn a_server_that_cannot_start_says_why() {
    let error = Redis::start_with(&[("no-such-setting", "1")]).await.unwrap_err();
    let Error::Ended { log } = error else { panic!("{error}") };
    assert!(log.contains("no-such-setting"), "{log}");
}

#[tokio::test]
async fn an_answer_on_its_way_through_a_proxy_can_be_lost() {
    let redis = Redis::start().await.unwrap();
    let proxy = FaultProxy::start(redis.address()).await.unwrap();
    proxy.lose_answer_to("SET a");
    assert_eq!(answer(proxy.address(), "SET a 1").await, None);
    proxy.wait_until_lost(1).await;
    says(proxy.address(), "DBSIZE", ":1").await;
}
