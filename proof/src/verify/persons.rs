//! The keys of persons in a dossier, and what they open.

use std::collections::HashMap;

use zeroize::Zeroizing;

use super::VerifyFailure;
use super::report::Personal;
use crate::event::EventStatement;
use crate::file::{FileView, ProofKind, person_keys};
use crate::json::is_canonical_object;
use crate::sealed::{PersonKey, SealContext, SealedPart, open};

/// The person keys of a file by their id, each with whether it opened something yet.
pub(super) struct Persons(HashMap<[u8; 32], Held>);

struct Held {
    subject: String,
    key: PersonKey,
    used: bool,
}

impl Persons {
    pub(super) fn read(view: &FileView<'_>) -> Result<Self, VerifyFailure> {
        let keys = person_keys(view.person_keys)?;
        if view.kind == ProofKind::Public && !keys.is_empty() {
            return Err(VerifyFailure::PersonKeyInPublic);
        }
        let ascending = |pair: &&[(String, PersonKey)]| {
            (&pair[0].0, pair[0].1.expose()) < (&pair[1].0, pair[1].1.expose())
        };
        if let Some(pair) = keys.windows(2).find(|pair| !ascending(pair)) {
            return Err(VerifyFailure::PersonKeyOrder { subject: pair[1].0.clone() });
        }
        let mut by_id = HashMap::with_capacity(keys.len());
        for (subject, key) in keys {
            let used = false;
            if let Some(Held { subject, .. }) = by_id.insert(key.key_id(), Held { subject, key, used }) {
                return Err(VerifyFailure::PersonKeyShared { subject });
            }
        }
        Ok(Self(by_id))
    }

    /// Opens the personal part of an event if its key is there.
    pub(super) fn open(
        &mut self,
        event: &EventStatement,
        part: &SealedPart,
    ) -> Result<Personal, VerifyFailure> {
        let index = event.session_index;
        let Some(held) = self.0.get_mut(&part.key_id) else {
            return Ok(Personal::Unreadable);
        };
        let context = SealContext { tenant: event.tenant, session: event.session, subject: &held.subject };
        let plaintext =
            open(&held.key, &context, part).map_err(|source| VerifyFailure::Personal { index, source })?;
        held.used = true;
        let text = str::from_utf8(&plaintext)
            .ok()
            .filter(|text| is_canonical_object(text.as_bytes()))
            .ok_or(VerifyFailure::PersonalNotCanonical { index })?;
        Ok(Personal::Opened(Zeroizing::new(text.to_owned())))
    }

    /// A key that opened nothing is a wrong key.
    pub(super) fn all_used(self) -> Result<(), VerifyFailure> {
        let unused = self.0.into_values().filter(|held| !held.used).map(|held| held.subject).min();
        unused.map_or(Ok(()), |subject| Err(VerifyFailure::PersonKeyUnused { subject }))
    }
}
