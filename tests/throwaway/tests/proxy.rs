//! Broken networks: in front of a server that repeats what it hears, and in front of `PostgreSQL`.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use acta_throwaway::{Cluster, Database, FaultProxy, Login};
use sqlx::{Connection as _, Executor as _, PgConnection};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

/// Repeats what it hears, and remembers it.
struct Echo {
    address: SocketAddr,
    heard: Arc<Mutex<Vec<u8>>>,
}

impl Echo {
    async fn start() -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let echo = Self { address: listener.local_addr().unwrap(), heard: Arc::default() };
        let heard = Arc::clone(&echo.heard);
        tokio::spawn(async move {
            while let Ok((connection, _)) = listener.accept().await {
                tokio::spawn(repeat(connection, Arc::clone(&heard)));
            }
        });
        echo
    }

    fn heard(&self) -> String {
        String::from_utf8(self.heard.lock().unwrap().clone()).unwrap()
    }
}

async fn repeat(mut connection: TcpStream, heard: Arc<Mutex<Vec<u8>>>) {
    let mut piece = [0; 1024];
    while let Ok(length @ 1..) = connection.read(&mut piece).await {
        heard.lock().unwrap().extend_from_slice(&piece[..length]);
        if connection.write_all(&piece[..length]).await.is_err() {
            return;
        }
    }
}

/// What comes back; `None` when the connection breaks instead.
async fn ask(connection: &mut TcpStream, words: &str) -> Option<String> {
    connection.write_all(words.as_bytes()).await.ok()?;
    let mut answer = vec![0; words.len()];
    connection.read_exact(&mut answer).await.ok()?;
    String::from_utf8(answer).ok()
}

async fn through(proxy: &FaultProxy) -> TcpStream {
    TcpStream::connect(proxy.address()).await.unwrap()
}

#[tokio::test]
async fn nothing_is_changed_while_nothing_is_asked_for() {
    let echo = Echo::start().await;
    let proxy = FaultProxy::start(echo.address).await.unwrap();
    let mut connection = through(&proxy).await;
    assert_eq!(ask(&mut connection, "hello").await.as_deref(), Some("hello"));
    assert_eq!(ask(&mut connection, "again").await.as_deref(), Some("again"));
    assert_eq!((proxy.requests(), proxy.lost()), (2, 0));
}

#[tokio::test]
async fn a_cut_breaks_what_is_open_and_what_comes_until_it_is_mended() {
    let echo = Echo::start().await;
    let proxy = FaultProxy::start(echo.address).await.unwrap();
    let mut open = through(&proxy).await;
    assert!(ask(&mut open, "before").await.is_some());
    proxy.cut().await;
    assert_eq!(ask(&mut open, "during").await, None);
    assert_eq!(ask(&mut through(&proxy).await, "during").await, None);
    proxy.mend().await;
    assert!(ask(&mut through(&proxy).await, "after").await.is_some());
    assert_eq!(echo.heard(), "beforeafter");
}

#[tokio::test]
async fn an_answer_is_lost_after_the_server_has_done_its_work() {
    let echo = Echo::start().await;
    let proxy = FaultProxy::start(echo.address).await.unwrap();
    let (mut one, mut other) = (through(&proxy).await, through(&proxy).await);
    proxy.lose_answer_to("append");
    assert!(ask(&mut one, "read").await.is_some());
    assert_eq!(ask(&mut one, "please append this").await, None);
    proxy.wait_until_lost(1).await;
    assert_eq!(echo.heard(), "readplease append this");
    assert!(ask(&mut other, "append").await.is_some(), "only one answer is lost, and one connection");
    assert_eq!(proxy.lost(), 1);
}

#[tokio::test]
async fn an_answer_is_lost_by_the_number_of_its_request() {
    let echo = Echo::start().await;
    let proxy = FaultProxy::start(echo.address).await.unwrap();
    let mut connection = through(&proxy).await;
    assert!(ask(&mut connection, "0").await.is_some());
    proxy.cut_answer_of_message(2);
    assert!(ask(&mut connection, "1").await.is_some());
    assert_eq!(ask(&mut connection, "2").await, None);
    assert!(ask(&mut through(&proxy).await, "3").await.is_some());
    assert_eq!(echo.heard(), "0123");
}

#[tokio::test]
async fn what_a_client_sends_can_be_delayed() {
    let echo = Echo::start().await;
    let proxy = FaultProxy::start(echo.address).await.unwrap();
    let mut connection = through(&proxy).await;
    let delay = Duration::from_millis(100);
    proxy.delay(delay);
    let start = tokio::time::Instant::now();
    assert!(ask(&mut connection, "slow").await.is_some());
    assert!(start.elapsed() >= delay);
    proxy.delay(Duration::ZERO);
    assert!(ask(&mut connection, "fast").await.is_some());
}

#[tokio::test]
async fn a_dropped_proxy_drops_its_connections() {
    let echo = Echo::start().await;
    let proxy = FaultProxy::start(echo.address).await.unwrap();
    let mut connection = through(&proxy).await;
    assert!(ask(&mut connection, "hello").await.is_some());
    drop(proxy);
    assert_eq!(ask(&mut connection, "anybody?").await, None);
}

async fn numbers() -> Database {
    let server = Cluster::shared().await.unwrap();
    let migrate = async |owner: String| {
        let mut connection = PgConnection::connect(&owner).await?;
        connection.execute("CREATE TABLE numbers (number bigint, word text)").await?;
        connection.close().await
    };
    Database::create(server, "numbers", migrate).await.unwrap()
}

async fn words(database: &Database) -> Vec<String> {
    let mut connection = PgConnection::connect(&database.superuser_url()).await.unwrap();
    sqlx::query_scalar("SELECT word FROM numbers ORDER BY number").fetch_all(&mut connection).await.unwrap()
}

async fn insert(connection: &mut PgConnection, number: i64, word: &str) -> Result<(), sqlx::Error> {
    let insert = sqlx::query("INSERT INTO numbers VALUES ($1, $2)").bind(number).bind(word);
    insert.execute(connection).await.map(drop)
}

#[tokio::test]
async fn a_row_is_committed_though_its_answer_is_lost() {
    let database = numbers().await;
    let proxy = FaultProxy::start(database.server().address().unwrap()).await.unwrap();
    let url = database.url_through(&proxy, Login::Owner);
    let mut connection = PgConnection::connect(&url).await.unwrap();
    insert(&mut connection, 1, "kept").await.unwrap();
    proxy.lose_answer_to("unanswered");
    assert!(insert(&mut connection, 2, "unanswered").await.is_err());
    assert_eq!(words(&database).await, ["kept", "unanswered"]);
    let mut again = PgConnection::connect(&url).await.unwrap();
    insert(&mut again, 3, "after").await.unwrap();
    assert_eq!(words(&database).await, ["kept", "unanswered", "after"]);
    database.remove().await.unwrap();
}

#[tokio::test]
async fn a_transaction_is_committed_though_the_answer_to_its_commit_is_lost() {
    let database = numbers().await;
    let proxy = FaultProxy::start(database.server().address().unwrap()).await.unwrap();
    let mut connection = PgConnection::connect(&database.url_through(&proxy, Login::Owner)).await.unwrap();
    let mut transaction = connection.begin().await.unwrap();
    insert(&mut transaction, 1, "committed").await.unwrap();
    proxy.lose_answer_to("COMMIT");
    assert!(transaction.commit().await.is_err());
    assert_eq!(words(&database).await, ["committed"]);
    database.remove().await.unwrap();
}
