//! How messages go out by Socket.IO: one after another, as fast as the client takes them.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use serde::Serialize;
use socketioxide::adapter::LocalAdapter;
use socketioxide::extract::AckSender;
use socketioxide::handler::{FromConnectParts, FromMessageParts as _};
use socketioxide::socket::Socket;
use socketioxide::{SendError, SocketError};
use socketioxide_core::Value;

use crate::connection::{Gone, Outlet};
use crate::frame::Frame;

/// How long to wait for room at first, and at most.
const PAUSES: (Duration, Duration) = (Duration::from_millis(5), Duration::from_millis(160));

/// Emits to one client. The engine keeps few messages for a client; when they are as many as it keeps, this waits.
#[derive(Clone)]
pub(super) struct Emitter(Arc<Socket>);

impl Emitter {
    pub(super) const fn new(socket: Arc<Socket>) -> Self {
        Self(socket)
    }

    pub(super) fn socket(&self) -> &Socket {
        &self.0
    }

    /// Emits a message that says the same to everybody.
    pub(super) async fn emit_frame(&self, frame: &Frame) -> Result<(), Gone> {
        self.emit(frame, false).await
    }

    /// Gives `outcome` to the callback that the client numbered `ack`.
    pub(super) async fn acknowledge<D: Serialize>(&self, ack: i64, outcome: &D) -> Result<(), Gone> {
        until_there_is_room(|| acknowledgement(&self.0, ack).send(outcome)).await
    }

    /// Disconnects the client from the namespace, behind everything that was emitted.
    pub(super) async fn disconnect(&self) -> Result<(), Gone> {
        until_there_is_room(|| Ok(Arc::clone(&self.0).disconnect()?)).await
    }

    async fn emit(&self, frame: &Frame, reads_persons: bool) -> Result<(), Gone> {
        until_there_is_room(|| self.0.emit(frame.name, &*frame.payload(reads_persons).data)).await
    }
}

impl FromConnectParts<LocalAdapter> for Emitter {
    type Error = Infallible;

    fn from_connect_parts(socket: &Arc<Socket>, _: &Option<Value>) -> Result<Self, Infallible> {
        Ok(Self(Arc::clone(socket)))
    }
}

impl Outlet for Emitter {
    async fn send(&mut self, frames: &[Arc<Frame>], reads_persons: bool) -> Result<(), Gone> {
        for frame in frames {
            self.emit(frame, reads_persons).await?;
        }
        Ok(())
    }
}

/// An acknowledgement can be tried once, and is lost if there is no room for it: so it is made anew each time.
fn acknowledgement(socket: &Arc<Socket>, ack: i64) -> AckSender {
    let made = AckSender::from_message_parts(socket, &mut Value::Bytes(Bytes::new()), &Some(ack));
    made.unwrap_or_else(|never| match never {})
}

async fn until_there_is_room(mut send: impl FnMut() -> Result<(), SendError>) -> Result<(), Gone> {
    let (mut pause, longest) = PAUSES;
    loop {
        match send() {
            Ok(()) => return Ok(()),
            Err(SendError::Socket(SocketError::InternalChannelFull)) => {}
            Err(SendError::Socket(SocketError::Closed)) => return Err(Gone),
            Err(SendError::Serialize(error)) => {
                tracing::error!(%error, "a message cannot be written for Socket.IO");
                return Err(Gone);
            }
        }
        tokio::time::sleep(pause).await;
        pause = longest.min(pause * 2);
    }
}
