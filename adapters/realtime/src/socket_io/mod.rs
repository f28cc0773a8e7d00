//! The room over Socket.IO, for clients that others wrote: the namespace `/moderation` at `/socket.io/`.
//!
//! The engine (`socketioxide`) speaks the protocol; this module lets people in by the handshake's `auth`, hands what comes in to
//! their connection in its order, and emits what the room tells them as fast as they take it.

mod emitter;
mod inbox;
mod incoming;
mod line;
mod upgrade;

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::routing::any;
use serde_json::value::RawValue;
use socketioxide::extract::{SocketRef, TryData};
use socketioxide::handler::ConnectHandler as _;
use socketioxide::{ParserConfig, SocketIo};

use self::emitter::Emitter;
use self::inbox::Inbox;
use self::incoming::Incoming;
use self::line::Line;
use self::upgrade::Engine;
use crate::connection::{Closing, Connection, Door, Transport};
use crate::gate::Handshake;
use crate::refusal::{Refusal, RoomProblem};
use crate::room::Seat;

/// The only namespace.
const NAMESPACE: &str = "/moderation";
/// How many messages the engine keeps for a client.
const KEPT: usize = 64;
/// What a client may send before it is known what it is: longer than a message may be, so that one that is too long can be refused.
const LONGEST_FRAME: usize = 1280 * 1024;
/// What a client may send in one request of long polling.
const LONGEST_BODY: u64 = 64 * 1024;
/// What is read of a wire at once: messages that come in are short.
const READ_BUFFER: usize = 1024;
/// How often the engine asks whether a client is there, and how long that has to answer.
const PING: (Duration, Duration) = (Duration::from_secs(25), Duration::from_secs(20));
/// How long a client has to hang up after it was told to.
const HANGING_UP: Duration = Duration::from_secs(2);
/// How long what a client has sent meanwhile is read and dropped: a wire that is closed over unread bytes is reset, and takes the last
/// message with it.
const DRAINING: Duration = Duration::from_millis(300);
/// How much longer a wire may stand still than the room waits for its client.
const BEHIND: Duration = Duration::from_secs(5);

/// `/socket.io/`.
pub(crate) fn router(door: &Arc<Door>) -> Router {
    let options = door.options();
    let (service, io) = SocketIo::builder()
        .ping_interval(PING.0)
        .ping_timeout(PING.1)
        // It runs until somebody was let in, so it covers the time of the gate too.
        .connect_timeout(options.handshake * 2)
        .max_buffer_size(KEPT)
        .max_payload(LONGEST_BODY)
        .ws_read_buffer_size(READ_BUFFER)
        .ws_max_message_size(LONGEST_FRAME)
        .ws_max_frame_size(LONGEST_FRAME)
        .with_parser(
            ParserConfig::common().max_incoming_binaries(1).max_incoming_binary_buf_size(READ_BUFFER),
        )
        .build_with_inner_svc(Router::new());
    let (letting_in, joining) = (Arc::clone(door), Arc::clone(door));
    let let_in = async move |socket: SocketRef, auth: TryData<Box<RawValue>>| {
        let_in(&letting_in, &socket, auth.0.ok()).await
    };
    io.ns(NAMESPACE, (async move |emitter: Emitter| join(&joining, emitter)).with(let_in));
    let engine = Engine { service, tasks: door.tasks().clone(), patience: options.patience + BEHIND };
    Router::new().route("/socket.io/", any(upgrade::answer)).with_state(engine)
}

/// A connection, and where its messages come from.
type Opened = (Arc<Connection>, Seat);

/// Somebody who was let in and has not joined yet.
#[derive(Clone)]
struct LetIn(Arc<Mutex<Option<Opened>>>);

/// Why somebody was not let in, as `connect_error` says it.
struct NotLetIn(Refusal);

impl fmt::Display for NotLetIn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)?;
        match &self.0.dpop_nonce {
            Some(nonce) => write!(f, " (DPoP-Nonce: {nonce})"),
            None => Ok(()),
        }
    }
}

async fn let_in(door: &Arc<Door>, socket: &SocketRef, auth: Option<Box<RawValue>>) -> Result<(), NotLetIn> {
    let opened = open(door, auth.as_deref()).await.map_err(NotLetIn)?;
    socket.extensions.insert(LetIn(Arc::new(Mutex::new(Some(opened)))));
    Ok(())
}

async fn open(door: &Arc<Door>, auth: Option<&RawValue>) -> Result<Opened, Refusal> {
    let unreadable = || Refusal::new(RoomProblem::MalformedJson, "the handshake's `auth` is no JSON");
    let handshake = Handshake::parse(auth.ok_or_else(unreadable)?)?;
    let session = handshake.session()?;
    door.open(session, handshake.credentials, handshake.after, Transport::SocketIo).await
}

/// Begins with somebody who was let in.
fn join(door: &Arc<Door>, emitter: Emitter) {
    let socket = emitter.socket();
    let Some(LetIn(opened)) = socket.extensions.remove() else { return };
    let Some((connection, seat)) = opened.lock().unwrap_or_else(PoisonError::into_inner).take() else {
        return;
    };
    let inbox = Inbox::new(&connection, door.tasks().clone());
    // Called in the order of the messages; only what it returns is a task of its own, and has nothing to do.
    socket.on_fallback(move |message: Incoming| {
        inbox.take(message);
        std::future::ready(())
    });
    let leaving = Arc::downgrade(&connection);
    // Before the first message: if the client is gone by then, that cannot be sent, and otherwise this is called.
    socket.on_disconnect(async move || {
        if let Some(connection) = leaving.upgrade() {
            connection.end(Closing::left());
        }
    });
    let line = socket.req_parts().extensions.get().cloned();
    door.tasks().spawn(deliver(connection, seat, emitter, line));
}

/// Tells somebody what happens until the connection ends, then why it ends.
async fn deliver(connection: Arc<Connection>, seat: Seat, mut emitter: Emitter, line: Option<Line>) {
    let closing = connection.deliver(seat, &mut emitter).await;
    let farewell = connection.farewell(&closing);
    drop(connection);
    let last_words = async {
        if let Some(farewell) = farewell {
            emitter.emit_frame(&farewell).await?;
            tokio::time::sleep(DRAINING).await;
        }
        emitter.disconnect().await
    };
    // Whoever takes nothing is not told why either.
    let _told = tokio::time::timeout(HANGING_UP, last_words).await;
    drop(emitter);
    if let Some(line) = line {
        line.end(HANGING_UP).await;
    }
}
