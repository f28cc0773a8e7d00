//! Sealing on the way in, opening on the way out.

use std::collections::BTreeMap;
use std::sync::Arc;

use acta_domain::{SessionId, TenantId};
use acta_proof::sealed::SealedPart;
use acta_proof::sealed::{SealContext, open, seal};

use super::{KeyState, PersonKeys, PersonKeysError, PersonalText, Subject};
use crate::clock::{Randomness, random_bytes};

/// What an event says that can name or describe a person: field name to text (`name`, `email`, `title`, `text`, `reason` …).
#[derive(Clone, PartialEq, Eq, Default)]
pub struct PersonalPart(pub BTreeMap<String, String>);

impl PersonalPart {
    /// A part with the fields that are there.
    pub fn of<const N: usize>(fields: [(&str, Option<PersonalText>); N]) -> Self {
        let present = fields.into_iter().filter_map(|(name, text)| Some((name.to_owned(), text?.into())));
        Self(present.collect())
    }

    /// The text of a field.
    pub fn get(&self, field: &str) -> Option<&str> {
        self.0.get(field).map(String::as_str)
    }
}

impl std::fmt::Debug for PersonalPart {
    /// The names of the fields, never the words: debug output ends up in logs.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

/// A personal part could not be sealed.
#[derive(Debug, Clone, thiserror::Error)]
pub enum SealError {
    /// The person asked to be forgotten in this session; nothing new can be sealed for them.
    #[error("{0} was erased from this session")]
    Erased(Subject),
    /// The keys are not available.
    #[error(transparent)]
    Keys(#[from] PersonKeysError),
}

/// Seals and opens personal parts.
#[derive(Clone)]
pub struct Persons {
    keys: Arc<dyn PersonKeys>,
    randomness: Arc<dyn Randomness>,
}

impl Persons {
    /// Over `keys`, with nonces from `randomness`.
    pub fn new(keys: Arc<dyn PersonKeys>, randomness: Arc<dyn Randomness>) -> Self {
        Self { keys, randomness }
    }

    /// The keys themselves.
    pub fn keys(&self) -> &dyn PersonKeys {
        &*self.keys
    }

    /// Seals `part` under the key of `subject`; an empty part needs no sealing.
    ///
    /// # Errors
    /// See [`SealError`].
    pub async fn seal(
        &self,
        tenant: TenantId,
        session: SessionId,
        subject: Subject,
        part: &PersonalPart,
    ) -> Result<Option<SealedPart>, SealError> {
        if part.0.is_empty() {
            return Ok(None);
        }
        let KeyState::Present(key) = self.keys.obtain(tenant, session, subject).await? else {
            return Err(SealError::Erased(subject));
        };
        let subject = subject.to_string();
        let nonce = random_bytes(&*self.randomness);
        let text = serde_json_canonicalizer::to_vec(&part.0).expect("a map of texts has a canonical form");
        let sealed = seal(&key, nonce, &context(tenant, session, &subject), &text);
        Ok(Some(sealed.expect("a part is far shorter than AES-GCM takes")))
    }

    /// Opens `part`; [`None`] if the key is gone, or opens it to nothing that this service wrote.
    ///
    /// # Errors
    /// When the keys are not available.
    pub async fn open(
        &self,
        tenant: TenantId,
        session: SessionId,
        part: &SealedPart,
    ) -> Result<Option<PersonalPart>, PersonKeysError> {
        let Ok(subject) = part.subject.parse::<Subject>() else {
            return Ok(None);
        };
        let KeyState::Present(key) = self.keys.find(tenant, session, subject).await? else {
            return Ok(None);
        };
        let text = open(&key, &context(tenant, session, &part.subject), part).ok();
        Ok(text.and_then(|text| serde_json::from_slice(&text).ok()).map(PersonalPart))
    }
}

fn context(tenant: TenantId, session: SessionId, subject: &str) -> SealContext<'_> {
    SealContext { tenant: tenant.as_uuid().into_bytes(), session: session.as_uuid().into_bytes(), subject }
}
