//! Clients that do not finish their handshake.

use std::time::Duration;

use acta_http::internal::ListenerLimits;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::stage::{Folder, Stage, assert_is_governance, soon, who};

/// Longer than any test takes: who waits for it is held up.
const FOREVER: Duration = Duration::from_hours(1);

async fn patient() -> Stage {
    let limits = ListenerLimits { handshake: FOREVER, ..ListenerLimits::default() };
    Folder::new().serve_with(limits, who()).await
}

/// A client that says the first bytes of a handshake and no more.
async fn dawdler(stage: &Stage) -> TcpStream {
    let mut stream = TcpStream::connect(stage.address).await.unwrap();
    stream.write_all(&[22, 3, 1, 2, 0]).await.unwrap();
    stream
}

#[tokio::test]
async fn a_client_that_never_finishes_its_handshake_holds_nobody_up() {
    let stage = patient().await;
    let _dawdler = dawdler(&stage).await;
    assert_is_governance(stage.ask(Some(&stage.governance())).await);
}

#[tokio::test]
async fn of_three_hundred_slow_handshakes_the_oldest_go_and_others_get_through() {
    let stage = patient().await;
    let mut dawdlers = Vec::new();
    for _ in 0..300 {
        dawdlers.push(dawdler(&stage).await);
    }
    for _ in 0..3 {
        assert_is_governance(stage.ask(Some(&stage.governance())).await);
    }
    let mut nothing = [0; 1];
    // Hung up on, in whichever way: an end, or a reset.
    let oldest = soon(dawdlers[0].read(&mut nothing)).await;
    assert!(oldest.is_err() || oldest.is_ok_and(|read| read == 0));
    let youngest = dawdlers[299].try_read(&mut nothing);
    assert_eq!(youngest.unwrap_err().kind(), std::io::ErrorKind::WouldBlock);
}

#[tokio::test]
async fn a_handshake_that_takes_too_long_is_broken_off() {
    let limits = ListenerLimits { handshake: Duration::from_millis(50), ..ListenerLimits::default() };
    let stage = Folder::new().serve_with(limits, who()).await;
    let mut dawdler = dawdler(&stage).await;
    let read = soon(dawdler.read(&mut [0; 1])).await;
    assert!(read.is_err() || read.is_ok_and(|read| read == 0));
}
