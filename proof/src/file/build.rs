//! Compiling a proof file from what the log holds.

use std::collections::HashSet;

use sha2::{Digest, Sha256};

use super::{Opening, ProofFile, ProofKind, encode_openings, encode_person_keys};
use crate::commitment::Commitment;
use crate::contents::{self, Contents};
use crate::event::{EventError, EventStatement};
use crate::head::{self, HeadError, SignedHead, decode_head_unverified, verify_head};
use crate::key::Signer;
use crate::sealed::PersonKey;

/// What a proof file is compiled from.
#[derive(Debug, Clone)]
pub struct Draft {
    /// Public proof or dossier.
    pub kind: ProofKind,
    /// The session's head.
    pub head: SignedHead,
    /// The commitments of the first `size` events, by session index.
    pub entries: Vec<Commitment>,
    /// What is opened, in any order: for a dossier everything, for a public proof events without a sealed part.
    pub openings: Vec<Opening>,
    /// The person keys that the reader may use; those that open nothing are left out of the file. None in a public proof.
    pub person_keys: Vec<(String, PersonKey)>,
    /// When the file is compiled, in seconds since the Unix epoch.
    pub issued_at: i64,
}

/// Why a proof file was not compiled: it would not verify.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BuildError {
    /// The head is not valid under the key given for it.
    #[error("the head of the proof file is not valid")]
    Head(#[from] HeadError),
    /// The head was signed under another key than the file would be.
    #[error("the head is signed under another key than the proof file would be")]
    OtherSigner,
    /// There is no event.
    #[error("a session without events has nothing to prove")]
    NoEvents,
    /// The head speaks of another number of events.
    #[error("the head is about {signed} events, not {given}")]
    EntryCount {
        /// The size in the head.
        signed: u64,
        /// The number of entries given.
        given: u64,
    },
    /// An event is opened twice, or is not among the entries.
    #[error("event {index} is opened twice or is not in the session")]
    OpeningIndex {
        /// The session index of the opening.
        index: u64,
    },
    /// An opening does not fit its commitment.
    #[error("the opening of event {index} does not fit its commitment")]
    OtherCommitment {
        /// The session index of the opening.
        index: u64,
    },
    /// An opened event cannot be read.
    #[error("event {index} cannot be read")]
    Event {
        /// The session index of the opening.
        index: u64,
        /// What is wrong with it.
        source: EventError,
    },
    /// A dossier opens every event.
    #[error("the dossier does not open every event")]
    Incomplete,
    /// A public proof must hold no personal part, not even sealed.
    #[error("a public proof must not hold personal parts or keys")]
    PersonalInPublic,
}

/// Compiles a proof file and signs its table of contents. Openings and person keys are put in order.
///
/// # Errors
/// [`BuildError`] if the file would not verify. The root is not recomputed here: that is the verifier's work.
pub fn build(signer: &dyn Signer, draft: Draft) -> Result<ProofFile, BuildError> {
    let Draft { kind, head, entries, mut openings, mut person_keys, issued_at } = draft;
    let key = signer.verifying_key();
    if decode_head_unverified(&head.cose)?.0 != key.id() {
        return Err(BuildError::OtherSigner);
    }
    let claims = verify_head(&head.cose, &key)?;
    if claims.size == 0 {
        return Err(BuildError::NoEvents);
    }
    let given = entries.len() as u64;
    if claims.size != given {
        return Err(BuildError::EntryCount { signed: claims.size, given });
    }
    openings.sort_by_key(|opening| opening.index);
    let key_ids = check_openings(kind, &entries, &openings)?;
    if kind == ProofKind::Public && !(person_keys.is_empty() && key_ids.is_empty()) {
        return Err(BuildError::PersonalInPublic);
    }
    person_keys.retain(|(subject, key)| key_ids.contains(&(subject.clone(), key.key_id())));
    person_keys.sort_by(|(a, x), (b, y)| (a, x.expose()).cmp(&(b, y.expose())));
    person_keys.dedup_by(|(a, x), (b, y)| (a, x.expose()) == (b, y.expose()));
    let table = Contents {
        kind,
        size: claims.size,
        root: claims.root,
        openings: Sha256::digest(encode_openings(&openings)).into(),
        person_keys: Sha256::digest(encode_person_keys(&person_keys)).into(),
        head: head::digest(&head.cose),
    };
    let contents = contents::issue(signer, &claims, issued_at, &table);
    Ok(ProofFile { kind, head, entries, openings, keys: [key], person_keys, contents })
}

type KeyIds = HashSet<(String, [u8; 32])>;

/// Checks sorted openings against the entries; gives the persons and key ids of the sealed parts in them.
fn check_openings(
    kind: ProofKind,
    entries: &[Commitment],
    openings: &[Opening],
) -> Result<KeyIds, BuildError> {
    if let Some(pair) = openings.windows(2).find(|pair| pair[0].index == pair[1].index) {
        return Err(BuildError::OpeningIndex { index: pair[0].index });
    }
    let sealed_parts = openings.iter().map(|opening| check_opening(entries, opening));
    let key_ids = sealed_parts.filter_map(Result::transpose).collect::<Result<_, _>>()?;
    if kind == ProofKind::Dossier && openings.len() != entries.len() {
        return Err(BuildError::Incomplete);
    }
    Ok(key_ids)
}

fn check_opening(
    entries: &[Commitment],
    opening: &Opening,
) -> Result<Option<(String, [u8; 32])>, BuildError> {
    let index = opening.index;
    let entry = usize::try_from(index).ok().and_then(|at| entries.get(at));
    let entry = entry.ok_or(BuildError::OpeningIndex { index })?;
    if !entry.opens_to(&opening.salt, &opening.event) {
        return Err(BuildError::OtherCommitment { index });
    }
    let event =
        EventStatement::decode(&opening.event).map_err(|source| BuildError::Event { index, source })?;
    Ok(event.sealed.map(|part| (part.subject, part.key_id)))
}
