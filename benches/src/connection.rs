//! As little HTTP/1.1 (RFC 9112) as a benchmark needs: what the client costs is taken from what it measures.

use std::net::SocketAddr;
use std::time::Duration;

use anyhow::{Context as _, bail, ensure};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// The longest that an answer may take.
const PATIENCE: Duration = Duration::from_secs(30);
const ROOM: usize = 64 * 1024;

/// A connection that is kept; one request at a time.
#[derive(Debug)]
pub(crate) struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
}

/// An answer, as it stands in the connection's buffer.
#[derive(Debug)]
pub(crate) struct Answer<'a> {
    pub(crate) status: u16,
    pub(crate) body: &'a [u8],
}

/// Where an answer's parts are in the buffer.
#[derive(Debug, PartialEq, Eq)]
struct Frame {
    status: u16,
    body: usize,
    end: usize,
}

impl Connection {
    pub(crate) async fn open(address: SocketAddr) -> anyhow::Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, buffer: Vec::with_capacity(ROOM) })
    }

    /// Sends `request`, a whole one, and reads its answer.
    pub(crate) async fn send(&mut self, request: &[u8]) -> anyhow::Result<Answer<'_>> {
        let exchange = async {
            self.stream.write_all(request).await?;
            self.receive().await
        };
        let frame = tokio::time::timeout(PATIENCE, exchange).await.context("no answer came in time")??;
        Ok(Answer { status: frame.status, body: &self.buffer[frame.body..frame.end] })
    }

    async fn receive(&mut self) -> anyhow::Result<Frame> {
        self.buffer.clear();
        loop {
            ensure!(self.stream.read_buf(&mut self.buffer).await? > 0, "the service closed the connection");
            if let Some(frame) = frame(&self.buffer)?
                && frame.end <= self.buffer.len()
            {
                return Ok(frame);
            }
        }
    }
}

/// The parts of the answer at the beginning of `bytes`, once its head is there.
fn frame(bytes: &[u8]) -> anyhow::Result<Option<Frame>> {
    let Some(head) = bytes.windows(4).position(|window| window == b"\r\n\r\n") else {
        return Ok(None);
    };
    let text = std::str::from_utf8(&bytes[..head]).context("an answer's head is not text")?;
    let mut lines = text.split("\r\n");
    let status = lines.next().and_then(|line| line.split(' ').nth(1)).and_then(|status| status.parse().ok());
    let length = lines
        .filter_map(|line| line.split_once(':'))
        .find(|(name, _)| name.eq_ignore_ascii_case("content-length"));
    let length: Option<usize> = length.and_then(|(_, value)| value.trim().parse().ok());
    match (status, length) {
        (Some(status), Some(length)) => Ok(Some(Frame { status, body: head + 4, end: head + 4 + length })),
        _ => bail!("an answer that does not tell its length: {text}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_ends_where_its_length_says() {
        let bytes = b"HTTP/1.1 201 Created\r\nContent-Length: 2\r\nacta-position: 7\r\n\r\n{}";
        assert_eq!(frame(bytes).unwrap(), Some(Frame { status: 201, body: 61, end: 63 }));
    }

    #[test]
    fn half_a_head_is_no_answer_yet() {
        assert_eq!(frame(b"HTTP/1.1 201 Created\r\nContent-").unwrap(), None);
    }

    #[test]
    fn an_answer_of_unknown_length_is_refused() {
        assert!(frame(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n").is_err());
    }
}
