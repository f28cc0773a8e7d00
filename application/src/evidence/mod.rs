//! Evidence: signed heads, receipts, the public proof and the dossier, made from what the log holds.

mod archive;
mod error;
mod files;
mod heads;
mod receipts;
mod tree;

use std::num::NonZeroUsize;
use std::sync::Arc;

use acta_domain::{Session, SessionId, TenantId};
use acta_proof::key::{Signer, VerifyingKey};

pub use archive::{HeadArchive, IssuedHead};
pub use error::EvidenceError;
pub use files::ProofBytes;
pub use receipts::Receipt;

use crate::UseCases;
use crate::clock::Clock;
use crate::log::EventLog;
use crate::persons::Persons;
use crate::register::{public_id_of_register, register_of};
use tree::Frontiers;

/// What evidence is made with.
#[derive(Clone)]
pub struct EvidencePorts {
    /// The log.
    pub log: Arc<dyn EventLog>,
    /// The heads issued so far.
    pub archive: Arc<dyn HeadArchive>,
    /// The persons' keys, for dossiers.
    pub persons: Persons,
    /// The key that signs now.
    pub signer: Arc<dyn Signer>,
    /// All keys that ever signed, for whoever verifies.
    pub published: Vec<VerifyingKey>,
    /// The service's public URL: who says what is signed.
    pub issuer: String,
    /// Time.
    pub clock: Arc<dyn Clock>,
}

/// Makes evidence about sessions.
pub struct Evidence {
    ports: EvidencePorts,
    use_cases: Arc<UseCases>,
    frontiers: Frontiers,
}

impl Evidence {
    /// Evidence from `ports`, with the frontiers of at most `sessions_in_memory` session trees kept.
    pub fn new(ports: EvidencePorts, use_cases: Arc<UseCases>, sessions_in_memory: NonZeroUsize) -> Self {
        let frontiers = Frontiers::new(Arc::clone(&ports.log), sessions_in_memory);
        Self { ports, use_cases, frontiers }
    }

    /// All keys that ever signed.
    pub fn keys(&self) -> &[VerifyingKey] {
        &self.ports.published
    }

    /// The tenant whose session this is.
    ///
    /// # Errors
    /// [`EvidenceError::UnknownSession`] if it is nobody's.
    pub async fn tenant_of(&self, session: SessionId) -> Result<TenantId, EvidenceError> {
        self.ports.log.tenant_of(session).await?.ok_or(EvidenceError::UnknownSession)
    }

    /// The public pseudonym of a session or a register, and whether its record is closed.
    async fn subject(&self, tenant: TenantId, session: SessionId) -> Result<(String, bool), EvidenceError> {
        if session == register_of(tenant) {
            return Ok((public_id_of_register(tenant).to_string(), false));
        }
        let facts = |session: &Session| (session.public_id(), session.is_sealed());
        let (public_id, sealed) = self.use_cases.sessions.read_settled(tenant, session, facts).await?;
        let public_id = public_id.ok_or(EvidenceError::UnknownSession)?;
        Ok((public_id.to_string(), sealed))
    }

    fn now_seconds(&self) -> i64 {
        self.ports.clock.now().as_micros() / 1_000_000
    }
}
