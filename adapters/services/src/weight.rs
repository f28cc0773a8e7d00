//! Voting weights in answers.

use acta_domain::VotingWeight;
use serde::Deserialize;

use crate::neighbour::Unfit;

/// What a vote counts, as a text (`"1.5"`) or a number (`1.5`).
#[derive(Deserialize)]
#[serde(untagged)]
pub(crate) enum Weight {
    Text(String),
    Number(serde_json::Number),
}

impl TryFrom<Weight> for VotingWeight {
    type Error = Unfit;

    fn try_from(weight: Weight) -> Result<Self, Unfit> {
        let text = match weight {
            Weight::Text(text) => text,
            Weight::Number(number) => number.to_string(),
        };
        Self::parse(&text).map_err(|_| Unfit("a voting weight is none"))
    }
}
