//! When a session is planned.

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize};

use super::{InvalidValue, Timestamp};

/// When a session is planned to start and, when that is known, to end. It ends after it starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Plan", into = "Plan")]
pub struct Schedule {
    starts_at: Timestamp,
    ends_at: Option<Timestamp>,
}

impl Schedule {
    /// Takes a start and perhaps an end.
    ///
    /// # Errors
    ///
    /// [`InvalidValue::EndsBeforeStart`] unless the end is later than the start.
    pub fn new(starts_at: Timestamp, ends_at: Option<Timestamp>) -> Result<Self, InvalidValue> {
        if ends_at.is_some_and(|ends_at| ends_at <= starts_at) {
            return Err(InvalidValue::EndsBeforeStart);
        }
        Ok(Self { starts_at, ends_at })
    }

    /// The planned start.
    pub const fn starts_at(&self) -> Timestamp {
        self.starts_at
    }

    /// The planned end, when there is one.
    pub const fn ends_at(&self) -> Option<Timestamp> {
        self.ends_at
    }
}

/// When the session is planned.
#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Plan {
    /// The planned start.
    starts_at: Timestamp,
    /// The planned end, later than the start.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Timestamp")]
    ends_at: Option<Timestamp>,
}

/// A moment that is there; one that is not known is left out, never null.
fn given<'de, D: Deserializer<'de>>(reader: D) -> Result<Option<Timestamp>, D::Error> {
    Timestamp::deserialize(reader).map(Some)
}

impl TryFrom<Plan> for Schedule {
    type Error = InvalidValue;

    fn try_from(plan: Plan) -> Result<Self, Self::Error> {
        Self::new(plan.starts_at, plan.ends_at)
    }
}

impl From<Schedule> for Plan {
    fn from(schedule: Schedule) -> Self {
        Self { starts_at: schedule.starts_at, ends_at: schedule.ends_at }
    }
}

impl JsonSchema for Schedule {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Schedule".into()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        Plan::json_schema(generator)
    }
}
