//! What is acknowledged of what was sent.

use std::collections::{HashMap, VecDeque};

use acta_domain::Timestamp;

use super::fault::RelayFault;
use super::find::Standing;
use super::place::{Mark, Place};
use super::{Acknowledged, Bounds, Lane, Offset};
use crate::log::Position;

/// One event that was taken up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Slot {
    Sent(Timestamp),
    There,
}

/// How far a publication is.
#[derive(Debug)]
pub(super) struct Progress {
    /// Everything up to here is there.
    reached: Position,
    /// The events behind that, one by one.
    taken_up: VecDeque<Slot>,
    unacknowledged: usize,
    marks: HashMap<Lane, Mark>,
}

impl Progress {
    /// At the beginning of a publication.
    pub(super) fn new(standing: &Standing) -> Self {
        let mark = |(lane, place): (&Lane, &Place)| {
            (lane.clone(), Mark { offset: Some(place.offset), position: place.position })
        };
        let marks = standing.places.iter().map(mark).collect();
        Self { reached: standing.start, taken_up: VecDeque::new(), unacknowledged: 0, marks }
    }

    /// Takes up the next event, which is there already.
    pub(super) fn skip(&mut self) {
        self.taken_up.push_back(Slot::There);
        self.advance();
    }

    /// Takes up the next event, recorded at `recorded_at`, which is being sent.
    pub(super) fn send(&mut self, recorded_at: Timestamp) {
        self.taken_up.push_back(Slot::Sent(recorded_at));
        self.unacknowledged += 1;
    }

    /// Notes an acknowledgement; when its event was recorded, unless it was acknowledged before.
    ///
    /// # Errors
    /// [`RelayFault::Forgot`] when the record does not stand behind the last one of its lane.
    pub(super) fn acknowledge(&mut self, done: Acknowledged) -> Result<Option<Timestamp>, RelayFault> {
        let Acknowledged { lane, offset, position } = done;
        let recorded_at = self.arrive(position);
        self.check(&lane, offset)?;
        self.marks.insert(lane, Mark { offset: Some(offset), position });
        self.advance();
        Ok(recorded_at)
    }

    fn arrive(&mut self, position: Position) -> Option<Timestamp> {
        let index = position.get().checked_sub(self.reached.next().get())?;
        let slot = self.taken_up.get_mut(usize::try_from(index).ok()?)?;
        match std::mem::replace(slot, Slot::There) {
            Slot::There => None,
            Slot::Sent(recorded_at) => {
                self.unacknowledged -= 1;
                Some(recorded_at)
            }
        }
    }

    fn advance(&mut self) {
        while self.taken_up.front() == Some(&Slot::There) {
            self.taken_up.pop_front();
            self.reached = self.reached.next();
        }
    }

    /// Everything up to here is there.
    pub(super) fn reached(&self) -> Position {
        self.reached
    }

    /// How many records are sent and not acknowledged.
    pub(super) fn unacknowledged(&self) -> usize {
        self.unacknowledged
    }

    /// How many events are taken up behind [`Self::reached`].
    pub(super) fn taken_up(&self) -> usize {
        self.taken_up.len()
    }

    /// The marks of all lanes that have one.
    pub(super) fn marks(&self) -> Vec<(Lane, Mark)> {
        self.marks.iter().map(|(lane, mark)| (lane.clone(), *mark)).collect()
    }

    /// Whether each of `lanes` still has what was acknowledged, by what they hold now.
    ///
    /// # Errors
    /// [`RelayFault::Forgot`] for the first that ends before its mark.
    pub(super) fn compare(&self, lanes: &[Lane], bounds: &[Bounds]) -> Result<(), RelayFault> {
        lanes.iter().zip(bounds).try_for_each(|(lane, bounds)| self.check(lane, bounds.next))
    }

    /// Whether what comes `now` into `lane` stands behind its mark.
    fn check(&self, lane: &Lane, now: Offset) -> Result<(), RelayFault> {
        match self.marks.get(lane).and_then(|mark| mark.offset) {
            Some(last) if now <= last => Err(RelayFault::Forgot { lane: lane.clone(), last, now }),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::log::contract::moment;
    use crate::relay::TopicName;

    fn lane(partition: u32) -> Lane {
        Lane { topic: TopicName::new("acta.events"), partition }
    }

    fn done(partition: u32, offset: u64, position: u64) -> Acknowledged {
        Acknowledged { lane: lane(partition), offset: Offset(offset), position: Position::new(position) }
    }

    /// Behind position 10, with so many records sent.
    fn sent(count: i64) -> Progress {
        let mut progress = Progress::new(&Standing { start: Position::new(10), ..Standing::default() });
        (0..count).for_each(|second| progress.send(moment(second)));
        progress
    }

    #[test]
    fn the_progress_waits_for_the_oldest_that_is_not_acknowledged() {
        let mut progress = sent(3);
        assert_eq!(progress.acknowledge(done(0, 5, 12)).unwrap(), Some(moment(1)));
        assert_eq!((progress.reached().get(), progress.unacknowledged()), (10, 2));
        progress.acknowledge(done(1, 0, 11)).unwrap();
        assert_eq!((progress.reached().get(), progress.unacknowledged()), (12, 1));
    }

    #[test]
    fn what_is_there_already_counts_as_soon_as_all_before_it_is() {
        let mut progress = sent(1);
        progress.skip();
        assert_eq!((progress.reached().get(), progress.taken_up()), (10, 2));
        progress.acknowledge(done(0, 0, 11)).unwrap();
        assert_eq!((progress.reached().get(), progress.taken_up()), (12, 0));
    }

    #[test]
    fn an_offset_that_is_not_behind_the_last_one_says_that_the_broker_forgot() {
        let mut progress = sent(3);
        progress.acknowledge(done(0, 7, 11)).unwrap();
        progress.acknowledge(done(1, 7, 12)).unwrap();
        let forgot = progress.acknowledge(done(0, 7, 13));
        assert!(matches!(forgot, Err(RelayFault::Forgot { last: Offset(7), now: Offset(7), .. })));
    }

    #[test]
    fn a_lane_that_ends_before_its_mark_says_that_the_broker_forgot() {
        let mut progress = sent(1);
        progress.acknowledge(done(0, 7, 11)).unwrap();
        let until = |next| [Bounds { first: Offset(0), next: Offset(next) }];
        assert!(progress.compare(&[lane(0)], &until(8)).is_ok());
        let forgot = progress.compare(&[lane(0)], &until(7));
        assert!(matches!(forgot, Err(RelayFault::Forgot { .. })));
    }

    #[test]
    fn a_mark_is_the_last_record_of_its_lane_that_was_acknowledged() {
        let mut progress = sent(3);
        assert_eq!(progress.marks(), []);
        progress.acknowledge(done(0, 7, 11)).unwrap();
        progress.acknowledge(done(0, 8, 12)).unwrap();
        let mark = Mark { offset: Some(Offset(8)), position: Position::new(12) };
        assert_eq!(progress.marks(), [(lane(0), mark)]);
    }
}
