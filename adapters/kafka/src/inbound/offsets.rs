//! Which messages of a partition are finished, and what may be committed therefore.

use std::collections::BTreeSet;

/// A message that was taken from a partition, as [`Offsets`] knows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Ticket {
    run: u64,
    offset: i64,
}

/// The messages of one partition. Messages are taken in the order of their offsets, which may have gaps, and finished in any.
///
/// What may be committed is the offset behind the last of the unbroken run of finished messages: whoever starts there misses none.
#[derive(Debug, Default)]
pub(super) struct Offsets {
    run: u64,
    next: Option<i64>,
    unfinished: BTreeSet<i64>,
    committed: Option<i64>,
}

impl Offsets {
    /// Nothing was taken yet; tickets of another `run` finish nothing here.
    pub(super) fn new(run: u64) -> Self {
        Self { run, ..Self::default() }
    }

    /// Whether a message at `offset` was there before, so that the broker must have gone back.
    pub(super) fn has_passed(&self, offset: i64) -> bool {
        self.next.is_some_and(|next| offset < next)
    }

    /// A message at `offset` is taken.
    pub(super) fn take(&mut self, offset: i64) -> Ticket {
        self.unfinished.insert(offset);
        self.next = Some(offset + 1);
        Ticket { run: self.run, offset }
    }

    /// The message is finished: its effect is durable.
    pub(super) fn finish(&mut self, ticket: Ticket) {
        if ticket.run == self.run {
            self.unfinished.remove(&ticket.offset);
        }
    }

    /// Where a reader may start that shall miss nothing; [`None`] before the first message.
    pub(super) fn place(&self) -> Option<i64> {
        self.unfinished.first().copied().or(self.next)
    }

    /// How many offsets before `end` are not finished, or not read.
    pub(super) fn left(&self, end: i64) -> usize {
        let unread = self.next.map_or(0, |next| usize::try_from(end - next).unwrap_or(0));
        self.unfinished.range(..end).count() + unread
    }

    /// What to commit, if that is not what was committed last.
    pub(super) fn to_commit(&self) -> Option<i64> {
        self.place().filter(|place| self.committed != Some(*place))
    }

    /// `offset` was committed.
    pub(super) fn committed(&mut self, offset: i64) {
        self.committed = Some(offset);
    }
}

#[cfg(test)]
mod tests {
    use std::ops::Range;

    use proptest::prelude::*;

    use super::*;

    fn taken(range: Range<i64>) -> (Offsets, Vec<Ticket>) {
        let mut offsets = Offsets::new(1);
        let tickets = range.map(|offset| offsets.take(offset)).collect();
        (offsets, tickets)
    }

    #[test]
    fn nothing_is_committed_before_something_was_taken() {
        assert_eq!(Offsets::new(1).to_commit(), None);
    }

    #[test]
    fn a_message_under_way_holds_back_what_is_finished_behind_it() {
        let (mut offsets, tickets) = taken(5..8);
        offsets.finish(tickets[1]);
        offsets.finish(tickets[2]);
        assert_eq!(offsets.to_commit(), Some(5));
        offsets.finish(tickets[0]);
        assert_eq!(offsets.to_commit(), Some(8));
    }

    #[test]
    fn what_was_committed_is_not_committed_again() {
        let (mut offsets, tickets) = taken(0..1);
        offsets.finish(tickets[0]);
        offsets.committed(1);
        assert_eq!(offsets.to_commit(), None);
    }

    #[test]
    fn what_is_left_before_an_offset_is_what_is_unfinished_or_unread() {
        let (mut offsets, tickets) = taken(5..8);
        assert_eq!(offsets.left(7), 2);
        offsets.finish(tickets[1]);
        assert_eq!((offsets.left(7), offsets.left(8), offsets.left(10)), (1, 2, 4));
    }

    #[test]
    fn a_ticket_of_another_run_finishes_nothing() {
        let (_, old) = taken(0..1);
        let mut offsets = Offsets::new(2);
        offsets.take(0);
        offsets.finish(old[0]);
        assert_eq!(offsets.place(), Some(0));
    }

    proptest! {
        #[test]
        fn no_unfinished_message_is_ever_passed_and_all_finished_ones_are_in_the_end(
            gaps in prop::collection::vec(1_i64..4, 1..40),
            order in prop::collection::vec(any::<prop::sample::Index>(), 200),
        ) {
            let mut offsets = Offsets::new(1);
            let mut ahead = gaps.iter().scan(0, |offset, gap| { *offset += gap; Some(*offset) }).peekable();
            let mut open: Vec<Ticket> = Vec::new();
            let mut last = 0;
            for pick in order {
                if open.is_empty() || pick.index(2) == 0 {
                    let Some(offset) = ahead.next() else { continue };
                    last = offset;
                    open.push(offsets.take(offset));
                } else {
                    let ticket = open.swap_remove(pick.index(open.len()));
                    offsets.finish(ticket);
                }
                let expected = open.iter().map(|ticket| ticket.offset).min().unwrap_or(last + 1);
                prop_assert_eq!(offsets.place(), Some(expected));
            }
        }
    }
}
