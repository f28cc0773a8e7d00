//! All rooms of this instance.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use acta_application::clock::Clock;
use acta_application::log::{EventLog, Position};
use acta_application::persons::Persons;
use acta_application::views::Views;
use acta_domain::{SessionId, TenantId};
use tokio::sync::{Notify, broadcast, watch};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::budget::Budget;
use super::hub;
use super::keeper::{INBOX, Inbox, Keeper};
use super::notice::Notice;
use super::seat::Seat;
use super::shared::{Room, Stage};
use super::source::Source;
use super::trouble::SeatError;
use super::writer::Writer;
use crate::refusal::{Refusal, RoomProblem};

/// How long a room may take to open, and the log to reach a position that another instance has shown.
const PATIENCE: Duration = Duration::from_secs(5);
/// So many notices may wait for somebody who listens.
const NOTICES: usize = 256;

/// Whose room.
pub(super) type RoomKey = (TenantId, SessionId);

/// Why somebody cannot enter a room.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum EnterError {
    /// The log does not reach the position that they come from.
    #[error("the log does not reach position {after}")]
    PositionUnknown {
        /// The position.
        after: Position,
    },
    /// The session's record cannot be read now, or not in time.
    #[error("the session's record does not answer")]
    Unavailable,
    /// The session's record cannot be shown.
    #[error("the session's record cannot be shown")]
    Failed,
}

impl From<EnterError> for Refusal {
    fn from(error: EnterError) -> Self {
        match error {
            EnterError::PositionUnknown { .. } => {
                Self::at_field(RoomProblem::PositionUnknown, "/after", error.to_string())
            }
            EnterError::Unavailable => Self::after(RoomProblem::Unavailable, error.to_string(), 1),
            EnterError::Failed => Self::new(RoomProblem::Internal, error.to_string()),
        }
    }
}

impl From<SeatError> for EnterError {
    fn from(error: SeatError) -> Self {
        match error {
            SeatError::Failed => Self::Failed,
            SeatError::Unavailable | SeatError::Stopped => Self::Unavailable,
        }
    }
}

/// All rooms of this instance. A room is there as long as somebody is in it, and a minute longer.
#[derive(Clone)]
pub(crate) struct Rooms(Arc<House>);

struct House {
    log: Arc<dyn EventLog>,
    views: Arc<dyn Views>,
    persons: Persons,
    clock: Arc<dyn Clock>,
    budget: Arc<Budget>,
    inbox: usize,
    doors: Mutex<Doors>,
    opened: Notify,
    notices: broadcast::Sender<Notice>,
    keepers: TaskTracker,
    closing: CancellationToken,
}

#[derive(Default)]
struct Doors {
    rooms: HashMap<RoomKey, (Arc<Room>, Inbox)>,
    /// The rooms are told of everything behind this; what is in front of it they read when they open.
    told: Position,
}

impl Rooms {
    /// No rooms yet, of sessions in `log`.
    pub(crate) fn new(
        log: Arc<dyn EventLog>,
        views: Arc<dyn Views>,
        persons: Persons,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self::with(log, views, persons, clock, Budget::default(), INBOX)
    }

    /// As [`Self::new`], with memory for all rings and an inbox of another size.
    pub(super) fn with(
        log: Arc<dyn EventLog>,
        views: Arc<dyn Views>,
        persons: Persons,
        clock: Arc<dyn Clock>,
        budget: Budget,
        inbox: usize,
    ) -> Self {
        Self(Arc::new(House {
            log,
            views,
            persons,
            clock,
            budget: Arc::new(budget),
            inbox,
            doors: Mutex::default(),
            opened: Notify::new(),
            notices: broadcast::Sender::new(NOTICES),
            keepers: TaskTracker::new(),
            closing: CancellationToken::new(),
        }))
    }

    /// Follows the log for all rooms until `stop`, then ends them.
    pub(crate) async fn run(&self, stop: CancellationToken) {
        stop.run_until_cancelled(hub::follow(self)).await;
        self.0.closing.cancel();
        self.0.keepers.close();
        self.0.keepers.wait().await;
    }

    /// What happens in the registers of tenants while anybody is in a room, for those who may have to go.
    pub(crate) fn notices(&self) -> broadcast::Receiver<Notice> {
        self.0.notices.subscribe()
    }

