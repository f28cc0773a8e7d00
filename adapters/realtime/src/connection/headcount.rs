//! How many connections there are, and how many of one person.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use acta_application::access::Principal;
use acta_application::log::Actor;
use acta_domain::TenantId;
use metrics::Gauge;

use crate::parts::RealtimeOptions;
use crate::refusal::{Refusal, RoomProblem};

/// Whose connections are counted together.
type Whose = (TenantId, Actor);

/// Counts the connections of this instance.
#[derive(Debug)]
pub(crate) struct Headcount {
    counts: Mutex<Counts>,
    most: u32,
    most_of_one: u32,
    people: Gauge,
}

#[derive(Debug, Default)]
struct Counts {
    all: u32,
    of: HashMap<Whose, u32>,
}

/// A connection that counts until this is dropped.
#[derive(Debug)]
pub(super) struct Ticket {
    headcount: Arc<Headcount>,
    whose: Option<Whose>,
}

impl Headcount {
    /// Nobody is connected. `people` shows how many there are.
    pub(crate) fn new(options: &RealtimeOptions, people: Gauge) -> Arc<Self> {
        let (most, most_of_one) = (options.connections.get(), options.connections_of_one.get());
        Arc::new(Self { counts: Mutex::default(), most, most_of_one, people })
    }

    /// Counts a connection of somebody who is not known yet.
    pub(super) fn count(self: &Arc<Self>) -> Result<Ticket, Refusal> {
        let mut counts = self.counts();
        if counts.all >= self.most {
            let detail = "this instance has as many connections as it takes";
            return Err(Refusal::after(RoomProblem::TooManyRequests, detail, 5));
        }
        counts.all += 1;
        Ok(Ticket { headcount: Arc::clone(self), whose: None })
    }

    fn counts(&self) -> MutexGuard<'_, Counts> {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn show(&self, counts: &Counts) {
        self.people.set(f64::from(u32::try_from(counts.of.len()).unwrap_or(u32::MAX)));
    }
}

impl Ticket {
    /// Now it is known whose it is.
    pub(super) fn belongs_to(&mut self, principal: &Principal) -> Result<(), Refusal> {
        let mut counts = self.headcount.counts();
        let whose = (principal.tenant, principal.actor.clone());
        let of_one = counts.of.entry(whose.clone()).or_default();
        if *of_one >= self.headcount.most_of_one {
            let detail = format!("one person or service has at most {of_one} connections");
            return Err(Refusal::after(RoomProblem::TooManyRequests, detail, 5));
        }
        *of_one += 1;
        self.whose = Some(whose);
        self.headcount.show(&counts);
        Ok(())
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        let mut counts = self.headcount.counts();
        counts.all -= 1;
        let Some(whose) = self.whose.take() else { return };
        if let Entry::Occupied(mut of_one) = counts.of.entry(whose) {
            *of_one.get_mut() -= 1;
            if *of_one.get() == 0 {
                of_one.remove();
            }
        }
        self.headcount.show(&counts);
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::num::NonZeroU32;

    use acta_domain::PersonId;
    use uuid::Uuid;

    use super::*;

    fn headcount(most: u32, most_of_one: u32) -> Arc<Headcount> {
        let number = |number| NonZeroU32::new(number).unwrap();
        let (connections_of_one, connections) = (number(most_of_one), number(most));
        Headcount::new(
            &RealtimeOptions { connections_of_one, connections, ..RealtimeOptions::default() },
            Gauge::noop(),
        )
    }

    fn person(id: u128) -> Principal {
        Principal {
            tenant: TenantId::new(Uuid::from_u128(1)),
            actor: Actor::Person(PersonId::new(Uuid::from_u128(id))),
            permissions: BTreeSet::new(),
        }
    }

    #[test]
    fn an_instance_takes_so_many_connections_and_again_when_one_is_gone() {
        let headcount = headcount(2, 2);
        let (first, _second) = (headcount.count().unwrap(), headcount.count().unwrap());
        assert_eq!(headcount.count().unwrap_err().status, 429);
        drop(first);
        headcount.count().unwrap();
    }

    #[test]
    fn one_person_has_so_many_connections_and_others_theirs() {
        let headcount = headcount(10, 1);
        let mut first = headcount.count().unwrap();
        first.belongs_to(&person(7)).unwrap();
        let mut second = headcount.count().unwrap();
        assert_eq!(second.belongs_to(&person(7)).unwrap_err().status, 429);
        second.belongs_to(&person(8)).unwrap();
        drop(first);
        headcount.count().unwrap().belongs_to(&person(7)).unwrap();
    }

    #[test]
    fn nobody_is_remembered_who_is_gone() {
        let headcount = headcount(10, 1);
        headcount.count().unwrap().belongs_to(&person(7)).unwrap();
        assert!(headcount.counts().of.is_empty());
        assert_eq!(headcount.counts().all, 0);
    }
}
