//! A proof file as it lies in memory: slices, nothing copied, so that a million entries cost no allocation.

use super::{FileError, Opening, ProofKind, VERSION};
use crate::cbor::{CborError, Cursor};
use crate::commitment::Salt;
use crate::entry::Entry;
use crate::key::VerifyingKey;
use crate::sealed::PersonKey;

/// The fields of a file, each still encoded.
#[derive(Debug)]
pub(crate) struct FileView<'a> {
    pub(crate) kind: ProofKind,
    pub(crate) head: &'a [u8],
    pub(crate) jws: &'a str,
    pub(crate) entries: &'a [u8],
    pub(crate) openings: &'a [u8],
    pub(crate) key: VerifyingKey,
    pub(crate) person_keys: &'a [u8],
    pub(crate) contents: &'a [u8],
}

/// One opening, still in the file.
#[derive(Debug, Clone, Copy)]
pub(crate) struct OpeningView<'a> {
    pub(crate) index: u64,
    pub(crate) salt: Salt,
    pub(crate) event: &'a [u8],
}

impl OpeningView<'_> {
    pub(crate) fn to_owned(self) -> Opening {
        Opening { index: self.index, salt: self.salt, event: self.event.to_vec() }
    }
}

fn in_field<T>(field: &'static str, read: Result<T, CborError>) -> Result<T, FileError> {
    read.map_err(|source| FileError::Field { field, source })
}

impl<'a> FileView<'a> {
    pub(crate) fn decode(bytes: &'a [u8]) -> Result<Self, FileError> {
        let mut cursor = Cursor::new(bytes);
        in_field("outermost map", cursor.map_of(9))?;
        let version = in_field("version", cursor.at_key(1).and_then(Cursor::uint))?;
        if version != VERSION {
            return Err(FileError::Version { found: version });
        }
        let kind = in_field("kind", cursor.at_key(2).and_then(Cursor::uint))?;
        let view = Self {
            kind: ProofKind::from_number(kind).ok_or(FileError::Kind { found: kind })?,
            head: in_field("head", cursor.at_key(3).and_then(Cursor::bytes))?,
            jws: in_field("head as JWS", cursor.at_key(4).and_then(Cursor::text))?,
            entries: in_field("list of entries", cursor.at_key(5).and_then(Cursor::bytes))?,
            openings: in_field("list of openings", cursor.at_key(6).and_then(Cursor::bytes))?,
            key: key(&mut cursor)?,
            person_keys: in_field("list of person keys", cursor.at_key(8).and_then(Cursor::bytes))?,
            contents: in_field("table of contents", cursor.at_key(9).and_then(Cursor::bytes))?,
        };
        in_field("end", cursor.end())?;
        Ok(view)
    }

    /// The entries in order, each with its encoded bytes; the first wrong one ends them with an error.
    pub(crate) fn entries(&self) -> impl Iterator<Item = Result<(Entry, &'a [u8]), FileError>> + use<'a> {
        let mut rest = self.entries;
        let mut index = 0;
        std::iter::from_fn(move || {
            if rest.is_empty() {
                return None;
            }
            let Some((entry, length)) = Entry::at_front(rest, index) else {
                rest = &[];
                return Some(Err(FileError::Entry { index }));
            };
            let (bytes, after) = rest.split_at(length);
            (rest, index) = (after, index + 1);
            Some(Ok((entry, bytes)))
        })
    }
}

fn key(cursor: &mut Cursor) -> Result<VerifyingKey, FileError> {
    let field = "list of keys";
    let found = in_field(field, cursor.at_key(7).and_then(Cursor::array))?;
    if found != 1 {
        return Err(FileError::KeyCount { found });
    }
    Ok(VerifyingKey::from_bytes(&in_field(field, cursor.fixed())?)?)
}

/// The openings of an encoded list, in the order of the file.
pub(crate) fn openings(
    encoded: &[u8],
) -> Result<impl Iterator<Item = Result<OpeningView<'_>, FileError>>, FileError> {
    items("list of openings", encoded, |cursor| {
        cursor.array_of(3)?;
        Ok(OpeningView { index: cursor.uint()?, salt: Salt(cursor.fixed()?), event: cursor.bytes()? })
    })
}

/// The person keys of an encoded list, in the order of the file.
pub(crate) fn person_keys(encoded: &[u8]) -> Result<Vec<(String, PersonKey)>, FileError> {
    let read = items("list of person keys", encoded, |cursor| {
        cursor.array_of(2)?;
        Ok((cursor.text()?.to_owned(), PersonKey::new(cursor.fixed()?)))
    });
    read?.collect()
}

/// Reads an encoded array item by item; what follows the last one is an error too.
fn items<'a, T>(
    field: &'static str,
    encoded: &'a [u8],
    read: impl Fn(&mut Cursor<'a>) -> Result<T, CborError>,
) -> Result<impl Iterator<Item = Result<T, FileError>>, FileError> {
    let mut cursor = Cursor::new(encoded);
    let mut left = in_field(field, cursor.array())?;
    let mut ended = false;
    Ok(std::iter::from_fn(move || {
        if ended {
            return None;
        }
        if left == 0 {
            ended = true;
            return in_field(field, cursor.clone().end()).err().map(Err);
        }
        left -= 1;
        let item = in_field(field, read(&mut cursor));
        ended = item.is_err();
        Some(item)
    }))
}
