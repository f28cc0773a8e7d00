//! Delivering frames until a connection ends.

use std::convert::Infallible;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::time::Duration;

use acta_application::log::Position;
use tokio::time::{Instant, Sleep, sleep, timeout};
use tracing::{Instrument as _, Span};

use super::deadlines::{Deadlines, Due};
use super::signals::{Connected, TokenExpiring, signal};
use super::{Closing, Connection, Gone, Outlet, Why};
use crate::frame::Frame;
use crate::room::{Seat, SeatError};

/// How long what is under way may go on when a connection ends.
const LEAVING: Duration = Duration::from_secs(2);
/// The clock is looked at so often, however far the end of the token is: it can be put forward.
const LOOK: Duration = Duration::from_mins(1);
/// What tells a client that it was too slow.
const LAGGED: &str = "lagged";

/// A delivery under way.
struct Delivery<'a, O> {
    connection: &'a Connection,
    outlet: &'a mut O,
    deadlines: Deadlines,
    /// Up to where there were messages before the client was there.
    known: Position,
    /// Whether the client came back, and lacks some of them yet.
    lacks: bool,
}

impl Connection {
    /// Delivers what `seat` gives to `outlet`, the message `connected` first, and tells the client before its token ends. It returns
    /// when the connection ends, or the client takes nothing; then [`Connection::farewell`] is the last message.
    pub(crate) async fn deliver<O: Outlet>(&self, seat: Seat, outlet: &mut O) -> Closing {
        let mut delivery = Delivery::of(self, &seat, outlet);
        let closing = match delivery.run(seat).instrument(self.span()).await {
            Ok(never) => match never {},
            Err(closing) => closing,
        };
        self.end(closing);
        self.closing()
    }

    /// What log lines call it.
    fn span(&self) -> Span {
        let admitted = self.admitted();
        let principal = &admitted.principal;
        tracing::info_span!(
            "socket",
            connection_id = %self.id(),
            tenant_id = %principal.tenant,
            session_id = %self.session(),
            user_id = %principal.actor,
        )
    }

    fn deadlines(&self) -> Deadlines {
        Deadlines::of(self.admitted().expires_at, self.door.clock.now())
    }
}

impl<'a, O: Outlet> Delivery<'a, O> {
    fn of(connection: &'a Connection, seat: &Seat, outlet: &'a mut O) -> Self {
        let lacks = connection.came_back_after.is_some();
        Self { connection, outlet, deadlines: connection.deadlines(), known: seat.head(), lacks }
    }

    async fn run(&mut self, mut seat: Seat) -> Result<Infallible, Closing> {
        self.greet(&seat).await?;
        let mut timer = pin!(sleep(Duration::ZERO));
        let connection = self.connection;
        loop {
            tokio::select! {
                biased;
                () = connection.ending().cancelled() => return Err(connection.closing()),
                () = connection.renewed.notified() => {
                    self.deadlines = connection.deadlines();
                    self.mind(timer.as_mut()).await?;
                }
                () = timer.as_mut() => self.mind(timer.as_mut()).await?,
                frames = seat.next() => self.pass_on(&frames.map_err(over)?).await?,
            }
        }
    }

    /// Does what the end of the token asks for, and sets the timer for the next time.
    async fn mind(&mut self, timer: Pin<&mut Sleep>) -> Result<(), Closing> {
        loop {
            match self.deadlines.due(self.connection.door.clock.now()) {
                Due::In(time) => {
                    timer.reset(Instant::now() + time.min(LOOK));
                    return Ok(());
                }
                Due::Telling(seconds_left) => self.tell_of_end(seconds_left).await?,
                Due::End => return Err(Closing::expired()),
            }
        }
    }

    async fn greet(&mut self, seat: &Seat) -> Result<(), Closing> {
        let connection = self.connection;
        let admitted = connection.admitted();
        let is_speaking = admitted.principal.person().is_some_and(|person| seat.is_speaking(person));
        let connected = Connected {
            // Not the head: whoever comes back names the last position that they saw, and have not seen what is in between.
            position: connection.position(),
            head: seat.head(),
            session_id: connection.session(),
            connection_id: connection.id(),
            role: connection.role(is_speaking),
            expires_at: admitted.expires_at,
            after: seat.position(),
        };
        self.send(&[Arc::new(signal(connected.position, "connected", &connected))]).await?;
        self.note_arrival();
        Ok(())
    }

    async fn tell_of_end(&mut self, seconds_left: u64) -> Result<(), Closing> {
        let position = self.connection.position();
        let expiring =
            TokenExpiring { position, expires_at: self.connection.admitted().expires_at, seconds_left };
        self.send(&[Arc::new(signal(position, "token_expiring", &expiring))]).await
    }

    async fn pass_on(&mut self, frames: &[Arc<Frame>]) -> Result<(), Closing> {
        let Some(last) = frames.last() else { return Ok(()) };
        self.send(frames).await?;
        self.connection.has_sent(last.position);
        self.measure(frames);
        self.note_arrival();
        Ok(())
    }

    /// Sends `frames`. What is being sent when the connection ends may go on for a moment, so that `position` stays true.
    async fn send(&mut self, frames: &[Arc<Frame>]) -> Result<(), Closing> {
        let connection = self.connection;
        let sending = self.outlet.send(frames, connection.reads_persons());
        let mut sending = pin!(timeout(connection.door.options.patience, sending));
        let sent = tokio::select! {
            biased;
            sent = &mut sending => sent,
            () = connection.ending().cancelled() => {
                let closing = connection.closing();
                if closing.why == Why::Left {
                    return Err(closing);
                }
                timeout(LEAVING, sending).await.and_then(|sent| sent)
            }
        };
        match sent {
            Ok(Ok(())) => Ok(()),
            Ok(Err(Gone)) => Err(Closing::left()),
            Err(_) => Err(Closing::takes_nothing()),
        }
    }

    fn measure(&self, frames: &[Arc<Frame>]) {
        let door = &self.connection.door;
        let oldest = frames.iter().find(|frame| frame.position > self.known && frame.recorded_at.is_some());
        door.measures.handed_over(frames.len(), oldest.and_then(|frame| frame.recorded_at), door.clock.now());
        if frames.iter().any(|frame| frame.name == LAGGED) {
            door.measures.lagged();
        }
    }

    fn note_arrival(&mut self) {
        if self.lacks && self.connection.position() >= self.known {
            self.lacks = false;
            let door = &self.connection.door;
            door.measures.caught_up(self.connection.began, door.clock.now());
        }
    }
}

fn over(error: SeatError) -> Closing {
    match error {
        SeatError::Failed => Closing::failed(),
        SeatError::Unavailable => Closing::unavailable(),
        SeatError::Stopped => Closing::stopping(),
    }
}
