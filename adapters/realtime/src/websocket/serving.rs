//! A socket from its handshake to its end.

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use acta_application::log::Position;
use acta_domain::SessionId;
use futures::StreamExt as _;
use tokio::io::AsyncReadExt as _;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Utf8Bytes;

use super::line::Line;
use super::reading::{Incomings, listen};
use super::{Socket, close, handshake};
use crate::connection::{Closing, Connection, Door, before_handshake};
use crate::room::Seat;

/// How long each step of an ending may take.
const LEAVING: Duration = Duration::from_secs(2);
/// As much of a message that is too large is thrown away, so that its sender reads why.
const THROWN_AWAY: u64 = 4 * 1024 * 1024;

/// Serves a socket whose client was let in by the headers of its upgrade.
pub(super) async fn serve(socket: Socket, connection: Arc<Connection>, seat: Seat) {
    let (sink, stream) = socket.split();
    let (line, mut incomings) = (Line::new(sink), Incomings::new(stream));
    let closing = attend(&connection, seat, &mut incomings, &line).await;
    let farewell = connection.farewell(&closing).map(|frame| frame.payload(false).text.clone());
    // It is not connected any more while it is being shown out.
    drop(connection);
    Box::pin(end(line, incomings, &closing, farewell)).await;
}

/// Serves a socket whose client is let in by its first message.
pub(super) async fn serve_stranger(
    socket: Socket,
    door: Arc<Door>,
    session: SessionId,
    after: Option<Position>,
    waiting: tokio::sync::OwnedSemaphorePermit,
) {
    let (sink, stream) = socket.split();
    let (line, mut incomings) = (Line::new(sink), Incomings::new(stream));
    let opened = Box::pin(handshake::by_message(&door, session, after, &mut incomings, &line)).await;
    drop(waiting);
    let (closing, farewell) = match opened {
        Ok((connection, seat)) => {
            let closing = attend(&connection, seat, &mut incomings, &line).await;
            let farewell = connection.farewell(&closing);
            (closing, farewell)
        }
        Err(closing) => {
            let farewell = closing.refusal().map(before_handshake);
            (closing, farewell)
        }
    };
    let farewell = farewell.map(|frame| frame.payload(false).text.clone());
    Box::pin(end(line, incomings, &closing, farewell)).await;
}

/// Writes and listens until the connection ends; the message under way then is finished.
async fn attend(connection: &Connection, seat: Seat, incomings: &mut Incomings, line: &Line) -> Closing {
    let mut outlet = line;
    let mut listening = pin!(listen(connection, incomings, line));
    let mut delivering = pin!(connection.deliver(seat, &mut outlet));
    tokio::select! {
        closing = &mut delivering => {
            let _ = timeout(LEAVING, listening).await;
            closing
        }
        // It has said why the connection ends.
        () = &mut listening => delivering.await,
    }
}

/// Says farewell, and waits until the other side has heard it.
async fn end(line: Line, mut incomings: Incomings, closing: &Closing, farewell: Option<Utf8Bytes>) {
    let said = timeout(LEAVING, say_farewell(&line, closing, farewell)).await;
    if !matches!(said, Ok(Ok(()))) {
        return;
    }
    let _ = timeout(LEAVING, async {
        if incomings.lost {
            throw_away(line, incomings).await;
        } else {
            incomings.until_end().await;
        }
    })
    .await;
}

async fn say_farewell(
    line: &Line,
    closing: &Closing,
    farewell: Option<Utf8Bytes>,
) -> Result<(), crate::connection::Gone> {
    if let Some(farewell) = farewell {
        line.say(farewell).await?;
        line.close(close::frame(closing)).await?;
    }
    Ok(())
}

/// Reads what still comes, and throws it away: a socket that is closed with bytes unread takes back what it said last.
async fn throw_away(line: Line, incomings: Incomings) {
    let Ok(socket) = incomings.into_stream().reunite(line.into_sink()) else { return };
    let mut bytes = socket.into_inner().take(THROWN_AWAY);
    let _ = tokio::io::copy(&mut bytes, &mut tokio::io::sink()).await;
}
