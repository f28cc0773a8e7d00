//! Where a connection's messages go out.

use std::sync::Arc;

use crate::frame::Frame;

/// How somebody is connected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Transport {
    /// Socket.IO, over long polling or a WebSocket of its own.
    SocketIo,
    /// A plain WebSocket.
    WebSocket,
}

impl Transport {
    /// What it is called in metrics.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::SocketIo => "socket.io",
            Self::WebSocket => "websocket",
        }
    }
}

/// The client is gone: nothing more can be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the client is gone")]
pub(crate) struct Gone;

/// Takes messages to one client.
pub(crate) trait Outlet: Send {
    /// Sends `frames` in their order, opened for somebody who reads persons and sealed for others, and returns when the transport has
    /// room again. One flush for all of them. When it is dropped before it returns, each frame was either handed over whole or not.
    ///
    /// # Errors
    /// [`Gone`] when the client is.
    fn send(
        &mut self,
        frames: &[Arc<Frame>],
        reads_persons: bool,
    ) -> impl Future<Output = Result<(), Gone>> + Send;
}
