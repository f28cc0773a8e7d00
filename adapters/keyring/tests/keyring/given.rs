//! A folder of keys.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

use acta_application::clock::Randomness;
use acta_domain::Timestamp;
use acta_keyring::{Keyring, KeyringError};

/// Different at every call, the same in every run.
#[derive(Default)]
pub(crate) struct Counting(pub(crate) AtomicU8);

impl Randomness for Counting {
    fn fill(&self, bytes: &mut [u8]) {
        bytes.fill(self.0.fetch_add(1, Ordering::Relaxed));
    }
}

pub(crate) fn open(folder: &Path) -> Result<Keyring, KeyringError> {
    Keyring::open(folder, Arc::new(Counting::default()))
}

pub(crate) fn moment(seconds: i64) -> Timestamp {
    Timestamp::from_micros((1_767_225_600 + seconds) * 1_000_000).unwrap()
}
