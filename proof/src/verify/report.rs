//! What a verifier found to be true.

use zeroize::Zeroizing;

use crate::event::EventStatement;
use crate::file::ProofKind;
use crate::head::HeadState;
use crate::key::KeyId;
use crate::tree::Hash;

/// One thing that was checked and holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// A plain sentence.
    pub what: String,
}

/// Where the trust in the signing key comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyTrust {
    /// The reader brought the key: the issuer is who it says.
    Outside,
    /// The key came with the file: everything fits together, but anybody could have made it so.
    FileOnly,
}

/// The personal part of an opened event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Personal {
    /// The event has none.
    None,
    /// A canonical JSON object (RFC 8785); wiped from memory when dropped.
    Opened(Zeroizing<String>),
    /// There is no key for it: the person was erased, or the reader may not see it.
    Unreadable,
}

/// An event of the session that the file opens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenedEvent {
    /// The event as it was committed to.
    pub statement: EventStatement,
    /// Its personal part.
    pub personal: Personal,
}

/// What holds for a proof file, as facts and in sentences.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// Public proof or dossier.
    pub kind: ProofKind,
    /// The service that signed.
    pub issuer: String,
    /// The session's public pseudonym.
    pub subject: String,
    /// How many events the session has.
    pub size: u64,
    /// The root over all entries.
    pub root: Hash,
    /// Whether more events may follow.
    pub state: HeadState,
    /// When the head was signed, in seconds since the Unix epoch, by the issuer's word.
    pub issued_at: i64,
    /// When the file was compiled, in seconds since the Unix epoch, by the issuer's word.
    pub compiled_at: i64,
    /// The key that signed.
    pub key_id: KeyId,
    /// Where the trust in the key comes from.
    pub key_trust: KeyTrust,
    /// The opened events, by session index.
    pub events: Vec<OpenedEvent>,
    /// When the first opened event was recorded, in microseconds since the Unix epoch.
    pub first_recorded_at: Option<i64>,
    /// When the last opened event was recorded, in microseconds since the Unix epoch.
    pub last_recorded_at: Option<i64>,
    /// How many personal parts there is no key for.
    pub unreadable_parts: u64,
    /// What was checked, one plain sentence each; the last one says what all of it proves, and what not.
    pub findings: Vec<Finding>,
}
