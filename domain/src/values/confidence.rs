//! How sure a recogniser is.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};

use super::InvalidValue;

/// How sure the source of a chunk is of its words: a finite number from 0 (a guess) to 1 (certain).
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(try_from = "f64", into = "f64")]
pub struct Confidence(f64);

impl Confidence {
    /// Takes a number that is in the range.
    ///
    /// # Errors
    ///
    /// [`InvalidValue::NotAConfidence`] when it is not finite or outside of 0 to 1.
    pub fn new(number: f64) -> Result<Self, InvalidValue> {
        if !(0.0..=1.0).contains(&number) {
            return Err(InvalidValue::NotAConfidence);
        }
        // Minus zero becomes zero, so that equal values have one text.
        Ok(Self(number + 0.0))
    }

    /// The number.
    pub const fn get(self) -> f64 {
        self.0
    }
}

impl TryFrom<f64> for Confidence {
    type Error = InvalidValue;

    fn try_from(number: f64) -> Result<Self, Self::Error> {
        Self::new(number)
    }
}

impl From<Confidence> for f64 {
    fn from(value: Confidence) -> Self {
        value.0
    }
}

impl JsonSchema for Confidence {
    fn schema_name() -> Cow<'static, str> {
        "Confidence".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "number", "minimum": 0, "maximum": 1 })
    }
}
