//! Deterministic CBOR (RFC 8949 §4.2.1): one value has exactly one encoding, and only that one is read.
//!
//! Numbers and lengths in their shortest form, definite lengths only, map keys strictly ascending by their encoded bytes.
//! Floating point numbers and undefined simple values do not occur in the format and are refused.

mod cursor;
mod encoder;
mod value;

pub use ciborium::Value;
pub(crate) use cursor::Cursor;
pub(crate) use encoder::Encoder;
pub use value::{decode, encode};

/// How deep arrays, maps and tags may be nested.
pub const MAX_DEPTH: usize = 16;

/// Why bytes are not the deterministic CBOR that was expected. `at` counts bytes from the start of the item being read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CborError {
    /// The data stops in the middle of an item.
    #[error("the data ends early, at byte {at}")]
    Truncated {
        /// Where more was needed.
        at: usize,
    },
    /// Something follows the one item that was expected.
    #[error("{extra} bytes follow the end")]
    Trailing {
        /// How many bytes are left over.
        extra: usize,
    },
    /// A number or a length takes more bytes than it needs.
    #[error("byte {at}: a number or length is not in its shortest form")]
    NotShortest {
        /// Where its head begins.
        at: usize,
    },
    /// Another item stands here than the format prescribes.
    #[error("byte {at}: expected {expected}")]
    Unexpected {
        /// Where the item begins.
        at: usize,
        /// What the format prescribes, in words.
        expected: &'static str,
    },
    /// Map keys are out of order, or one occurs twice.
    #[error("byte {at}: a map key is out of order or occurs twice")]
    KeyOrder {
        /// Where the offending key begins.
        at: usize,
    },
    /// Nested more than [`MAX_DEPTH`] deep.
    #[error("byte {at}: nested too deep")]
    TooDeep {
        /// Where the item too many begins.
        at: usize,
    },
    /// A text string is not UTF-8.
    #[error("byte {at}: the text is not UTF-8")]
    NotUtf8 {
        /// Where the text begins.
        at: usize,
    },
    /// Indefinite lengths, floating point numbers and unassigned simple values are not part of the format.
    #[error("byte {at}: this kind of item is not part of the format")]
    Unsupported {
        /// Where the item begins.
        at: usize,
    },
}

#[cfg(test)]
mod tests;
