//! How long people and groups have spoken, and how long they may.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::ids::PersonId;
use crate::values::{GroupName, InvalidValue, TimeBudget, TimeLimit, text_value};

/// Whose speaking time is counted. Text: `person:<uuid>` or `group:<name>`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum TimeAccount {
    /// That of one person.
    Person(PersonId),
    /// That of a group, together.
    Group(GroupName),
}

impl TimeAccount {
    /// Reads `person:<uuid>` or `group:<name>`.
    ///
    /// # Errors
    ///
    /// [`InvalidValue::NotATimeAccount`] for anything else.
    pub fn parse(text: &str) -> Result<Self, InvalidValue> {
        let account = match text.split_once(':') {
            Some(("person", id)) => PersonId::parse(id).ok().map(Self::Person),
            Some(("group", name)) => GroupName::parse(name).ok().map(Self::Group),
            _ => None,
        };
        account.ok_or(InvalidValue::NotATimeAccount)
    }

    /// The person, if it is theirs alone.
    pub const fn person_id(&self) -> Option<PersonId> {
        match self {
            Self::Person(person_id) => Some(*person_id),
            Self::Group(_) => None,
        }
    }
}

impl fmt::Display for TimeAccount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Person(person_id) => write!(f, "person:{person_id}"),
            Self::Group(group) => write!(f, "group:{group}"),
        }
    }
}

text_value!(TimeAccount, {
    "type": "string",
    "pattern": "^(person:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|group:[a-z0-9-]{1,64})$",
});

/// The time accounts of a floor. Only turns that are over count; a turn counts for the person, and for the group that
/// the person is in when it ends.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Accounts {
    groups: BTreeMap<PersonId, GroupName>,
    limits: BTreeMap<TimeAccount, TimeBudget>,
    spent_ms: BTreeMap<TimeAccount, u64>,
}

impl Accounts {
    pub(super) fn assign(&mut self, person_id: PersonId, group: Option<GroupName>) {
        match group {
            Some(group) => self.groups.insert(person_id, group),
            None => self.groups.remove(&person_id),
        };
    }

    pub(super) fn set(&mut self, account: TimeAccount, limit: Option<TimeBudget>) {
        match limit {
            Some(limit) => self.limits.insert(account, limit),
            None => self.limits.remove(&account),
        };
    }

    /// Counts a turn of `person_id` that is over.
    pub(super) fn spend(&mut self, person_id: PersonId, spoke_ms: u64) {
        for account in self.of(person_id) {
            let spent = self.spent_ms.entry(account).or_default();
            *spent = spent.saturating_add(spoke_ms);
        }
    }

    /// What was spent from an account, in milliseconds.
    pub(super) fn spent_ms(&self, account: &TimeAccount) -> u64 {
        self.spent_ms.get(account).copied().unwrap_or(0)
    }

    /// What the person's group has spent; without a group, what the person has. In milliseconds.
    pub(super) fn side_spent_ms(&self, person_id: PersonId) -> u64 {
        let side = self.group_account(person_id).unwrap_or(TimeAccount::Person(person_id));
        self.spent_ms(&side)
    }

    /// The first account of the person that is used up.
    pub(super) fn exhausted(&self, person_id: PersonId) -> Option<TimeAccount> {
        self.of(person_id).find(|account| self.left_ms(account) == Some(0))
    }

    /// The longest turn that the person's accounts allow, in whole seconds and at least one; [`None`] when none of them has a
    /// limit.
    pub(super) fn allowance(&self, person_id: PersonId) -> Option<TimeLimit> {
        let left_ms = self.of(person_id).filter_map(|account| self.left_ms(&account)).min()?;
        let longest = u64::from(TimeLimit::MAX.get());
        Some(TimeLimit::new((left_ms / 1_000).clamp(1, longest)).expect("it was brought into the range"))
    }

    /// What is left of an account that has a limit, in milliseconds.
    fn left_ms(&self, account: &TimeAccount) -> Option<u64> {
        let limit_ms = u64::from(self.limits.get(account)?.get()) * 1_000;
        Some(limit_ms.saturating_sub(self.spent_ms(account)))
    }

    fn of(&self, person_id: PersonId) -> impl Iterator<Item = TimeAccount> + use<> {
        [Some(TimeAccount::Person(person_id)), self.group_account(person_id)].into_iter().flatten()
    }

    fn group_account(&self, person_id: PersonId) -> Option<TimeAccount> {
        self.groups.get(&person_id).cloned().map(TimeAccount::Group)
    }
}
