//! The writing half of a socket.

use std::sync::Arc;

use bytes::Bytes;
use futures::SinkExt as _;
use futures::stream::SplitSink;
use tokio::sync::Mutex;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::tungstenite::protocol::frame::Frame as WireFrame;
use tokio_tungstenite::tungstenite::protocol::frame::coding::{Data, OpCode};
use tokio_tungstenite::tungstenite::{Message, Utf8Bytes};

use super::Socket;
use crate::connection::{Gone, Outlet};
use crate::frame::Frame;

/// A longer message goes out in pieces, so that no socket keeps a buffer of its size.
const PIECE: usize = 8 * 1024;

/// The writing half of a socket, which both halves write to: frames on one side, acknowledgements and pings on the other. Why a client
/// is gone the reading half finds out.
pub(super) struct Line(Mutex<Writing>);

struct Writing {
    sink: SplitSink<Socket, Message>,
    /// Whether a message was begun that was not ended: after that nothing can follow.
    torn: bool,
}

impl Line {
    pub(super) fn new(sink: SplitSink<Socket, Message>) -> Self {
        Self(Mutex::new(Writing { sink, torn: false }))
    }

    /// Sends one message.
    pub(super) async fn say(&self, text: Utf8Bytes) -> Result<(), Gone> {
        // Held while the client takes it: two messages do not mix, and a client that takes nothing is not listened to.
        let mut writing = self.0.lock().await;
        writing.feed(text).await?;
        writing.flush().await
    }

    /// Asks whether the client is there, unless something is being sent to it just now.
    pub(super) async fn ping(&self) -> Result<(), Gone> {
        let Ok(mut writing) = self.0.try_lock() else { return Ok(()) };
        writing.sink.send(Message::Ping(Bytes::new())).await.map_err(|_| Gone)
    }

    /// Ends what is said.
    pub(super) async fn close(&self, close: Option<CloseFrame>) -> Result<(), Gone> {
        // Held while the client takes it, as above.
        let mut writing = self.0.lock().await;
        if writing.torn {
            return Err(Gone);
        }
        writing.sink.send(Message::Close(close)).await.map_err(|_| Gone)
    }

    pub(super) fn into_sink(self) -> SplitSink<Socket, Message> {
        self.0.into_inner().sink
    }
}

impl Writing {
    async fn feed(&mut self, text: Utf8Bytes) -> Result<(), Gone> {
        if self.torn {
            return Err(Gone);
        }
        if text.len() <= PIECE {
            return self.sink.feed(Message::Text(text)).await.map_err(|_| Gone);
        }
        self.feed_in_pieces(Bytes::from(text)).await
    }

    async fn feed_in_pieces(&mut self, mut rest: Bytes) -> Result<(), Gone> {
        self.torn = true;
        let mut kind = Data::Text;
        while !rest.is_empty() {
            let piece = rest.split_to(PIECE.min(rest.len()));
            let frame = WireFrame::message(piece, OpCode::Data(kind), rest.is_empty());
            self.sink.feed(Message::Frame(frame)).await.map_err(|_| Gone)?;
            kind = Data::Continue;
        }
        self.torn = false;
        Ok(())
    }

    async fn flush(&mut self) -> Result<(), Gone> {
        self.sink.flush().await.map_err(|_| Gone)
    }
}

impl Outlet for &Line {
    async fn send(&mut self, frames: &[Arc<Frame>], reads_persons: bool) -> Result<(), Gone> {
        // Held while the client takes them: they are flushed together.
        let mut writing = self.0.lock().await;
        for frame in frames {
            writing.feed(frame.payload(reads_persons).text.clone()).await?;
        }
        writing.flush().await
    }
}
