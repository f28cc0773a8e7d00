//! The wire under a Socket.IO connection, which the room can cut.
//!
//! The engine closes a connection once everything is written that waits to be written. A client that takes nothing would keep it,
//! and what waits for it, for ever: so a wire on which nothing can be written for a while is cut here, and so is one whose client
//! does not hang up after it was told to.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::Sleep;
use tokio_util::sync::{CancellationToken, DropGuard, WaitForCancellationFutureOwned};

/// What the room holds of a wire.
#[derive(Debug, Clone)]
pub(super) struct Line {
    cut: CancellationToken,
    ended: CancellationToken,
}

impl Line {
    pub(super) fn new() -> Self {
        Self { cut: CancellationToken::new(), ended: CancellationToken::new() }
    }

    /// The wire over `io`, on which a write may wait for `patience`.
    pub(super) fn over<I>(&self, io: I, patience: Duration) -> Wire<I> {
        Wire {
            io,
            patience,
            stalled: None,
            cut: self.cut.clone(),
            is_cut: Box::pin(self.cut.clone().cancelled_owned()),
            _ended: self.ended.clone().drop_guard(),
        }
    }

    /// Gives the client so long to hang up, then cuts the wire.
    pub(super) async fn end(&self, patience: Duration) {
        if tokio::time::timeout(patience, self.ended.cancelled()).await.is_err() {
            self.cut.cancel();
        }
    }
}

/// The wire itself: reads end, and writes fail, once it is cut.
pub(super) struct Wire<I> {
    io: I,
    patience: Duration,
    /// How long the write that waits may still wait.
    stalled: Option<Pin<Box<Sleep>>>,
    cut: CancellationToken,
    is_cut: Pin<Box<WaitForCancellationFutureOwned>>,
    _ended: DropGuard,
}

impl<I> Wire<I> {
    fn poll_is_cut(&mut self, context: &mut Context<'_>) -> bool {
        self.is_cut.as_mut().poll(context).is_ready()
    }

    /// What a write came to; one that waits for too long cuts the wire.
    fn written<T>(&mut self, context: &mut Context<'_>, written: Poll<io::Result<T>>) -> Poll<io::Result<T>> {
        if written.is_ready() {
            self.stalled = None;
            return written;
        }
        let patience = self.patience;
        let stalled = self.stalled.get_or_insert_with(|| Box::pin(tokio::time::sleep(patience)));
        ready!(stalled.as_mut().poll(context));
        self.cut.cancel();
        Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
    }
}

impl<I: AsyncRead + Unpin> AsyncRead for Wire<I> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.poll_is_cut(context) {
            return Poll::Ready(Ok(()));
        }
        Pin::new(&mut self.io).poll_read(context, buffer)
    }
}

impl<I: AsyncWrite + Unpin> AsyncWrite for Wire<I> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        if self.cut.is_cancelled() {
            return Poll::Ready(Err(io::ErrorKind::BrokenPipe.into()));
        }
        let written = Pin::new(&mut self.io).poll_write(context, bytes);
        self.written(context, written)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let flushed = Pin::new(&mut self.io).poll_flush(context);
        self.written(context, flushed)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let shut = Pin::new(&mut self.io).poll_shutdown(context);
        self.written(context, shut)
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, duplex};
    use tokio::time::Instant;

    use super::*;

    const PATIENCE: Duration = Duration::from_secs(30);

    #[tokio::test(start_paused = true)]
    async fn a_wire_whose_client_takes_nothing_is_cut() {
        let (_client, server) = duplex(8);
        let mut wire = Line::new().over(server, PATIENCE);
        let begin = Instant::now();
        let error = wire.write_all(&[0; 9]).await.unwrap_err();
        assert_eq!((error.kind(), begin.elapsed().as_secs()), (io::ErrorKind::TimedOut, PATIENCE.as_secs()));
        assert_eq!(wire.read(&mut [0]).await.unwrap(), 0, "nothing is read any more");
        assert_eq!(wire.write(&[0]).await.unwrap_err().kind(), io::ErrorKind::BrokenPipe);
    }

    #[tokio::test(start_paused = true)]
    async fn a_wire_whose_client_is_slow_is_not() {
        let (mut client, server) = duplex(8);
        let mut wire = Line::new().over(server, PATIENCE);
        let taking = async {
            for _ in 0..10 {
                tokio::time::sleep(PATIENCE / 2).await;
                client.read_exact(&mut [0; 8]).await.unwrap();
            }
        };
        let (written, ()) = tokio::join!(wire.write_all(&[0; 80]), taking);
        written.unwrap();
    }

    #[tokio::test(start_paused = true)]
    async fn a_client_that_does_not_hang_up_is_cut_off() {
        let (line, (_client, server)) = (Line::new(), duplex(8));
        let mut wire = line.over(server, PATIENCE);
        let (read, ()) = tokio::join!(wire.read_u8(), line.end(Duration::from_secs(2)));
        assert_eq!(read.unwrap_err().kind(), io::ErrorKind::UnexpectedEof);
    }

    #[tokio::test(start_paused = true)]
    async fn a_client_that_hangs_up_is_not_waited_for() {
        let (line, (_client, server)) = (Line::new(), duplex(8));
        drop(line.over(server, PATIENCE));
        let begin = Instant::now();
        line.end(PATIENCE).await;
        assert_eq!(begin.elapsed(), Duration::ZERO);
    }
}
