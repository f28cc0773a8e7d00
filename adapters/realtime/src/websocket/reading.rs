//! The reading half of a socket.

use std::time::Duration;

use futures::StreamExt as _;
use futures::stream::SplitStream;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::error::ProtocolError;
use tokio_tungstenite::tungstenite::{Error, Message, Utf8Bytes};

use super::Socket;
use super::incoming::Incoming;
use super::line::Line;
use crate::connection::{Closing, Connection, problem};
use crate::message_in::Outcome;

/// A client that has been silent for so long is asked whether it is there.
const SILENCE: Duration = Duration::from_secs(25);
/// It has so long to answer.
const ANSWER: Duration = Duration::from_secs(20);

/// What comes in, one text after another.
pub(super) struct Incomings {
    stream: SplitStream<Socket>,
    /// Whether the framing is lost: nothing more can be read as messages.
    pub(super) lost: bool,
}

impl Incomings {
    pub(super) const fn new(stream: SplitStream<Socket>) -> Self {
        Self { stream, lost: false }
    }

    /// The next text; or why there is none. Cancellation-safe.
    pub(super) async fn next(&mut self, line: &Line) -> Result<Utf8Bytes, Closing> {
        loop {
            match self.hear(line).await? {
                Some(Ok(Message::Text(text))) => return Ok(text),
                Some(Ok(Message::Ping(_) | Message::Pong(_) | Message::Frame(_))) => {}
                Some(Ok(Message::Binary(_))) => return Err(Closing::binary()),
                Some(Ok(Message::Close(_))) | None => return Err(Closing::left()),
                Some(Err(error)) => {
                    self.lost = true;
                    return Err(of_error(&error));
                }
            }
        }
    }

    /// What comes next. A client that says nothing is asked whether it is there.
    async fn hear(&mut self, line: &Line) -> Result<Option<Result<Message, Error>>, Closing> {
        if let Ok(heard) = timeout(SILENCE, self.stream.next()).await {
            return Ok(heard);
        }
        line.ping().await.map_err(|_| Closing::left())?;
        timeout(ANSWER, self.stream.next()).await.map_err(|_| Closing::left())
    }

    /// Reads on until the other side has ended too.
    pub(super) async fn until_end(&mut self) {
        while let Some(Ok(_)) = self.stream.next().await {}
    }

    pub(super) fn into_stream(self) -> SplitStream<Socket> {
        self.stream
    }
}

fn of_error(error: &Error) -> Closing {
    match error {
        Error::Capacity(_) => Closing::too_large(),
        Error::Utf8(_) => Closing::not_a_message("a message is UTF-8"),
        Error::Protocol(ProtocolError::ResetWithoutClosingHandshake) => Closing::left(),
        Error::Protocol(_) => Closing::not_a_message("that is not the WebSocket protocol (RFC 6455)"),
        _ => Closing::left(),
    }
}

/// Carries out what comes in, one message after another, until the connection ends. The message under way is finished.
pub(super) async fn listen(connection: &Connection, incomings: &mut Incomings, line: &Line) {
    loop {
        let text = tokio::select! {
            biased;
            () = connection.ending().cancelled() => return,
            text = incomings.next(line) => text,
        };
        // Boxed: what a message takes is not kept while there is none.
        let done = match text {
            Ok(text) => Box::pin(carry_out(connection, &text, line)).await,
            Err(closing) => Err(closing),
        };
        if let Err(closing) = done {
            return connection.end(closing);
        }
    }
}

async fn carry_out(connection: &Connection, text: &str, line: &Line) -> Result<(), Closing> {
    let message = Incoming::parse(text).map_err(Closing::not_a_message)?;
    let outcome = connection.handle(&message.event, &message.data()).await;
    let answer = match (message.ack(&outcome), &outcome) {
        (Some(ack), _) => Utf8Bytes::from(ack),
        (None, Outcome::Done(_)) => return Ok(()),
        (None, Outcome::Refused(refusal)) => {
            problem(connection.position(), &message.event, refusal).payload(false).text.clone()
        }
    };
    line.say(answer).await.map_err(|_| Closing::left())
}
