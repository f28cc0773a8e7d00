//! Which protocols are spoken, and which are not.

use axum::http::StatusCode;
use rustls::{AlertDescription, HandshakeKind, version};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::client::Client;
use super::stage::{Folder, Stage, assert_is_governance, soon};

#[tokio::test]
async fn http_2_is_spoken_to_those_who_ask_for_it() {
    let stage = Folder::new().serve().await;
    let client = Client::speaking(&stage.trusted(), Some(&stage.governance()), &[&version::TLS13], "h2");
    let (status, answer) = stage.ask_as(&client).await.unwrap();
    assert_eq!((status, answer.as_str()), (StatusCode::OK, "governance by HTTP/2.0"));
}

#[tokio::test]
async fn tls_1_2_is_spoken_and_needs_a_certificate_as_well() {
    let stage = Folder::new().serve().await;
    let paper = stage.governance();
    let old = |paper| Client::speaking(&stage.trusted(), paper, &[&version::TLS12], "http/1.1");
    assert_is_governance(stage.ask_as(&old(Some(&paper))).await);
    assert_eq!(stage.refuses_as(&old(None)).await, AlertDescription::CertificateRequired);
}

#[tokio::test]
async fn no_session_is_resumed_so_that_every_connection_shows_its_certificate() {
    let stage = Folder::new().serve().await;
    for version in [&version::TLS12, &version::TLS13] {
        let client = Client::speaking(&stage.trusted(), Some(&stage.governance()), &[version], "http/1.1");
        for _ in 0..2 {
            let stream = soon(client.connect(stage.address)).await.unwrap();
            assert_eq!(stream.get_ref().1.handshake_kind(), Some(HandshakeKind::Full));
            drop(stream);
            assert_is_governance(stage.ask_as(&client).await);
        }
    }
}

#[tokio::test]
async fn a_protocol_that_nobody_speaks_here_is_refused() {
    let stage = Folder::new().serve().await;
    let client = Client::speaking(&stage.trusted(), Some(&stage.governance()), &[&version::TLS13], "gopher");
    assert_eq!(stage.refuses_as(&client).await, AlertDescription::NoApplicationProtocol);
}

#[tokio::test]
async fn tls_1_1_is_refused_with_the_alert_protocol_version() {
    let stage = Folder::new().serve().await;
    let answer = send(&stage, &client_hello([3, 2])).await;
    // A record of alerts: fatal (2), protocol_version (70), RFC 8446 §6.
    assert_eq!((answer[0], &answer[answer.len() - 2..]), (21, &[2, 70][..]), "{answer:?}");
}

#[tokio::test]
async fn plain_http_is_answered_with_an_alert_and_nothing_else() {
    let stage = Folder::new().serve().await;
    let answer = send(&stage, b"GET / HTTP/1.1\r\nhost: acta\r\n\r\n").await;
    assert!(answer.first().is_none_or(|kind| *kind == 21), "{answer:?}");
    assert!(answer.len() < 16, "{answer:?}");
}

/// Everything that the listener says to `bytes` before it hangs up.
async fn send(stage: &Stage, bytes: &[u8]) -> Vec<u8> {
    let mut stream = TcpStream::connect(stage.address).await.unwrap();
    stream.write_all(bytes).await.unwrap();
    let mut answer = Vec::new();
    // Hanging up on bytes that were not read resets the connection: what came before counts.
    let _ = soon(stream.read_to_end(&mut answer)).await;
    answer
}

/// A `ClientHello` (RFC 5246 §7.4.1.2) that offers nothing newer than `version`.
fn client_hello(version: [u8; 2]) -> Vec<u8> {
    let mut body = version.to_vec();
    body.extend([7; 32]);
    body.push(0);
    body.extend([0, 4, 0xc0, 0x13, 0x00, 0x2f]);
    body.extend([1, 0]);
    let extensions: &[u8] = &[
        0, 10, 0, 4, 0, 2, 0, 23, // supported_groups: secp256r1
        0, 11, 0, 2, 1, 0, // ec_point_formats: uncompressed
        0, 13, 0, 4, 0, 2, 4, 3, // signature_algorithms: ecdsa_secp256r1_sha256
    ];
    body.extend(u16::try_from(extensions.len()).unwrap().to_be_bytes());
    body.extend(extensions);
    let mut handshake = vec![1];
    handshake.extend(&u32::try_from(body.len()).unwrap().to_be_bytes()[1..]);
    handshake.extend(body);
    let mut record = vec![22, 3, 1];
    record.extend(u16::try_from(handshake.len()).unwrap().to_be_bytes());
    record.extend(handshake);
    record
}
