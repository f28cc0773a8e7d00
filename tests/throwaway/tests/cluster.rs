//! Clusters: they start, stop, crash and come back, and leave nothing behind.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::path::Path;

use acta_throwaway::{Cluster, Error, Options};
use sqlx::{Connection as _, Executor as _, PgConnection};

async fn connect(cluster: &Cluster) -> PgConnection {
    PgConnection::connect(&cluster.url("postgres")).await.unwrap()
}

async fn setting(connection: &mut PgConnection, name: &str) -> String {
    sqlx::query_scalar("SELECT current_setting($1)").bind(name).fetch_one(connection).await.unwrap()
}

async fn write_a_row(cluster: &Cluster) {
    let mut connection = connect(cluster).await;
    connection.execute("CREATE TABLE IF NOT EXISTS kept (number int)").await.unwrap();
    connection.execute("INSERT INTO kept VALUES (1)").await.unwrap();
}

async fn rows(cluster: &Cluster) -> i64 {
    let mut connection = connect(cluster).await;
    sqlx::query_scalar("SELECT count(*) FROM kept").fetch_one(&mut connection).await.unwrap()
}

async fn folder(cluster: &Cluster) -> String {
    setting(&mut connect(cluster).await, "data_directory").await
}

#[tokio::test]
async fn a_cluster_has_the_settings_that_were_asked_for() {
    let options = Options::fast().with_connections(37).with("work_mem", "5MB");
    let cluster = Cluster::start(options).await.unwrap();
    let mut connection = connect(&cluster).await;
    for (name, value) in
        [("fsync", "off"), ("max_connections", "37"), ("work_mem", "5MB"), ("server_encoding", "UTF8")]
    {
        assert_eq!(setting(&mut connection, name).await, value, "{name}");
    }
}

#[tokio::test]
async fn a_cluster_waits_for_the_disk_unless_told_otherwise() {
    let cluster = Cluster::start(Options::default()).await.unwrap();
    assert_eq!(setting(&mut connect(&cluster).await, "fsync").await, "on");
}

#[tokio::test]
async fn committed_rows_survive_every_way_to_end() {
    let cluster = Cluster::start(Options::fast()).await.unwrap();
    let port = cluster.port();
    write_a_row(&cluster).await;
    cluster.stop().await.unwrap();
    cluster.start_again().await.unwrap();
    write_a_row(&cluster).await;
    cluster.stop_immediately().await.unwrap();
    cluster.start_again().await.unwrap();
    write_a_row(&cluster).await;
    cluster.kill().await.unwrap();
    cluster.start_again().await.unwrap();
    assert_eq!(rows(&cluster).await, 3);
    assert_eq!(cluster.port(), port);
}

#[tokio::test]
async fn a_killed_cluster_ends_in_the_middle_of_what_it_does() {
    let cluster = Cluster::start(Options::fast()).await.unwrap();
    write_a_row(&cluster).await;
    let mut busy = connect(&cluster).await;
    let mut open = busy.begin().await.unwrap();
    open.execute("INSERT INTO kept VALUES (2)").await.unwrap();
    let (waiting, killed) = tokio::join!(open.execute("SELECT pg_sleep(600)"), cluster.kill());
    killed.unwrap();
    assert!(waiting.is_err());
    assert!(PgConnection::connect(&cluster.url("postgres")).await.is_err());
    cluster.start_again().await.unwrap();
    assert_eq!(rows(&cluster).await, 1);
    assert!(cluster.log().contains("automatic recovery in progress"), "{}", cluster.log());
}

#[tokio::test]
async fn a_stopped_cluster_cannot_be_stopped_and_a_running_one_not_started() {
    let cluster = Cluster::start(Options::fast()).await.unwrap();
    assert!(matches!(cluster.start_again().await, Err(Error::Running)));
    cluster.stop().await.unwrap();
    assert!(matches!(cluster.stop().await, Err(Error::NotRunning)));
}

#[tokio::test]
async fn a_server_that_cannot_start_says_why() {
    let failed = Cluster::start(Options::fast().with("no_such_setting", "1")).await;
    let Err(Error::Ended { log }) = failed else { panic!("it started: {failed:?}") };
    assert!(log.contains("no_such_setting"), "{log}");
}

#[tokio::test]
async fn a_dropped_cluster_leaves_neither_server_nor_folder() {
    let cluster = Cluster::start(Options::fast()).await.unwrap();
    let (folder, port) = (folder(&cluster).await, cluster.port());
    assert!(Path::new(&folder).exists());
    drop(cluster);
    assert!(!Path::new(&folder).exists());
    assert!(tokio::net::TcpStream::connect(("127.0.0.1", port)).await.is_err());
}

#[tokio::test]
async fn a_cluster_that_was_stopped_leaves_no_folder_either() {
    let cluster = Cluster::start(Options::fast()).await.unwrap();
    let folder = folder(&cluster).await;
    cluster.kill().await.unwrap();
    drop(cluster);
    assert!(!Path::new(&folder).exists());
}
