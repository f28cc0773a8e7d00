//! The list of those who may attend.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::{AttendanceError, AttendanceEvent, Eligibility, EligiblePerson};
use crate::ids::{PersonId, RollId};
use crate::values::{Timestamp, VotingWeight};

/// Most people in one part of a list: an event of this many stays below 256 KiB.
pub const MOST_IN_PART: usize = 2_500;
/// Most parts of a list: they are appended together.
const MOST_PARTS: usize = 60;

/// The list in force, and the one that is coming in.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Roll {
    in_force: Option<People>,
    arriving: Option<Arriving>,
}

type People = BTreeMap<PersonId, Option<VotingWeight>>;

/// A list of which not all parts are there yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Arriving {
    roll_id: RollId,
    next: u32,
    parts: u32,
    people: People,
}

impl Roll {
    pub(super) const fn is_in_force(&self) -> bool {
        self.in_force.is_some()
    }

    /// What the list says of somebody; [`None`] where no list is in force.
    pub(super) fn eligibility(&self, person_id: PersonId) -> Option<Eligibility> {
        let listed = self.in_force.as_ref()?.get(&person_id);
        Some(listed.map_or(Eligibility::NotEligible, |weight| Eligibility::Eligible(*weight)))
    }

    /// Takes a part. A part that does not follow the one before ends the list that was coming in: half a list is none.
    pub(super) fn take(&mut self, roll_id: RollId, part: u32, parts: u32, people: Vec<EligiblePerson>) {
        if part == 1 {
            self.arriving = Some(Arriving { roll_id, next: 1, parts, people: People::new() });
        }
        let fits = |list: &Arriving| (list.roll_id, list.next, list.parts) == (roll_id, part, parts);
        let Some(mut list) = self.arriving.take().filter(fits) else { return };
        list.people.extend(people.into_iter().map(|one| (one.person_id, one.voting_weight)));
        if part >= parts {
            self.in_force = Some(list.people);
        } else {
            list.next += 1;
            self.arriving = Some(list);
        }
    }
}

/// The events that make `people` the list.
pub(super) fn imported(
    roll_id: RollId,
    people: &[EligiblePerson],
    at: Timestamp,
) -> Result<Vec<AttendanceEvent>, AttendanceError> {
    must_be_a_list(people)?;
    let chunks = people.chunks(MOST_IN_PART);
    let parts = u32::try_from(chunks.len()).expect("a list has few parts");
    let part = |(part, people): (u32, &[EligiblePerson])| AttendanceEvent::EligibilityImported {
        roll_id,
        part,
        parts,
        people: people.to_vec(),
        at,
    };
    Ok((1..).zip(chunks).map(part).collect())
}

fn must_be_a_list(people: &[EligiblePerson]) -> Result<(), AttendanceError> {
    const MOST: usize = MOST_IN_PART * MOST_PARTS;
    if people.is_empty() {
        return Err(AttendanceError::NobodyListed);
    }
    if people.len() > MOST {
        return Err(AttendanceError::TooManyListed { most: MOST });
    }
    let mut seen = BTreeSet::new();
    match people.iter().find(|one| !seen.insert(one.person_id)) {
        Some(EligiblePerson { person_id, .. }) => Err(AttendanceError::ListedTwice { person_id: *person_id }),
        None => Ok(()),
    }
}
