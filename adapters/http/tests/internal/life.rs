//! How a connection ends.

use std::sync::Arc;
use std::time::Duration;

use acta_application::log::contract::moment;
use acta_http::internal::ListenerLimits;
use axum::routing::get;
use rcgen::date_time_ymd;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::sync::Notify;
use tokio_rustls::client::TlsStream;

use super::authority::{Paper, client};
use super::client::Client;
use super::stage::{Folder, Stage, assert_is_governance, soon, who};

const REQUEST: &[u8] = b"GET / HTTP/1.1\r\nhost: acta\r\n\r\n";

/// A connection that has been used and may be used again.
async fn used(stage: &Stage, paper: &Paper) -> TlsStream<TcpStream> {
    let mut stream = soon(Client::new(&stage.trusted(), Some(paper)).connect(stage.address)).await.unwrap();
    stream.write_all(REQUEST).await.unwrap();
    let mut start = [0; 12];
    soon(stream.read_exact(&mut start)).await.unwrap();
    assert_eq!(&start, b"HTTP/1.1 200");
    stream
}

#[tokio::test]
async fn a_connection_does_not_outlive_its_bound() {
    let limits = ListenerLimits { connection_life: Duration::from_millis(300), ..ListenerLimits::default() };
    let stage = Folder::new().serve_with(limits, who()).await;
    let mut stream = used(&stage, &stage.governance()).await;
    soon(stream.read_to_end(&mut Vec::new())).await.unwrap();
    assert_is_governance(stage.ask(Some(&stage.governance())).await);
}

#[tokio::test]
async fn a_connection_does_not_outlive_its_certificate() {
    let stage = Folder::new().serve().await;
    let mut params = client("governance.example");
    params.not_after = date_time_ymd(2026, 1, 2);
    let nearly = moment(24 * 60 * 60).as_micros() - 300_000;
    stage.folder.clock.set(acta_domain::Timestamp::from_micros(nearly).unwrap());
    let mut stream = used(&stage, &stage.issue(&params)).await;
    soon(stream.read_to_end(&mut Vec::new())).await.unwrap();
}

#[tokio::test]
async fn a_request_under_way_is_finished_when_the_service_stops_and_a_quiet_connection_is_closed() {
    let (begun, may_end) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let (begins, waits) = (Arc::clone(&begun), Arc::clone(&may_end));
    let slow = get(async move || {
        begins.notify_one();
        waits.notified().await;
        "finished"
    });
    let stage = Folder::new().serve_with(ListenerLimits::default(), who().route("/slow", slow)).await;
    let mut quiet = used(&stage, &stage.governance()).await;
    let client = Client::new(&stage.trusted(), Some(&stage.governance()));
    let address = stage.address;
    let asking = tokio::spawn(async move { client.ask(address, "/slow").await });
    soon(begun.notified()).await;
    stage.stop.cancel();
    soon(quiet.read_to_end(&mut Vec::new())).await.unwrap();
    may_end.notify_one();
    assert_eq!(soon(asking).await.unwrap().unwrap().1, "finished");
    soon(stage.serving).await.unwrap().unwrap();
    TcpStream::connect(address).await.unwrap_err();
}