    /// Takes a seat in the room of `session`: with a look at all that is, or, for those who come back, with exactly what followed
    /// `after`.
    ///
    /// # Errors
    /// See [`EnterError`].
    pub(crate) async fn enter(
        &self,
        tenant: TenantId,
        session: SessionId,
        after: Option<Position>,
    ) -> Result<Seat, EnterError> {
        let (room, mut stage) = self.door((tenant, session))?;
        let is_decided = |stage: &Stage| *stage != Stage::Opening;
        let opened = tokio::time::timeout(PATIENCE, stage.wait_for(is_decided)).await;
        let opened = *opened.map_err(|_| EnterError::Unavailable)?.map_err(|_| EnterError::Failed)?;
        if let Stage::Over(why) = opened {
            return Err(why.into());
        }
        match after {
            None => Ok(Seat::with_snapshot(room, stage)),
            Some(after) => {
                self.until_reached(after).await?;
                room.fill_back(after).await?;
                Ok(Seat::behind(room, stage, after))
            }
        }
    }

    /// The room of `key`, opened if need be, and who is in it counts from now on.
    fn door(&self, key: RoomKey) -> Result<(Arc<Room>, watch::Receiver<Stage>), EnterError> {
        let mut doors = self.doors();
        if self.0.closing.is_cancelled() {
            return Err(EnterError::Unavailable);
        }
        if doors.rooms.is_empty() {
            doors.told = doors.told.max(*self.0.log.head().borrow());
            self.0.opened.notify_one();
        }
        let (room, _) = doors.rooms.entry(key).or_insert_with(|| self.build(key));
        let stage = room.stage().subscribe();
        Ok((Arc::clone(room), stage))
    }

    fn build(&self, key: RoomKey) -> (Arc<Room>, Inbox) {
        let (tenant, session) = key;
        let (log, views) = (Arc::clone(&self.0.log), Arc::clone(&self.0.views));
        let source = Source { log, views, tenant, session };
        let writer = Writer { persons: self.0.persons.clone(), tenant, session };
        let budget = Arc::clone(&self.0.budget);
        let room = Arc::new(Room::new(source, writer, Arc::clone(&self.0.clock), Arc::clone(&budget)));
        let (keeper, inbox) = Keeper::new(self.clone(), key, Arc::clone(&room), self.0.inbox);
        self.0.keepers.spawn(keeper.run(budget, self.0.closing.clone()));
        (room, inbox)
    }

    async fn until_reached(&self, position: Position) -> Result<(), EnterError> {
        let mut head = self.0.log.head();
        let reached = tokio::time::timeout(PATIENCE, head.wait_for(|head| *head >= position)).await;
        match reached {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(_)) | Err(_) => Err(EnterError::PositionUnknown { after: position }),
        }
    }

    /// Closes the door of `room` if nobody is in it.
    pub(super) fn remove_if_empty(&self, key: RoomKey, room: &Arc<Room>) -> bool {
        let mut doors = self.doors();
        let is_empty = room.stage().is_closed();
        if is_empty {
            doors.remove(key, room);
        }
        is_empty
    }

    /// Closes the door of `room`.
    pub(super) fn remove(&self, key: RoomKey, room: &Arc<Room>) {
        self.doors().remove(key, room);
    }

    pub(super) fn log(&self) -> &dyn EventLog {
        &*self.0.log
    }

    /// Waits until a room opens in an empty house.
    pub(super) async fn opened(&self) {
        self.0.opened.notified().await;
    }

    /// Behind which position the rooms are to be told of everything; none if there are no rooms.
    pub(super) fn told(&self) -> Option<Position> {
        let doors = self.doors();
        (!doors.rooms.is_empty()).then_some(doors.told)
    }

    /// Everything up to `reached` has been told.
    pub(super) fn have_told(&self, reached: Position) {
        let mut doors = self.doors();
        doors.told = doors.told.max(reached);
    }

    /// The room of `key` and its inbox, if there is one.
    pub(super) fn find(&self, key: RoomKey) -> Option<(Arc<Room>, Inbox)> {
        self.doors().rooms.get(&key).cloned()
    }

    pub(super) fn announce(&self, notice: Notice) {
        let _listeners = self.0.notices.send(notice);
    }

    fn doors(&self) -> MutexGuard<'_, Doors> {
        self.0.doors.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Doors {
    fn remove(&mut self, key: RoomKey, room: &Arc<Room>) {
        if self.rooms.get(&key).is_some_and(|(found, _)| Arc::ptr_eq(found, room)) {
            self.rooms.remove(&key);
        }
    }
}
