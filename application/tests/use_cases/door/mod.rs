//! The ways in: each with what it shows, beside services that answer as they are told.

mod biometric;
mod codes;
mod counted;
mod eligibility;
mod tokens;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use acta_application::attendance::{Contact, RegisterAttendee};
use acta_application::log::RecordedEvent;
use acta_application::neighbours::{
    Asking, BiometricSample, CodeDelivery, CodeMessage, EvidenceVerdict, Identified, IdentityAttempt,
    IdentityService, Neighbour, NeighbourError, Neighbours, Profiles,
};
use acta_domain::{AttendanceMethod, EligiblePerson, PersonId, SessionId, VotingWeight};
use async_trait::async_trait;

use crate::room::{Room, person, tenant};

/// What stands in for the services: each answers as it was told last, and remembers what it was asked.
#[derive(Default)]
struct Around {
    identity: Arc<Identity>,
    profiles: Arc<Listed>,
    post: Arc<Post>,
}

impl Around {
    /// All of them.
    fn all(&self) -> Neighbours {
        Neighbours { profiles: Some(self.profiles.clone()), ..self.without_profiles() }
    }

    fn without_profiles(&self) -> Neighbours {
        Neighbours {
            identity: Some(self.identity.clone()),
            codes: Some(self.post.clone()),
            ..Neighbours::default()
        }
    }
}

/// The service `neighbour` does not answer.
fn away(neighbour: Neighbour) -> NeighbourError {
    NeighbourError::TimedOut { neighbour, after: Duration::from_secs(5) }
}

/// Says of all evidence what it was told to say.
struct Identity {
    verdict: Mutex<Result<EvidenceVerdict, NeighbourError>>,
    asked: Mutex<Vec<(String, IdentityAttempt)>>,
}

impl Default for Identity {
    fn default() -> Self {
        Self { verdict: Mutex::new(Err(away(Neighbour::Identity))), asked: Mutex::default() }
    }
}

impl Identity {
    fn says(&self, verdict: EvidenceVerdict) {
        *self.verdict.lock().unwrap() = Ok(verdict);
    }

    fn knows(&self, number: u128) {
        self.says(EvidenceVerdict::Valid(Identified { person: person(number), voting_weight: None }));
    }

    fn goes_away(&self) {
        *self.verdict.lock().unwrap() = Err(away(Neighbour::Identity));
    }

    fn asked(&self) -> usize {
        self.asked.lock().unwrap().len()
    }

    fn answer(
        &self,
        asking: &Asking,
        attempt: IdentityAttempt,
        shown: &str,
    ) -> Result<EvidenceVerdict, NeighbourError> {
        assert_eq!(asking.tenant, tenant());
        self.asked.lock().unwrap().push((shown.to_owned(), attempt));
        self.verdict.lock().unwrap().clone()
    }
}

#[async_trait]
impl IdentityService for Identity {
    async fn validate_token(
        &self,
        asking: &Asking,
        attempt: IdentityAttempt,
        token: &str,
    ) -> Result<EvidenceVerdict, NeighbourError> {
        self.answer(asking, attempt, token)
    }

    async fn validate_biometric(
        &self,
        asking: &Asking,
        attempt: IdentityAttempt,
        sample: &BiometricSample,
    ) -> Result<EvidenceVerdict, NeighbourError> {
        self.answer(asking, attempt, sample.reveal())
    }

    async fn validate_code(
        &self,
        asking: &Asking,
        attempt: IdentityAttempt,
        _method: AttendanceMethod,
        code: &str,
    ) -> Result<EvidenceVerdict, NeighbourError> {
        self.answer(asking, attempt, code)
    }
}

/// Knows who may attend; nobody, until it is told.
#[derive(Default)]
struct Listed {
    people: Mutex<BTreeMap<PersonId, Option<VotingWeight>>>,
    away: Mutex<bool>,
}

impl Listed {
    fn add(&self, number: u128, weight: Option<VotingWeight>) {
        self.people.lock().unwrap().insert(person(number), weight);
    }

    fn goes_away(&self) {
        *self.away.lock().unwrap() = true;
    }
}

#[async_trait]
impl Profiles for Listed {
    async fn eligible(
        &self,
        _asking: &Asking,
        person_id: PersonId,
    ) -> Result<Option<EligiblePerson>, NeighbourError> {
        if *self.away.lock().unwrap() {
            return Err(away(Neighbour::Profiles));
        }
        let people = self.people.lock().unwrap();
        Ok(people.get(&person_id).map(|weight| EligiblePerson { person_id, voting_weight: *weight }))
    }
}

/// Brings codes, and keeps what it brought.
#[derive(Default)]
struct Post {
    brought: Mutex<Vec<CodeMessage>>,
    away: Mutex<bool>,
    no_sms: Mutex<bool>,
}

impl Post {
    fn set_away(&self, away: bool) {
        *self.away.lock().unwrap() = away;
    }

    /// The code of the last message.
    fn last_code(&self) -> String {
        self.brought.lock().unwrap().last().unwrap().code.to_string()
    }

    fn brought(&self) -> usize {
        self.brought.lock().unwrap().len()
    }
}

#[async_trait]
impl CodeDelivery for Post {
    fn can_bring(&self, method: AttendanceMethod) -> Result<(), NeighbourError> {
        let cannot = method == AttendanceMethod::Sms && *self.no_sms.lock().unwrap();
        if cannot { Err(NeighbourError::of_none(Neighbour::Notifications)) } else { Ok(()) }
    }

    async fn deliver(&self, _asking: &Asking, message: &CodeMessage) -> Result<(), NeighbourError> {
        if *self.away.lock().unwrap() {
            return Err(away(Neighbour::Notifications));
        }
        let CodeMessage { method, to, code, session, title, expires_at, id } = message;
        self.brought.lock().unwrap().push(CodeMessage {
            method: *method,
            to: to.clone(),
            code: code.clone(),
            session: *session,
            title: title.clone(),
            expires_at: *expires_at,
            id: *id,
        });
        Ok(())
    }
}

fn by_hand(number: u128) -> RegisterAttendee {
    RegisterAttendee {
        person_id: person(number),
        voting_weight: None,
        contact: Contact::default(),
        location: None,
        override_reason: None,
    }
}

/// A field of an event's personal part.
async fn opened(room: &Room, session: SessionId, event: &RecordedEvent, field: &str) -> Option<String> {
    let part = room.persons.open(tenant(), session, event.sealed.as_ref()?).await.unwrap()?;
    part.get(field).map(str::to_owned)
}
