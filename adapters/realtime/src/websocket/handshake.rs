//! The handshake by message, for clients that cannot set headers.

use std::sync::Arc;

use acta_application::log::Position;
use acta_domain::SessionId;
use tokio::time::timeout;

use super::incoming::Incoming;
use super::line::Line;
use super::reading::Incomings;
use crate::connection::{Closing, Connection, Door, Transport};
use crate::gate::Handshake;
use crate::refusal::{Refusal, RoomProblem};
use crate::room::Seat;

/// The message that begins everything.
const CONNECT: &str = "connect";

/// Waits for `connect`, and lets its sender in.
pub(super) async fn by_message(
    door: &Arc<Door>,
    session: SessionId,
    after: Option<Position>,
    incomings: &mut Incomings,
    line: &Line,
) -> Result<(Arc<Connection>, Seat), Closing> {
    let first = timeout(door.options().handshake, incomings.next(line)).await;
    let first = first.map_err(|_| Closing::no_handshake())??;
    let handshake = read(&first)?;
    let after = handshake.after.or(after);
    let opened = door.open(session, handshake.credentials, after, Transport::WebSocket).await;
    opened.map_err(Closing::refused)
}

fn read(text: &str) -> Result<Handshake, Closing> {
    let message = Incoming::parse(text).map_err(Closing::not_a_message)?;
    if message.event != CONNECT {
        let detail = "the first message is `connect`, with an access token";
        return Err(Closing::refused(Refusal::new(RoomProblem::HandshakeNeeded, detail)));
    }
    Handshake::parse(&message.data()).map_err(Closing::refused)
}
