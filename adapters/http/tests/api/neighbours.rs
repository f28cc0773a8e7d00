//! Services beside the one that is tested.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use acta_application::neighbours::{
    Asking, BiometricSample, CodeDelivery, CodeMessage, EvidenceRefusal, EvidenceVerdict, Identified,
    IdentityAttempt, IdentityService, Neighbour, NeighbourError, Neighbours, Profiles,
};
use acta_domain::{AttendanceMethod, EligiblePerson, PersonId};
use async_trait::async_trait;
use uuid::Uuid;

/// Keeps what was sent, for whoever it was sent to.
#[derive(Default)]
pub(crate) struct Postbox {
    sent: Mutex<Vec<(AttendanceMethod, String, String)>>,
    closed: AtomicBool,
}

impl Postbox {
    pub(crate) fn new() -> Arc<Self> {
        Arc::default()
    }

    /// The code that was sent last, with how and where to.
    pub(crate) fn last(&self) -> (AttendanceMethod, String, String) {
        self.sent.lock().unwrap().last().cloned().expect("something was sent")
    }

    pub(crate) fn count(&self) -> usize {
        self.sent.lock().unwrap().len()
    }

    /// Takes nothing more.
    pub(crate) fn close(&self) {
        self.closed.store(true, Ordering::Relaxed);
    }

    pub(crate) fn neighbours(self: &Arc<Self>) -> Neighbours {
        Neighbours { codes: Some(Arc::clone(self) as _), ..Neighbours::default() }
    }
}

#[async_trait]
impl CodeDelivery for Postbox {
    async fn deliver(&self, _: &Asking, message: &CodeMessage) -> Result<(), NeighbourError> {
        if self.closed.load(Ordering::Relaxed) {
            return Err(NeighbourError::Failed { neighbour: Neighbour::Notifications, status: 500 });
        }
        let sent = (message.method, message.to.to_string(), message.code.to_string());
        self.sent.lock().unwrap().push(sent);
        Ok(())
    }
}

/// Knows whose evidence is whose; whatever else it is shown is nobody's.
#[derive(Default)]
pub(crate) struct Papers(HashMap<String, EvidenceVerdict>);

impl Papers {
    /// `evidence` is `person`'s.
    pub(crate) fn of(mut self, evidence: &str, person: Uuid) -> Self {
        let identified = Identified { person: PersonId::new(person), voting_weight: None };
        self.0.insert(evidence.to_owned(), EvidenceVerdict::Valid(identified));
        self
    }

    /// `evidence` is not good any more.
    pub(crate) fn refusing(mut self, evidence: &str, refusal: EvidenceRefusal) -> Self {
        self.0.insert(evidence.to_owned(), EvidenceVerdict::Invalid(refusal));
        self
    }

    pub(crate) fn neighbours(self) -> Neighbours {
        Neighbours { identity: Some(Arc::new(self)), ..Neighbours::default() }
    }

    fn verdict(&self, evidence: &str) -> EvidenceVerdict {
        let unknown = EvidenceVerdict::Invalid(EvidenceRefusal::NotAccepted);
        self.0.get(evidence).copied().unwrap_or(unknown)
    }
}

#[async_trait]
impl IdentityService for Papers {
    async fn validate_token(
        &self,
        _: &Asking,
        _: IdentityAttempt,
        token: &str,
    ) -> Result<EvidenceVerdict, NeighbourError> {
        Ok(self.verdict(token))
    }

    async fn validate_biometric(
        &self,
        _: &Asking,
        _: IdentityAttempt,
        sample: &BiometricSample,
    ) -> Result<EvidenceVerdict, NeighbourError> {
        Ok(self.verdict(sample.reveal()))
    }

    async fn validate_code(
        &self,
        _: &Asking,
        _: IdentityAttempt,
        _: AttendanceMethod,
        code: &str,
    ) -> Result<EvidenceVerdict, NeighbourError> {
        Ok(self.verdict(code))
    }
}

/// Knows who may attend, while it answers at all.
pub(crate) struct Directory {
    people: Vec<Uuid>,
    answers: bool,
}

impl Directory {
    pub(crate) fn of(people: &[Uuid]) -> Self {
        Self { people: people.to_vec(), answers: true }
    }

    pub(crate) fn silent() -> Self {
        Self { people: Vec::new(), answers: false }
    }

    pub(crate) fn neighbours(self) -> Neighbours {
        Neighbours { profiles: Some(Arc::new(self)), ..Neighbours::default() }
    }
}

#[async_trait]
impl Profiles for Directory {
    async fn eligible(&self, _: &Asking, person: PersonId) -> Result<Option<EligiblePerson>, NeighbourError> {
        if !self.answers {
            return Err(NeighbourError::Failed { neighbour: Neighbour::Profiles, status: 500 });
        }
        let known = self.people.contains(&person.as_uuid());
        Ok(known.then_some(EligiblePerson { person_id: person, voting_weight: None }))
    }
}
