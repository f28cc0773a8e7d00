//! Reading: a strict, borrowing walk over an encoding, without allocation.

use super::CborError;

/// A position in an encoding. Every read either takes exactly the item that is asked for, or refuses.
#[derive(Debug, Clone)]
pub(crate) struct Cursor<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Cursor<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    pub(super) fn at(&self) -> usize {
        self.at
    }

    /// The bytes from `start` up to here.
    pub(super) fn since(&self, start: usize) -> &'a [u8] {
        &self.bytes[start..self.at]
    }

    /// Refuses anything that is left over.
    pub(crate) fn end(self) -> Result<(), CborError> {
        match self.bytes.len() - self.at {
            0 => Ok(()),
            extra => Err(CborError::Trailing { extra }),
        }
    }

    pub(super) fn take(&mut self, count: u64) -> Result<&'a [u8], CborError> {
        let rest = &self.bytes[self.at..];
        let taken = usize::try_from(count)
            .ok()
            .and_then(|count| rest.get(..count))
            .ok_or(CborError::Truncated { at: self.bytes.len() })?;
        self.at += taken.len();
        Ok(taken)
    }

    /// The major type and the argument of the next item; an argument in a longer form than it needs is refused.
    pub(super) fn head(&mut self) -> Result<(u8, u64), CborError> {
        let at = self.at;
        let initial = self.take(1)?[0];
        let (major, info) = (initial >> 5, initial & 0x1f);
        let (width, least) = match info {
            0..=23 => return Ok((major, u64::from(info))),
            _ if major == 7 => return Err(CborError::Unsupported { at }),
            24 => (1, 24),
            25 => (2, 0x100),
            26 => (4, 0x1_0000),
            27 => (8, 0x1_0000_0000),
            _ => return Err(CborError::Unsupported { at }),
        };
        let argument = self.take(width)?.iter().fold(0, |value, byte| (value << 8) | u64::from(*byte));
        if argument < least { Err(CborError::NotShortest { at }) } else { Ok((major, argument)) }
    }

    fn argument(&mut self, major: u8, expected: &'static str) -> Result<u64, CborError> {
        let at = self.at;
        match self.head()? {
            (found, argument) if found == major => Ok(argument),
            _ => Err(CborError::Unexpected { at, expected }),
        }
    }

    pub(crate) fn uint(&mut self) -> Result<u64, CborError> {
        self.argument(0, "an unsigned number")
    }

    /// A number in the range of `i64`.
    pub(crate) fn int(&mut self) -> Result<i64, CborError> {
        let at = self.at;
        let (major, argument) = self.head()?;
        match (major, i64::try_from(argument)) {
            (0, Ok(value)) => Ok(value),
            (1, Ok(value)) => Ok(!value),
            _ => Err(CborError::Unexpected { at, expected: "a number" }),
        }
    }

    pub(crate) fn bytes(&mut self) -> Result<&'a [u8], CborError> {
        let length = self.argument(2, "a byte string")?;
        self.take(length)
    }

    /// A byte string of exactly `N` bytes.
    pub(crate) fn fixed<const N: usize>(&mut self) -> Result<[u8; N], CborError> {
        let at = self.at;
        self.bytes()?
            .try_into()
            .map_err(|_| CborError::Unexpected { at, expected: "a byte string of another length" })
    }

    pub(crate) fn text(&mut self) -> Result<&'a str, CborError> {
        let at = self.at;
        let length = self.argument(3, "a text")?;
        std::str::from_utf8(self.take(length)?).map_err(|_| CborError::NotUtf8 { at })
    }

    /// The number of items of the array that begins here.
    pub(crate) fn array(&mut self) -> Result<u64, CborError> {
        self.argument(4, "an array")
    }

    /// The number of pairs of the map that begins here.
    pub(crate) fn map(&mut self) -> Result<u64, CborError> {
        self.argument(5, "a map")
    }

    /// An array of exactly `items` items.
    pub(crate) fn array_of(&mut self, items: u64) -> Result<(), CborError> {
        let at = self.at;
        self.exactly(at, items, Self::array, "an array with another number of items")
    }

    /// A map of exactly `pairs` pairs.
    pub(crate) fn map_of(&mut self, pairs: u64) -> Result<(), CborError> {
        let at = self.at;
        self.exactly(at, pairs, Self::map, "a map with another number of keys")
    }

    /// Takes the map key `label` and stands before its value. Asking for ascending keys keeps them in order and single.
    pub(crate) fn at_key(&mut self, label: i64) -> Result<&mut Self, CborError> {
        let at = self.at;
        if self.int()? == label {
            Ok(self)
        } else {
            Err(CborError::Unexpected { at, expected: "another map key" })
        }
    }

    pub(crate) fn tag(&mut self, number: u64) -> Result<(), CborError> {
        let at = self.at;
        let read = |cursor: &mut Self| cursor.argument(6, "a tag");
        self.exactly(at, number, read, "another tag")
    }

    /// Skips a null if one stands here, and says whether it did.
    pub(crate) fn null(&mut self) -> bool {
        let found = self.bytes.get(self.at) == Some(&0xf6);
        self.at += usize::from(found);
        found
    }

    fn exactly(
        &mut self,
        at: usize,
        wanted: u64,
        read: impl FnOnce(&mut Self) -> Result<u64, CborError>,
        expected: &'static str,
    ) -> Result<(), CborError> {
        if read(self)? == wanted { Ok(()) } else { Err(CborError::Unexpected { at, expected }) }
    }
}
