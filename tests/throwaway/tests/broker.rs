//! Brokers: they start, stop, are killed and come back, and leave nothing behind.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::net::SocketAddr;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use acta_throwaway::{Broker, DURABLE_BROKER, EXISTING_BROKER, Error, FaultProxy, Memory, fresh_prefix};
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpStream;
use tokio::process::Command;

/// The longest that anything here may take.
const PATIENCE: Duration = Duration::from_mins(1);

/// Requests without the length in front: what it is, its version, a correlation id, the client's name, and what belongs to it.
const API_VERSIONS: &[u8] = b"\0\x12\0\0\0\0\0\x01\0\x04test";
/// Asks for no topic.
const METADATA: &[u8] = b"\0\x03\0\x01\0\0\0\x02\0\x04test\0\0\0\0";
/// In no transaction, to be acknowledged by all in a second, for no topic.
const PRODUCE: &[u8] = b"\0\0\0\x03\0\0\0\x03\0\x04test\xff\xff\xff\xff\0\0\x03\xe8\0\0\0\0";

async fn send(broker: &mut TcpStream, request: &[u8]) {
    broker.write_i32(i32::try_from(request.len()).unwrap()).await.unwrap();
    broker.write_all(request).await.unwrap();
}

/// What comes back after the correlation id; `None` when the connection breaks instead.
async fn answer(broker: &mut TcpStream) -> Option<Vec<u8>> {
    let length = broker.read_i32().await.ok()?;
    let _correlation = broker.read_i32().await.ok()?;
    let mut answer = vec![0; usize::try_from(length).unwrap() - 4];
    broker.read_exact(&mut answer).await.ok()?;
    Some(answer)
}

async fn ask(broker: &mut TcpStream, request: &[u8]) -> Option<Vec<u8>> {
    send(broker, request).await;
    answer(broker).await
}

async fn through(proxy: &FaultProxy) -> TcpStream {
    TcpStream::connect(proxy.address()).await.unwrap()
}

/// Whether `Produce` is among the requests that the broker says it takes: six bytes for each, of which the first two are what it is, after
/// an error code and their count.
async fn takes_records(address: SocketAddr) -> bool {
    let Ok(mut broker) = TcpStream::connect(address).await else { return false };
    let answer = ask(&mut broker, API_VERSIONS).await;
    answer.is_some_and(|answer| answer[6..].chunks_exact(6).any(|request| request[..2] == PRODUCE[..2]))
}

/// The only broker that the answer to [`METADATA`] names, after their count and its number.
async fn named_broker(broker: &mut TcpStream) -> String {
    let answer = ask(broker, METADATA).await.unwrap();
    let (host, rest) = answer[10..].split_at(usize::from(answer[9]));
    let port = u16::from_be_bytes([rest[2], rest[3]]);
    format!("{}:{port}", str::from_utf8(host).unwrap())
}

