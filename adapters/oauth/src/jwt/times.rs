//! When a token is good.

use acta_domain::Timestamp;

use super::JwtError;
use crate::jose::Members;

const MICROS: i64 = 1_000_000;
/// How far clocks may be apart, in microseconds.
const LEEWAY: i64 = 60 * MICROS;

/// When a token is good (RFC 7519 §4.1.4 to §4.1.6).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Times {
    /// `exp`: from then on it is not.
    pub ends: Timestamp,
    /// The later one of `nbf` and `iat`: from then on it is.
    pub begins: Option<Timestamp>,
    /// How far behind ours the issuer's clock may be when the token ends, in microseconds.
    leeway: i64,
}

impl Times {
    /// The times in `claims`; a token of our own clock ends to the second.
    pub(super) fn of(claims: &Members<'_>, by_our_clock: bool) -> Result<Self, JwtError> {
        let ends = moment(claims, "exp")?.ok_or(JwtError::Claim("exp"))?;
        let begins = moment(claims, "nbf")?.max(moment(claims, "iat")?);
        Ok(Self { ends, begins, leeway: if by_our_clock { 0 } else { LEEWAY } })
    }

    /// Whether the token is good at `now`; the clocks of others may be a minute apart from ours.
    ///
    /// # Errors
    /// [`JwtError::Expired`], [`JwtError::NotYet`].
    pub fn check(&self, now: Timestamp) -> Result<(), JwtError> {
        if self.ends.as_micros() + self.leeway <= now.as_micros() {
            return Err(JwtError::Expired);
        }
        if self.begins.is_some_and(|begins| begins.as_micros() > now.as_micros() + LEEWAY) {
            return Err(JwtError::NotYet);
        }
        Ok(())
    }
}

fn moment(claims: &Members<'_>, name: &'static str) -> Result<Option<Timestamp>, JwtError> {
    let malformed = JwtError::Claim(name);
    let Some(number) = claims.get::<serde_json::Number>(name).map_err(|_| malformed)? else {
        return Ok(None);
    };
    let micros = micros(&number).ok_or(malformed)?;
    Timestamp::from_micros(micros).map(Some).map_err(|_| malformed)
}

/// A `NumericDate` (RFC 7519 §2): seconds since 1970, with or without a fraction.
#[expect(
    clippy::cast_possible_truncation,
    reason = "a float saturates, and a timestamp has bounds of its own"
)]
pub(crate) fn micros(number: &serde_json::Number) -> Option<i64> {
    match number.as_i64() {
        Some(seconds) => seconds.checked_mul(MICROS),
        None => number.as_f64().map(|seconds| (seconds * 1e6) as i64),
    }
}
