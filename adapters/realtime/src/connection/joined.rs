//! What lasts as long as a connection does.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use acta_application::UseCaseError;
use acta_application::access::{Admitted, Permission, Revocations};
use acta_application::log::Position;
use acta_application::presence;
use acta_domain::{SessionId, Timestamp};
use serde::Serialize;
use serde_json::value::RawValue;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::headcount::Ticket;
use super::signals::{self, RoomRole};
use super::spending::{Spending, TooMany};
use super::{Closing, Door, Transport};
use crate::frame::Frame;
use crate::gate::Credentials;
use crate::measures::Measures;
use crate::message_in::{Message, Outcome, carry_out};
use crate::refusal::{Refusal, RoomProblem};

/// How long a message may take. The API answers sooner by itself.
const LONGEST: Duration = Duration::from_secs(35);

/// Somebody who is connected to a session, until it is dropped.
pub(crate) struct Connection {
    id: Uuid,
    session: SessionId,
    transport: Transport,
    /// When its handshake began.
    pub(super) began: Timestamp,
    /// What it named as the last position that it saw, if it came back.
    pub(super) came_back_after: Option<Position>,
    pub(super) door: Arc<Door>,
    admitted: Mutex<Arc<Admitted>>,
    pub(super) renewed: Notify,
    ending: CancellationToken,
    closing: OnceLock<Box<Closing>>,
    sent: AtomicU64,
    messages: tokio::sync::Mutex<Spending>,
    _present: presence::Connection,
    _counted: Ticket,
}

/// What a connection is made of.
pub(super) struct Joining {
    pub(super) id: Uuid,
    pub(super) session: SessionId,
    pub(super) transport: Transport,
    pub(super) began: Timestamp,
    pub(super) after: Option<Position>,
    pub(super) admitted: Admitted,
    pub(super) present: presence::Connection,
    pub(super) counted: Ticket,
}

impl Connection {
    pub(super) fn new(door: Arc<Door>, joining: Joining) -> Self {
        door.measures.sockets(joining.transport).increment(1);
        Self {
            id: joining.id,
            session: joining.session,
            transport: joining.transport,
            began: joining.began,
            came_back_after: joining.after,
            door,
            admitted: Mutex::new(Arc::new(joining.admitted)),
            renewed: Notify::new(),
            ending: CancellationToken::new(),
            closing: OnceLock::new(),
            sent: AtomicU64::new(joining.after.unwrap_or_default().get()),
            messages: tokio::sync::Mutex::default(),
            _present: joining.present,
            _counted: joining.counted,
        }
    }

    /// Names it in logs and to the client.
    pub(crate) const fn id(&self) -> Uuid {
        self.id
    }

    /// The session.
    pub(crate) const fn session(&self) -> SessionId {
        self.session
    }