async fn eventually(what: &str, mut look: impl FnMut() -> bool) {
    let search = async {
        while !look() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(PATIENCE, search).await.unwrap_or_else(|_| panic!("waited in vain: {what}"));
}

#[tokio::test]
async fn a_broker_takes_records_as_soon_as_it_is_started() {
    let broker = Broker::start(Memory::Forgetful).await.unwrap();
    assert!(takes_records(broker.address()).await, "{}", broker.log());
    assert_eq!(broker.bootstrap(), format!("127.0.0.1:{}", broker.address().port()));
}

#[tokio::test]
async fn a_broker_comes_back_at_the_same_address_after_every_way_to_end() {
    let broker = Broker::start(Memory::Forgetful).await.unwrap();
    let address = broker.address();
    broker.stop().await.unwrap();
    assert!(!takes_records(address).await);
    broker.start_again().await.unwrap();
    assert!(takes_records(address).await);
    broker.kill().await.unwrap();
    assert!(!takes_records(address).await);
    broker.start_again().await.unwrap();
    assert!(takes_records(address).await);
    assert_eq!(broker.address(), address);
}

#[tokio::test]
async fn a_stopped_broker_cannot_be_stopped_and_a_running_one_not_started() {
    let broker = Broker::start(Memory::Forgetful).await.unwrap();
    assert!(matches!(broker.start_again().await, Err(Error::Running)));
    broker.kill().await.unwrap();
    assert!(matches!(broker.stop().await, Err(Error::NotRunning)));
}

#[tokio::test]
async fn two_brokers_do_not_meet() {
    let (one, other) = tokio::join!(Broker::start(Memory::Forgetful), Broker::start(Memory::Forgetful));
    let (one, other) = (one.unwrap(), other.unwrap());
    assert_ne!(one.address(), other.address());
    one.kill().await.unwrap();
    assert!(takes_records(other.address()).await);
}

#[tokio::test]
async fn a_dropped_broker_leaves_neither_server_nor_folder() {
    let broker = Broker::start(Memory::Forgetful).await.unwrap();
    let (address, folder) = (broker.address(), broker.folder().to_owned());
    assert!(folder.exists());
    drop(broker);
    assert!(!folder.exists());
    assert!(TcpStream::connect(address).await.is_err());
}

#[tokio::test]
async fn a_broker_that_was_killed_leaves_no_folder_either() {
    let broker = Broker::start(Memory::Forgetful).await.unwrap();
    let folder = broker.folder().to_owned();
    broker.kill().await.unwrap();
    drop(broker);
    assert!(!folder.exists());
}

/// The process to be killed is this test again, told so by a variable of the environment.
#[tokio::test]
async fn a_killed_process_leaves_no_broker() {
    const PART: &str = "ACTA_TEST_KEEPS_A_BROKER";
    if std::env::var_os(PART).is_some() {
        let broker = Broker::start(Memory::Forgetful).await.unwrap();
        println!("\nbroker {} {}", broker.bootstrap(), broker.folder().display());
        return std::future::pending().await;
    }
    let mut other = Command::new(std::env::current_exe().unwrap());
    other.args(["--exact", "a_killed_process_leaves_no_broker", "--nocapture"]).env(PART, "yes");
    let mut other = other.stdout(Stdio::piped()).kill_on_drop(true).spawn().unwrap();
    let mut lines = BufReader::new(other.stdout.take().unwrap()).lines();
    let (bootstrap, folder) = loop {
        let line = tokio::time::timeout(PATIENCE, lines.next_line()).await.unwrap().unwrap().unwrap();
        if let Some(found) = line.strip_prefix("broker ").and_then(|rest| rest.split_once(' ')) {
            break (found.0.to_owned(), found.1.to_owned());
        }
    };
    assert!(takes_records(bootstrap.parse().unwrap()).await);
    other.kill().await.unwrap();
    eventually("the folder goes", || !Path::new(&folder).exists()).await;
    assert!(TcpStream::connect(&bootstrap).await.is_err());
}

#[tokio::test]
async fn clients_of_a_proxy_are_told_to_stay_with_it() {
    let broker = Broker::start(Memory::Forgetful).await.unwrap();
    let proxy = FaultProxy::before_broker(broker.address()).await.unwrap();
    let mut direct = TcpStream::connect(broker.address()).await.unwrap();
    assert_eq!(named_broker(&mut direct).await, broker.bootstrap());
    assert_eq!(named_broker(&mut through(&proxy).await).await, proxy.address().to_string());
}

#[tokio::test]
async fn the_answer_to_records_is_lost_and_no_other() {
    let broker = Broker::start(Memory::Forgetful).await.unwrap();
    let proxy = FaultProxy::before_broker(broker.address()).await.unwrap();
    let mut client = through(&proxy).await;
    assert!(ask(&mut client, PRODUCE).await.is_some());
    proxy.lose_answer_to_records();
    send(&mut client, METADATA).await;
    send(&mut client, PRODUCE).await;
    assert!(answer(&mut client).await.is_some());
    assert!(answer(&mut client).await.is_none());
    proxy.wait_until_lost(1).await;
    assert!(ask(&mut through(&proxy).await, PRODUCE).await.is_some());
    assert_eq!((proxy.requests(), proxy.lost()), (4, 1));
}

#[tokio::test]
async fn a_cut_and_mended_way_leads_to_the_same_broker() {
    let broker = Broker::start(Memory::Forgetful).await.unwrap();
    let proxy = FaultProxy::before_broker(broker.address()).await.unwrap();
    let mut open = through(&proxy).await;
    assert!(ask(&mut open, METADATA).await.is_some());
    proxy.cut().await;
    assert!(answer(&mut open).await.is_none());
    assert!(!takes_records(proxy.address()).await);
    proxy.mend().await;
    assert!(takes_records(proxy.address()).await);
}

#[tokio::test]
async fn whoever_asks_for_any_broker_gets_the_same_one() {
    let (one, other) = tokio::join!(Broker::any(), Broker::any());
    let bootstrap = one.unwrap();
    assert_eq!(bootstrap, other.unwrap());
    if std::env::var_os(EXISTING_BROKER).is_none() {
        assert!(takes_records(bootstrap.parse().unwrap()).await);
    }
}

#[tokio::test]
async fn a_durable_broker_comes_back_too() {
    let Some(broker) = Broker::durable().await.unwrap() else {
        return eprintln!("not run: {DURABLE_BROKER} names no broker");
    };
    assert!(takes_records(broker.address()).await);
    broker.kill().await.unwrap();
    broker.start_again().await.unwrap();
    assert!(takes_records(broker.address()).await);
}

#[test]
fn prefixes_are_fresh_and_may_begin_the_name_of_a_topic() {
    let (one, other) = (fresh_prefix(), fresh_prefix());
    assert_ne!(one, other);
    assert!(one.chars().all(|character| character.is_ascii_alphanumeric() || "._-".contains(character)));
}
