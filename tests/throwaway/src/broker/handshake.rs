//! Whether a broker answers. Kafka's protocol guide, section *Protocol Primitives*: <https://kafka.apache.org/protocol>.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// How long one question may take.
const PATIENCE: Duration = Duration::from_secs(2);
/// A request `ApiVersions`, version 0, with its length in front: key 18, version 0, correlation id 7, client id `acta`, no body.
const QUESTION: &[u8] = b"\0\0\0\x0e\0\x12\0\0\0\0\0\x07\0\x04acta";
/// How its answer begins after the length: the same correlation id, no error.
const ANSWER: [u8; 6] = [0, 0, 0, 7, 0, 0];

/// Whether it answers, and without an error.
pub(super) async fn is_ready(address: SocketAddr) -> bool {
    matches!(tokio::time::timeout(PATIENCE, ask(address)).await, Ok(Ok(ANSWER)))
}

async fn ask(address: SocketAddr) -> io::Result<[u8; 6]> {
    let mut broker = TcpStream::connect(address).await?;
    broker.write_all(QUESTION).await?;
    let _length = broker.read_i32().await?;
    let mut beginning = [0; 6];
    broker.read_exact(&mut beginning).await?;
    Ok(beginning)
}
