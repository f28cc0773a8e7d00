//! The one form of a password.

use acta_application::issuer::Password;
use unicode_normalization::UnicodeNormalization as _;
use zeroize::Zeroizing;

/// In bytes of the normal form.
const SHORTEST: usize = 8;
const LONGEST: usize = 1_024;
/// Normalising makes a text at most three times as long (Unicode Standard Annex 15 §9.1).
const GROWTH: usize = 3;

/// The password in normal form C, so that every keyboard gives the same bytes (NIST SP 800-63B §5.1.1.2); nothing if it is longer
/// than any password.
pub(super) fn normal(password: &Password) -> Option<Zeroizing<String>> {
    if password.0.len() > LONGEST * GROWTH {
        return None;
    }
    // All of its room at once: a text that grows leaves copies of itself behind.
    let mut normal = Zeroizing::new(String::with_capacity(password.0.len() * GROWTH));
    normal.extend(password.0.nfc());
    Some(normal).filter(|normal| normal.len() <= LONGEST)
}

/// Whether it is long enough to be chosen.
pub(super) fn is_long_enough(normal: &str) -> bool {
    normal.len() >= SHORTEST
}
