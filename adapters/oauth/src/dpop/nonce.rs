//! Nonces that nobody has to remember (RFC 9449 §8).

use acta_domain::Timestamp;
use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use zeroize::Zeroizing;

const MINUTE: i64 = 60_000_000;
/// After so many minutes the client gets a newer one.
const FRESH: u32 = 5;
/// After so many minutes it is no longer taken.
const GOOD: u32 = 10;
const CONTEXT: &[u8] = b"acta dpop nonce";

/// What instances share, so that each knows the nonces of the others.
pub struct NonceSecret(pub Zeroizing<[u8; 32]>);

/// Makes and knows nonces.
//
// base64url(minute since 1970, u32 BE ‖ HMAC-SHA256(secret, "acta dpop nonce" ‖ minute)): 36 bytes, 48 characters.
pub struct Nonces(hmac::Key);

/// What a nonce is worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Worth {
    /// It is good.
    Good,
    /// It is good, and a newer one should be used from now on.
    Ageing,
    /// It is not ours, too old, or none.
    Nothing,
}

impl Nonces {
    /// Nonces of whoever shares `secret`.
    pub fn new(secret: &NonceSecret) -> Self {
        Self(hmac::Key::new(hmac::HMAC_SHA256, secret.0.as_slice()))
    }

    /// The nonce of `now`.
    pub fn current(&self, now: Timestamp) -> String {
        let minute = minute(now).to_be_bytes();
        let tag = hmac::sign(&self.0, &[CONTEXT, &minute].concat());
        URL_SAFE_NO_PAD.encode([&minute, tag.as_ref()].concat())
    }

    pub(super) fn worth(&self, nonce: &str, now: Timestamp) -> Worth {
        let Some(made) = self.minute_of(nonce) else { return Worth::Nothing };
        // Another instance's clock may be in the next minute already.
        let Some(age) = (minute(now) + 1).checked_sub(made) else { return Worth::Nothing };
        match age.saturating_sub(1) {
            0..FRESH => Worth::Good,
            FRESH..=GOOD => Worth::Ageing,
            _ => Worth::Nothing,
        }
    }

    fn minute_of(&self, nonce: &str) -> Option<u32> {
        let bytes = URL_SAFE_NO_PAD.decode(nonce).ok()?;
        let (minute, tag) = bytes.split_first_chunk::<4>()?;
        hmac::verify(&self.0, &[CONTEXT, minute].concat(), tag).ok()?;
        Some(u32::from_be_bytes(*minute))
    }
}

fn minute(now: Timestamp) -> u32 {
    u32::try_from(now.as_micros() / MINUTE).expect("the year 9999 is before minute 2^32")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(minutes: i64) -> Timestamp {
        Timestamp::from_micros((29_000_000 + minutes) * MINUTE).unwrap()
    }

    fn nonces(secret: u8) -> Nonces {
        Nonces::new(&NonceSecret(Zeroizing::new([secret; 32])))
    }

    #[test]
    fn a_nonce_is_good_for_ten_minutes_and_newer_ones_come_after_five() {
        let nonce = nonces(1).current(at(0));
        for (minutes, worth) in [
            (-2, Worth::Nothing),
            (-1, Worth::Good),
            (0, Worth::Good),
            (4, Worth::Good),
            (5, Worth::Ageing),
            (10, Worth::Ageing),
            (11, Worth::Nothing),
        ] {
            assert_eq!(nonces(1).worth(&nonce, at(minutes)), worth, "{minutes} minutes");
        }
    }

    #[test]
    fn only_whoever_has_the_secret_makes_nonces() {
        let nonce = nonces(1).current(at(0));
        assert_eq!(nonces(2).worth(&nonce, at(0)), Worth::Nothing);
        let mut altered = URL_SAFE_NO_PAD.decode(&nonce).unwrap();
        altered[3] ^= 1;
        for other in ["", "a", &URL_SAFE_NO_PAD.encode(&altered), &nonce[..8], &format!("{nonce}A")] {
            assert_eq!(nonces(1).worth(other, at(0)), Worth::Nothing, "{other}");
        }
    }
}
