//! The proof file: everything a stranger needs to check a session's record, in one deterministic piece of CBOR.

mod build;
mod view;

use zeroize::Zeroizing;

use crate::cbor::{CborError, Encoder};
use crate::commitment::{Commitment, Salt};
use crate::entry::{Entry, offset_of};
use crate::head::SignedHead;
use crate::key::{KeyError, VerifyingKey};
use crate::sealed::PersonKey;

pub use build::{BuildError, Draft, build};
pub(crate) use view::{FileView, OpeningView, openings, person_keys};

/// The version of the file format.
pub(crate) const VERSION: u64 = 1;

/// What a proof file is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProofKind {
    /// For everybody: all entries, and the openings without a personal part.
    Public,
    /// For those with the right: all entries and all openings.
    Dossier,
}

impl ProofKind {
    pub(crate) fn number(self) -> u64 {
        u64::from(self == Self::Dossier)
    }

    pub(crate) fn from_number(number: u64) -> Option<Self> {
        [Self::Public, Self::Dossier].into_iter().find(|kind| kind.number() == number)
    }
}

/// What opens one commitment: the salt and the encoded event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opening {
    /// The session index of the event.
    pub index: u64,
    /// The salt it was committed under.
    pub salt: Salt,
    /// [`crate::event::EventStatement::encode`].
    pub event: Vec<u8>,
}

/// A proof file, as [`build`] makes it or [`ProofFile::decode`] reads it. Reading is not verifying.
#[derive(Debug, Clone)]
pub struct ProofFile {
    /// Public proof or dossier.
    pub kind: ProofKind,
    /// The signed head, in both forms.
    pub head: SignedHead,
    /// The commitment of every event of the session, by session index.
    pub entries: Vec<Commitment>,
    /// What is opened, ascending by index.
    pub openings: Vec<Opening>,
    /// The key that head and contents are signed under.
    pub keys: [VerifyingKey; 1],
    /// In a dossier, the keys of the persons whose parts the reader may open; ascending by subject and key.
    pub person_keys: Vec<(String, PersonKey)>,
    /// The signed table of contents (COSE).
    pub contents: Vec<u8>,
}

/// Why bytes are not a proof file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FileError {
    /// A field that is not in the format's encoding.
    #[error("the proof file's {field} cannot be read")]
    Field {
        /// Which field, in words.
        field: &'static str,
        /// What is wrong with it.
        source: CborError,
    },
    /// A version of the format that this verifier does not know.
    #[error("the proof file has the unknown version {found}")]
    Version {
        /// The version found.
        found: u64,
    },
    /// A kind other than public (0) or dossier (1).
    #[error("the proof file is of the unknown kind {found}")]
    Kind {
        /// The number found.
        found: u64,
    },
    /// An entry that is not the entry of that place.
    #[error("entry {index} cannot be read or belongs to another place")]
    Entry {
        /// Its place, from 0.
        index: u64,
    },
    /// More keys than the one that signed, or none.
    #[error("the proof file holds {found} keys, not one")]
    KeyCount {
        /// The number of keys found.
        found: u64,
    },
    /// The key is not usable.
    #[error("the key in the proof file is not usable")]
    Key(#[from] KeyError),
}

impl ProofFile {
    // a9                map(9)
    //    01 01          version
    //    02 00 | 01     kind: public | dossier
    //    03 bstr        head, COSE
    //    04 text        head, JWS
    //    05 bstr        all entries, one after the other: 82 index 58 20 commitment
    //    06 bstr        openings: array of 83 index, 58 20 salt, bstr event; ascending by index
    //    07 array       the issuer's key, always one: 81 58 20 …
    //    08 bstr        person keys: array of 82 subject, 58 20 key; ascending by subject, then key
    //    09 bstr        contents, COSE
    /// The bytes of the file.
    pub fn encode(&self) -> Vec<u8> {
        let entries = self.encoded_entries();
        let openings = encode_openings(&self.openings);
        let room = 2048 + entries.len() + openings.len();
        let out = Encoder::with_capacity(room).map(9).int(1).uint(VERSION).int(2).uint(self.kind.number());
        let out = out.int(3).bytes(&self.head.cose).int(4).text(&self.head.jws);
        let out = out
            .int(5)
            .bytes(&entries)
            .int(6)
            .bytes(&openings)
            .int(7)
            .array(1)
            .bytes(&self.keys[0].to_bytes());
        let out = out.int(8).bytes(&encode_person_keys(&self.person_keys));
        out.int(9).bytes(&self.contents).finish()
    }

    fn encoded_entries(&self) -> Vec<u8> {
        let length = usize::try_from(offset_of(self.entries.len() as u64)).unwrap_or_default();
        let mut bytes = Vec::with_capacity(length);
        for (index, commitment) in (0..).zip(&self.entries) {
            bytes.extend(Entry { index, commitment: *commitment }.encode());
        }
        bytes
    }

    /// Reads a file without verifying it; see [`crate::verify::verify_file`] for that.
    ///
    /// # Errors
    /// [`FileError`] for anything that [`ProofFile::encode`] would not have written.
    pub fn decode(bytes: &[u8]) -> Result<Self, FileError> {
        let view = FileView::decode(bytes)?;
        let openings = openings(view.openings)?.map(|opening| opening.map(OpeningView::to_owned));
        Ok(Self {
            kind: view.kind,
            head: SignedHead { cose: view.head.to_vec(), jws: view.jws.to_owned() },
            entries: view
                .entries()
                .map(|entry| entry.map(|(entry, _)| entry.commitment))
                .collect::<Result<_, _>>()?,
            openings: openings.collect::<Result<_, _>>()?,
            person_keys: person_keys(view.person_keys)?,
            contents: view.contents.to_vec(),
            keys: [view.key],
        })
    }
}

pub(crate) fn encode_openings(openings: &[Opening]) -> Vec<u8> {
    let room = openings.iter().map(|opening| opening.event.len() + 64).sum();
    let out = Encoder::with_capacity(room).array(openings.len());
    let write = |out: Encoder, opening: &Opening| {
        out.array(3).uint(opening.index).bytes(&opening.salt.0).bytes(&opening.event)
    };
    openings.iter().fold(out, write).finish()
}

pub(crate) fn encode_person_keys(keys: &[(String, PersonKey)]) -> Zeroizing<Vec<u8>> {
    let out = Encoder::new().array(keys.len());
    let write =
        |out: Encoder, (subject, key): &(String, PersonKey)| out.array(2).text(subject).bytes(key.expose());
    Zeroizing::new(keys.iter().fold(out, write).finish())
}
