//! The task that keeps a room up to date.

use std::sync::Arc;
use std::time::Duration;

use acta_application::log::{EXPORTED, RecordedEvent, SessionIndex};
use tokio::sync::{Notify, mpsc};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tracing::Span;

use super::budget::Budget;
use super::opening::present_state;
use super::rooms::{RoomKey, Rooms};
use super::shared::Room;
use super::trouble::SeatError;

/// Most events that are told of at a time.
const BATCH: usize = 256;
/// So many events may wait for the keeper; the others it reads from the log.
pub(super) const INBOX: usize = 1_024;
/// There is so much time between two batches for each seat, because telling a crowd takes time: what comes meanwhile is told together.
const PACE_OF_A_SEAT: Duration = Duration::from_micros(50);
/// There is at least so much time between two batches: it is when most is to be told that batches make it cheap.
const LEAST_PACE: Duration = Duration::from_millis(10);
/// There is at most so much: what is told within that is told at once, as people see it.
const MOST_PACE: Duration = Duration::from_millis(100);
/// An empty room is kept so long, for those who come back.
const IDLE: Duration = Duration::from_mins(1);

/// Where the hub puts what a room is to show.
#[derive(Clone)]
pub(super) struct Inbox {
    events: mpsc::Sender<RecordedEvent>,
    overflow: Arc<Notify>,
}

impl Inbox {
    /// Gives the room an event, or tells it that there is one it must read itself. Never waits.
    pub(super) fn give(&self, event: RecordedEvent) {
        if self.events.try_send(event).is_err() {
            self.overflow.notify_one();
        }
    }
}

/// Keeps one room; when it goes, whatever the reason, the room is over.
pub(super) struct Keeper {
    rooms: Rooms,
    key: RoomKey,
    room: Arc<Room>,
    events: mpsc::Receiver<RecordedEvent>,
    overflow: Arc<Notify>,
    /// Whether the log has events that never came in.
    lacks: bool,
    last_published: Instant,
    ending: SeatError,
}

impl Keeper {
    pub(super) fn new(rooms: Rooms, key: RoomKey, room: Arc<Room>, capacity: usize) -> (Self, Inbox) {
        let (sender, events) = mpsc::channel(capacity);
        let overflow = Arc::new(Notify::new());
        let inbox = Inbox { events: sender, overflow: Arc::clone(&overflow) };
        let (lacks, last_published) = (false, Instant::now());
        let keeper =
            Self { rooms, key, room, events, overflow, lacks, last_published, ending: SeatError::Failed };
        (keeper, inbox)
    }

    /// Keeps the room until `stop`, or until it has been empty for a while, or until it cannot be kept.
    pub(super) async fn run(mut self, budget: Arc<Budget>, stop: CancellationToken) {
        let room = Arc::clone(&self.room);
        let (rooms, key) = (self.rooms.clone(), self.key);
        let ending = tokio::select! {
            () = stop.cancelled() => SeatError::Stopped,
            ending = self.keep(budget) => ending,
            () = left(&rooms, key, &room) => SeatError::Stopped,
        };
        self.ending = ending;
    }

    async fn keep(&mut self, budget: Arc<Budget>) -> SeatError {
        match present_state(&self.room.source).await {
            Ok(state) => self.room.open(state, budget),
            Err(trouble) => return trouble,
        }
        loop {
            if let Err(trouble) = self.show_more().await {
                return trouble;
            }
        }
    }

    /// Waits for events, and shows them.
    async fn show_more(&mut self) -> Result<(), SeatError> {
        let state = self.room.state();
        let events = self.next_events(state.place.next).await?;
        if events.is_empty() {
            return Ok(());
        }
        let telling: Vec<_> = events.iter().map(telling).collect();
        let (state, entries) = self.room.writer.write(state, &events).await?;
        self.room.history.offer(&state);
        self.room.publish(state, entries);
        drop(telling);
        self.last_published = Instant::now();
        Ok(())
    }

    /// The events from `next` on, without a gap: those that came in, or those that the log has if some did not.
    async fn next_events(&mut self, next: SessionIndex) -> Result<Vec<RecordedEvent>, SeatError> {
        let mut events = Vec::new();
        if !self.lacks {
            tokio::select! {
                biased;
                () = self.overflow.notified() => self.lacks = true,
                event = self.events.recv() => events.extend(event),
            }
            tokio::time::sleep_until(self.last_published + pace(self.room.stage().receiver_count())).await;
        }
        while events.len() < BATCH
            && let Ok(event) = self.events.try_recv()
        {
            events.push(event);
        }
        events.retain(|event| event.session_index >= next);
        let is_gapless =
            events.iter().zip(next.get()..).all(|(event, index)| event.session_index.get() == index);
        if is_gapless && !self.lacks {
            return Ok(events);
        }
        let events = self.read(next).await?;
        self.lacks = events.len() == BATCH;
        Ok(events)
    }

    /// Reads on from the log for as long as that takes: what is in it is shown, however late.
    async fn read(&self, next: SessionIndex) -> Result<Vec<RecordedEvent>, SeatError> {
        loop {
            match self.room.source.events(next, BATCH).await {
                Err(SeatError::Unavailable) => {}
                read => return read,
            }
        }
    }
}

impl Drop for Keeper {
    fn drop(&mut self) {
        self.rooms.remove(self.key, &self.room);
        self.room.close(self.ending);
    }
}

/// The telling of `event` to its room, in the trace of the request that it follows from: until it stands in the ring for all seats.
fn telling(event: &RecordedEvent) -> Span {
    tracing::info_span!(
        target: EXPORTED,
        "room.tell",
        otel.kind = "producer",
        traceparent = event.traceparent().map(tracing::field::display),
        tenant_id = %event.tenant_id,
        session_id = %event.session_id,
        position = event.position.get(),
    )
}

/// Waits until nobody has been in `room` for a while, and closes its door.
async fn left(rooms: &Rooms, key: RoomKey, room: &Arc<Room>) {
    loop {
        room.stage().closed().await;
        tokio::time::sleep(IDLE).await;
        if rooms.remove_if_empty(key, room) {
            return;
        }
    }
}

/// The time between two batches for so many seats.
fn pace(seats: usize) -> Duration {
    let seats = u32::try_from(seats).unwrap_or(u32::MAX);
    PACE_OF_A_SEAT.saturating_mul(seats).clamp(LEAST_PACE, MOST_PACE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_crowd_is_told_in_larger_batches_and_never_late() {
        assert_eq!(pace(0), Duration::from_millis(10));
        assert_eq!(pace(100), Duration::from_millis(10));
        assert_eq!(pace(1_000), Duration::from_millis(50));
        assert_eq!(pace(usize::MAX), Duration::from_millis(100));
    }
}