    /// Who is connected, as they have last shown.
    pub(crate) fn admitted(&self) -> Arc<Admitted> {
        Arc::clone(&self.admitted.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// The position of the last message that was handed over.
    pub(crate) fn position(&self) -> Position {
        Position::new(self.sent.load(Ordering::Relaxed))
    }

    pub(super) fn has_sent(&self, position: Position) {
        self.sent.fetch_max(position.get(), Ordering::Relaxed);
    }

    /// Ends it; the first reason counts. [`Connection::deliver`] then returns.
    pub(crate) fn end(&self, closing: Closing) {
        let _ = self.closing.set(Box::new(closing));
        self.ending.cancel();
    }

    /// Cancelled when it ends: no message that comes after that is carried out.
    pub(crate) const fn ending(&self) -> &CancellationToken {
        &self.ending
    }

    /// Why it ends; that the client left if nobody said otherwise.
    pub(super) fn closing(&self) -> Closing {
        self.closing.get().map_or_else(Closing::left, |closing| Closing::clone(closing))
    }

    /// The last message; none to a client that is gone.
    pub(crate) fn farewell(&self, closing: &Closing) -> Option<Frame> {
        closing.refusal().map(|refusal| signals::closing(self.position(), refusal))
    }

    /// Carries a message out. Messages of one connection are carried out one after another, in the order in which this is called.
    pub(crate) async fn handle(&self, event: &str, data: &RawValue) -> Outcome {
        // Held until the message is carried out: that is what keeps their order.
        let mut spending = self.messages.lock().await;
        self.door.measures.messages_in.increment(1);
        if let Err(refusal) = self.take_one(&mut spending) {
            return Outcome::Refused(refusal);
        }
        if self.ending.is_cancelled() {
            return Outcome::Refused(over());
        }
        let carried_out = tokio::time::timeout(LONGEST, self.carry_out(event, data)).await;
        carried_out.unwrap_or_else(|_| Err(late())).map_or_else(Outcome::Refused, Outcome::Done)
    }

    fn take_one(&self, spending: &mut Spending) -> Result<(), Refusal> {
        let taken = spending.take(self.door.options.messages, self.door.clock.now());
        taken.map_err(|TooMany { retry_after, flooding }| {
            if flooding {
                self.end(Closing::flooding());
            }
            let detail = format!("a connection sends at most {} messages", self.door.options.messages);
            Refusal::after(RoomProblem::TooManyRequests, detail, whole_seconds(retry_after))
        })
    }

    async fn carry_out(&self, event: &str, data: &RawValue) -> Result<Box<RawValue>, Refusal> {
        match Message::named(event) {
            None => Err(Refusal::new(RoomProblem::UnknownMessage, "there is no message of this name")),
            Some(Message::RenewToken) => self.renew(data).await,
            Some(Message::Request(path)) => {
                carry_out(&self.door.api, self.session, &self.admitted(), path, data).await
            }
        }
    }

    async fn renew(&self, data: &RawValue) -> Result<Box<RawValue>, Refusal> {
        let credentials = Credentials::parse(data)?;
        let admitted = self.door.gate.renew(self.session, &credentials, &self.admitted()).await?;
        let renewed = Renewed { expires_at: admitted.expires_at, position: self.position() };
        *self.admitted.lock().unwrap_or_else(PoisonError::into_inner) = Arc::new(admitted);
        self.renewed.notify_one();
        // It may have been taken back while it was being looked at: then nobody has told this connection.
        self.check(&*self.door.revocations).await.map_err(|_| unsure())?;
        Ok(serde_json::value::to_raw_value(&renewed).expect("an outcome is plain data"))
    }

    /// Ends it if what its token stands for was taken back.
    pub(super) async fn check(&self, revocations: &dyn Revocations) -> Result<(), UseCaseError> {
        if let Some(revoked) = revocations.revoked(&self.admitted()).await? {
            self.end(Closing::revoked(revoked));
        }
        Ok(())
    }

    /// Whether names and words are for them.
    pub(super) fn reads_persons(&self) -> bool {
        self.admitted().principal.may(Permission::PersonsRead)
    }

    /// What they are in the room, if they have the floor or have not.
    pub(super) fn role(&self, is_speaking: bool) -> RoomRole {
        let admitted = self.admitted();
        if admitted.principal.may(Permission::FloorModerate) {
            RoomRole::Moderator
        } else if is_speaking {
            RoomRole::Speaker
        } else if admitted.principal.may(Permission::FloorRequest) {
            RoomRole::Participant
        } else {
            RoomRole::Observer
        }
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.door.register.remove(self.id);
        self.door.measures.sockets(self.transport).decrement(1);
        Measures::closed(self.closing().why);
    }
}

impl fmt::Debug for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connection")
            .field("id", &self.id)
            .field("session", &self.session)
            .finish_non_exhaustive()
    }
}

/// The outcome of a renewal.
#[derive(Serialize)]
struct Renewed {
    expires_at: Timestamp,
    position: Position,
}

fn whole_seconds(time: Duration) -> u64 {
    time.as_secs() + u64::from(time.subsec_nanos() > 0)
}

fn over() -> Refusal {
    Refusal::new(RoomProblem::Unavailable, "the connection is being ended; nothing was recorded")
}

fn late() -> Refusal {
    Refusal::new(
        RoomProblem::Unavailable,
        "the answer took longer than 35 seconds: it may be recorded or not",
    )
}

fn unsure() -> Refusal {
    Refusal::after(RoomProblem::Unavailable, "it cannot be told whether the token still counts", 1)
}
