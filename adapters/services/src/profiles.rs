//! The user profiles service: who may attend.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use acta_application::clock::Randomness;
use acta_application::neighbours::{Asking, Neighbour, NeighbourError, Profiles};
use acta_domain::{EligiblePerson, PersonId, VotingWeight};
use async_trait::async_trait;
use serde::Deserialize;

use crate::neighbour::{Answer, Client, Expected, Keeping, Kept, NeighbourOptions, SetupError, Unfit};
use crate::weight::Weight;

const FRESH_FOR: Duration = Duration::from_mins(1);
/// The lists of all tenants together: at 40 bytes a person, 40 MB.
const PEOPLE: u64 = 1_000_000;
/// One list, in bytes.
const LARGEST: usize = 16 * 1_024 * 1_024;

/// Who may attend, and what their vote counts.
type Roll = Arc<HashMap<PersonId, Option<VotingWeight>>>;

const ROLL: Expected<Roll> = Expected { understood: &[], largest: LARGEST, read: roll };

/// The user profiles service by HTTP.
pub(crate) struct HttpProfiles {
    client: Arc<Client>,
    rolls: Kept<Roll>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum List {
    Bare(Vec<User>),
    Named { users: Vec<User> },
}

#[derive(Deserialize)]
struct User {
    #[serde(alias = "userId", alias = "id")]
    user_id: PersonId,
    #[serde(alias = "votingWeight")]
    voting_weight: Option<Weight>,
}

impl HttpProfiles {
    pub(crate) fn new(
        url: &str,
        options: &NeighbourOptions,
        randomness: Arc<dyn Randomness>,
    ) -> Result<Self, SetupError> {
        let client = Client::new(Neighbour::Profiles, url, options, randomness)?;
        let keeping = Keeping {
            neighbour: Neighbour::Profiles,
            name: "eligible",
            fresh_for: options.freshness(FRESH_FOR),
            good_for: None,
            away: None,
            capacity: PEOPLE,
            weight: |roll: &Roll| u32::try_from(roll.len()).unwrap_or(u32::MAX).saturating_add(1),
        };
        Ok(Self { client: Arc::new(client), rolls: Kept::new(&keeping) })
    }

    pub(crate) fn client(&self) -> &Client {
        &self.client
    }

    async fn roll(&self, asking: &Asking) -> Result<Roll, NeighbourError> {
        let (client, asking) = (Arc::clone(&self.client), asking.clone());
        let tenant = asking.tenant;
        let ask = async move {
            let path = ["api", "v1", "users", "eligible", &tenant.to_string()];
            client.get(&asking, &path, ROLL).await
        };
        self.rolls.get(tenant, ask).await
    }
}

#[async_trait]
impl Profiles for HttpProfiles {
    async fn eligible(
        &self,
        asking: &Asking,
        person: PersonId,
    ) -> Result<Option<EligiblePerson>, NeighbourError> {
        let roll = self.roll(asking).await?;
        let person =
            roll.get(&person).map(|weight| EligiblePerson { person_id: person, voting_weight: *weight });
        Ok(person)
    }
}

fn roll(answer: &Answer) -> Result<Roll, Unfit> {
    let users = match answer.json()? {
        List::Bare(users) | List::Named { users } => users,
    };
    let people = users.into_iter().map(|user| {
        let weight = user.voting_weight.map(VotingWeight::try_from).transpose()?;
        Ok((user.user_id, weight))
    });
    people.collect::<Result<_, Unfit>>().map(Arc::new)
}
