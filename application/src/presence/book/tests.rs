use std::collections::HashMap;

use acta_domain::Timestamp;
use proptest::prelude::*;

use super::super::contract::{person, session, tenant};
use super::*;

/// What can happen to a book and to the board that it tells.
#[derive(Debug, Clone)]
enum Happens {
    Enter(u8),
    Leave(u8),
    /// So many places are taken to be told.
    Take(u8),
    /// The board takes what it is being told; it may do so also if nobody learns of it.
    Arrives,
    /// The teller learns that the board has taken it.
    Heard,
    /// The teller learns nothing.
    NotHeard,
    /// The board forgets everything.
    Forgets,
}

fn happens() -> impl Strategy<Value = Happens> {
    prop_oneof![
        4 => (0..6_u8).prop_map(Happens::Enter),
        4 => (0..6_u8).prop_map(Happens::Leave),
        3 => (1..5_u8).prop_map(Happens::Take),
        2 => Just(Happens::Arrives),
        3 => Just(Happens::Heard),
        1 => Just(Happens::NotHeard),
        1 => Just(Happens::Forgets),
    ]
}

fn place(number: u8) -> Place {
    Place { tenant: tenant(1), session: session(1), actor: person(u128::from(number)) }
}

fn at(second: usize) -> Timestamp {
    crate::log::contract::moment(i64::try_from(second).expect("it is small"))
}

type Standings = HashMap<Place, (u32, Timestamp)>;

/// A book, the board that it tells, and what is so.
#[derive(Default)]
struct World {
    book: Book,
    under_way: Option<Batch>,
    has_arrived: bool,
    board: Standings,
    truth: Standings,
}

impl World {
    fn goes_on(&mut self, event: &Happens, second: usize) {
        match event {
            Happens::Enter(number) => {
                self.book.enter(&place(*number), at(second));
                self.truth.entry(place(*number)).or_insert((0, at(second))).0 += 1;
            }
            Happens::Leave(number) => self.leaves(&place(*number)),
            Happens::Take(most) if self.under_way.is_none() => {
                self.under_way = Some(self.book.take(usize::from(*most)));
                self.has_arrived = false;
            }
            Happens::Take(_) => {}
            Happens::Arrives => self.arrives(),
            Happens::Heard => self.is_heard(),
            Happens::NotHeard => {
                if let Some(batch) = self.under_way.take() {
                    self.book.not_heard(batch);
                }
            }
            Happens::Forgets => {
                self.board.clear();
                self.book.forgotten();
            }
        }
    }

    fn leaves(&mut self, place: &Place) {
        let Some(standing) = self.truth.get_mut(place) else { return };
        standing.0 -= 1;
        if standing.0 == 0 {
            self.truth.remove(place);
        }
        self.book.leave(place, at(0));
    }

    fn arrives(&mut self) {
        let Some(batch) = &self.under_way else { return };
        if std::mem::replace(&mut self.has_arrived, true) {
            return;
        }
        for Told { place, connections, since } in batch.told.clone() {
            if connections == 0 {
                self.board.remove(&place);
            } else {
                self.board.insert(place, (connections, since));
            }
        }
    }

    fn is_heard(&mut self) {
        self.arrives();
        if let Some(batch) = self.under_way.take() {
            self.book.heard(batch);
        }
    }

    /// Tells all that is still to be told.
    fn is_settled(&mut self) {
        self.is_heard();
        while !self.book.is_told() {
            self.under_way = Some(self.book.take(3));
            self.has_arrived = false;
            self.is_heard();
        }
    }
}

proptest! {
    #[test]
    fn whatever_happens_the_board_has_what_is_so_in_the_end(all in prop::collection::vec(happens(), 0..120)) {
        let mut world = World::default();
        for (second, event) in all.iter().enumerate() {
            world.goes_on(event, second);
            prop_assert!(world.book.untold.len() <= world.book.places.len());
        }
        world.is_settled();
        prop_assert_eq!(&world.board, &world.truth);
        prop_assert_eq!(world.book.places.len(), world.truth.len(), "empty places are forgotten");
    }
}

#[test]
fn what_did_not_change_in_the_end_is_not_told() {
    let mut book = Book::default();
    book.enter(&place(1), at(0));
    let batch = book.take(10);
    assert_eq!(batch.told.len(), 1);
    book.heard(batch);
    book.enter(&place(1), at(1));
    book.leave(&place(1), at(4));
    book.enter(&place(2), at(2));
    book.leave(&place(2), at(4));
    assert!(book.take(10).told.is_empty());
    assert!(book.is_told());
    assert_eq!(book.places.len(), 1);
}

#[test]
fn somebody_who_comes_back_after_their_last_connection_is_there_since_then() {
    let mut book = Book::default();
    book.enter(&place(1), at(0));
    book.enter(&place(1), at(1));
    let batch = book.take(10);
    assert_eq!((batch.told[0].connections, batch.told[0].since), (2, at(0)));
    book.heard(batch);
    book.leave(&place(1), at(4));
    book.leave(&place(1), at(4));
    book.enter(&place(1), at(5));
    let batch = book.take(10);
    assert_eq!((batch.told[0].connections, batch.told[0].since), (1, at(5)));
}

#[test]
fn no_more_than_asked_for_are_taken_and_the_rest_comes_next() {
    let mut book = Book::default();
    for number in 0..5 {
        book.enter(&place(number), at(0));
    }
    let mut sizes = Vec::new();
    while !book.is_told() {
        let batch = book.take(2);
        sizes.push(batch.told.len());
        book.heard(batch);
    }
    assert_eq!(sizes, [2, 2, 1]);
}

#[test]
fn only_the_first_connection_comes_and_only_the_last_one_goes() {
    let mut book = Book::default();
    assert_eq!(book.enter(&place(1), at(1)), Some(at(1)));
    assert_eq!(book.enter(&place(1), at(2)), None);
    assert_eq!(book.leave(&place(1), at(3)), None);
    assert_eq!(book.leave(&place(1), at(4)), Some(at(4)));
    assert_eq!(book.enter(&place(1), at(5)), Some(at(5)));
}

#[test]
fn nobody_goes_before_they_came_whatever_the_clock_says() {
    let mut book = Book::default();
    assert_eq!(book.enter(&place(1), at(10)), Some(at(10)));
    assert_eq!(book.leave(&place(1), at(8)), Some(at(10).plus_micros(1)));
    assert_eq!(book.enter(&place(1), at(9)), Some(at(10).plus_micros(2)));
}
