//! Proof files: the public proof, and the dossier for those with the right.

use acta_domain::{Session, SessionId, TenantId, event_type_info};
use acta_proof::file::{Draft, Opening, ProofKind, build};
use acta_proof::sealed::PersonKey;
use cqrs_es::Aggregate as _;

use super::{Evidence, EvidenceError, IssuedHead, tree};
use crate::log::{RecordedEvent, Sequence, SessionIndex, StreamId};
use crate::persons::KeyState;

const PAGE: usize = 1_000;

/// A proof file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProofBytes {
    /// The file.
    pub bytes: Vec<u8>,
    /// How many events its head covers.
    pub size: u64,
}

impl Evidence {
    /// The public proof of a session: the head, all entries, and the events that concern everybody opened. It holds
    /// no names, words or contact data, not even sealed; who started and ended the session stands there by opaque id.
    ///
    /// # Errors
    /// See [`EvidenceError`].
    pub async fn audit_proof(&self, session: SessionId) -> Result<ProofBytes, EvidenceError> {
        let tenant = self.tenant_of(session).await?;
        let head = self.head(tenant, session).await?;
        let openings = self.public_events(tenant, session, head.size).await?;
        self.file(tenant, session, ProofKind::Public, head, openings, Vec::new()).await
    }

    /// The dossier of a session: every event opened, with the keys of all persons who were not erased.
    ///
    /// # Errors
    /// See [`EvidenceError`].
    pub async fn dossier(&self, tenant: TenantId, session: SessionId) -> Result<ProofBytes, EvidenceError> {
        let head = self.head(tenant, session).await?;
        let openings = self.all_events(tenant, session, head.size).await?;
        let keys = self.ports.persons.keys().of_session(tenant, session).await?;
        let keys = keys.into_iter().filter_map(|(subject, state)| match state {
            KeyState::Present(key) => Some((subject.to_string(), PersonKey::new(*key.expose()))),
            KeyState::Absent | KeyState::Erased { .. } => None,
        });
        let keys = keys.collect();
        self.file(tenant, session, ProofKind::Dossier, head, openings, keys).await
    }

    async fn file(
        &self,
        tenant: TenantId,
        session: SessionId,
        kind: ProofKind,
        head: IssuedHead,
        openings: Vec<Opening>,
        person_keys: Vec<(String, PersonKey)>,
    ) -> Result<ProofBytes, EvidenceError> {
        let entries = tree::commitments(&*self.ports.log, tenant, session, head.size).await?;
        let draft =
            Draft { kind, head: head.signed, entries, openings, person_keys, issued_at: self.now_seconds() };
        let bytes = build(&*self.ports.signer, draft)?.encode();
        Ok(ProofBytes { bytes, size: head.size })
    }

    /// The events that anybody may read: all of them are in the session's own stream.
    async fn public_events(
        &self,
        tenant: TenantId,
        session: SessionId,
        size: u64,
    ) -> Result<Vec<Opening>, EvidenceError> {
        let stream = StreamId::of_session(Session::TYPE, session);
        let (mut openings, mut after) = (Vec::new(), Sequence::default());
        loop {
            let page = self.ports.log.stream(tenant, &stream, after, PAGE).await?;
            after = page.last().map_or(after, |event| event.sequence);
            // What was appended after the head is for the next file.
            let covered = page.iter().filter(|event| event.session_index.get() < size);
            openings.extend(covered.filter(|event| is_public(event)).map(opening));
            if page.len() < PAGE {
                return Ok(openings);
            }
        }
    }

    async fn all_events(
        &self,
        tenant: TenantId,
        session: SessionId,
        size: u64,
    ) -> Result<Vec<Opening>, EvidenceError> {
        let mut openings = Vec::new();
        while (openings.len() as u64) < size {
            let from = SessionIndex::new(openings.len() as u64);
            let missing = usize::try_from(size - from.get()).unwrap_or(PAGE).min(PAGE);
            let page = self.ports.log.session(tenant, session, from, missing).await?;
            if page.is_empty() {
                break;
            }
            openings.extend(page.iter().map(opening));
        }
        Ok(openings)
    }
}

fn is_public(event: &RecordedEvent) -> bool {
    event_type_info(&event.event_type).is_some_and(|info| info.public)
}

fn opening(event: &RecordedEvent) -> Opening {
    Opening { index: event.session_index.get(), salt: event.salt, event: event.statement().encode() }
}
