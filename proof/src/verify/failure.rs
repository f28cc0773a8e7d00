//! What a verifier can find wrong, in words for whoever asked.

use crate::contents::ContentsError;
use crate::event::EventError;
use crate::file::FileError;
use crate::head::{HeadError, JwsError};
use crate::key::KeyId;
use crate::sealed::SealError;
use crate::tree::Hash;

/// The first thing that was wrong with a proof file. There is no partly valid file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum VerifyFailure {
    /// It is not a proof file at all, or damaged.
    #[error("this is not a readable proof file")]
    File(#[from] FileError),
    /// Head or table of contents is signed under another key than the one in the file.
    #[error("head and table of contents are not both signed under the one key in the file")]
    Keys,
    /// A signing key is none of the trusted ones.
    #[error("the file is signed under key {key_id}, which is not one that you trust")]
    KeyNotTrusted {
        /// The key that signed.
        key_id: KeyId,
    },
    /// The signed head.
    #[error("the signed head of the session is not valid")]
    Head(#[source] HeadError),
    /// The head in its JWS form.
    #[error("the signed head of the session is not valid in its JWS form")]
    Jws(#[source] JwsError),
    /// A head over nothing.
    #[error("the signed head is of a session without events: there is nothing to prove")]
    NoEvents,
    /// The two forms of the head say different things.
    #[error("the two forms of the signed head say different things")]
    HeadsDisagree,
    /// Another service issued it.
    #[error("the file was issued by {found:?}, not by {expected:?}")]
    OtherIssuer {
        /// The issuer that was asked for.
        expected: String,
        /// The issuer that signed.
        found: String,
    },
    /// Events are missing or were added.
    #[error("the signed head counts {signed} events, the file holds {found}")]
    EntryCount {
        /// The size in the head.
        signed: u64,
        /// The entries in the file.
        found: u64,
    },
    /// At least one entry is not the one that was signed.
    #[error("the entries do not lead to the signed root: at least one was altered")]
    OtherRoot {
        /// The root in the head.
        signed: Hash,
        /// The root over the entries in the file.
        computed: Hash,
    },
    /// The signed table of contents.
    #[error("the signed table of contents is not valid")]
    Contents(#[source] ContentsError),
    /// Something is not what the table of contents says.
    #[error(
        "the {what} in the file is not the one that was signed: something was dropped, added or exchanged"
    )]
    OtherContents {
        /// Which part, in words.
        what: &'static str,
    },
    /// An opening is out of order, doubled, or about an event that is not in the session.
    #[error("the opening of event {index} is out of order, doubled or beyond the end of the session")]
    OpeningOrder {
        /// The index it names.
        index: u64,
    },
    /// A dossier leaves an event out.
    #[error("the dossier does not open event {index}")]
    OpeningMissing {
        /// The first index that is not opened.
        index: u64,
    },
    /// An opened event is not the one that was committed to.
    #[error("event {index} is not the one that was committed to: it was altered or exchanged")]
    OtherCommitment {
        /// The session index.
        index: u64,
    },
    /// An opened event cannot be read.
    #[error("event {index} cannot be read")]
    Event {
        /// The session index.
        index: u64,
        /// What is wrong with it.
        source: EventError,
    },
    /// An event says that it belongs elsewhere.
    #[error("event {index} belongs to another {field}")]
    EventElsewhere {
        /// The session index it was opened at.
        index: u64,
        /// `tenant`, `session` or `place in the session`.
        field: &'static str,
    },
    /// An aggregate's events are not numbered 1, 2, 3 …
    #[error("event {index} is number {found} of {stream:?}, where number {expected} must follow")]
    SequenceGap {
        /// The session index.
        index: u64,
        /// The aggregate: its type and id.
        stream: String,
        /// The sequence that must follow.
        expected: u64,
        /// The sequence found.
        found: u64,
    },
    /// A public proof with something personal in it.
    #[error("event {index} carries a personal part, which a public proof must not")]
    PersonalInPublic {
        /// The session index.
        index: u64,
    },
    /// A public proof with a person's key in it.
    #[error("the public proof holds the key of a person, which it must not")]
    PersonKeyInPublic,
    /// Person keys out of order, or one twice.
    #[error("the key of person {subject:?} is out of order or occurs twice")]
    PersonKeyOrder {
        /// The person's opaque id.
        subject: String,
    },
    /// One key for two persons.
    #[error("the key of person {subject:?} is listed for another person too")]
    PersonKeyShared {
        /// The opaque id of the first of them.
        subject: String,
    },
    /// A person key that opens nothing: it is a wrong one.
    #[error("the key given for person {subject:?} opens nothing")]
    PersonKeyUnused {
        /// The person's opaque id.
        subject: String,
    },
    /// A personal part does not open with the key that it names.
    #[error("the personal part of event {index} does not open with its key")]
    Personal {
        /// The session index.
        index: u64,
        /// Why not.
        source: SealError,
    },
    /// A personal part opens to something other than a JSON object in canonical form.
    #[error("the personal part of event {index} is not a JSON object in canonical form (RFC 8785)")]
    PersonalNotCanonical {
        /// The session index.
        index: u64,
    },
    /// The older head that was given.
    #[error("the older head is not valid")]
    OlderHead(#[source] HeadError),
    /// The older head was signed under a key that is neither trusted nor in the file.
    #[error("the older head is signed under key {key_id}, which is neither trusted nor in the file")]
    OlderHeadKey {
        /// The key it names.
        key_id: KeyId,
    },
    /// The older head is about another session, or by another issuer.
    #[error("the older head belongs to another session or issuer")]
    OlderHeadElsewhere,
    /// The older head counts more events than there are now.
    #[error("the older head counts {older} events, the file only {now}: events were removed")]
    OlderHeadLarger {
        /// The size in the older head.
        older: u64,
        /// The size in the file's head.
        now: u64,
    },
    /// The older head says that the record was complete, the file that it went on.
    #[error("the older head closed the record at {size} events, the file goes on after it")]
    ReopenedAfterClose {
        /// The size of the older head.
        size: u64,
    },
    /// The older head is the newer one.
    #[error(
        "the file's head was issued at {issued_at}, before the older head at {older} (seconds since 1970)"
    )]
    IssuedBefore {
        /// When the older head was issued, in seconds since the Unix epoch.
        older: i64,
        /// When the file's head was issued, in seconds since the Unix epoch.
        issued_at: i64,
    },
    /// The first events are not those of the older head.
    #[error("the first {size} events are not those of the older head: history was changed")]
    HistoryChanged {
        /// The size of the older head.
        size: u64,
    },
}
