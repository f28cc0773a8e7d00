//! Secrets of 32 bytes, as 64 hexadecimal digits.

use std::path::Path;

use acta_domain::Timestamp;
use zeroize::Zeroizing;

use crate::KeyringError;
use crate::place;

/// 32 secret bytes, and from when on they are used.
#[derive(Clone)]
pub(crate) struct Secret {
    pub(crate) bytes: Zeroizing<[u8; 32]>,
    pub(crate) in_use_from: Option<Timestamp>,
}

impl Secret {
    /// The secret in `text`, which comes from `origin`: a file, or the name of a variable.
    pub(crate) fn parse(origin: &Path, text: &str) -> Result<Self, KeyringError> {
        let (digits, in_use_from) = place::split(origin, text)?;
        let mut bytes = Zeroizing::new([0; 32]);
        hex::decode_to_slice(digits.trim(), &mut *bytes)
            .map_err(|_| KeyringError::NotASecret { path: origin.to_owned() })?;
        Ok(Self { bytes, in_use_from })
    }

    /// The text of its file.
    pub(crate) fn to_text(&self) -> Zeroizing<String> {
        let digits = Zeroizing::new(hex::encode(*self.bytes));
        Zeroizing::new(format!("{}{}\n", place::mark(self.in_use_from), *digits))
    }
}
