//! The operating system's clock and randomness, as the service has them.

use acta_application::clock::{Clock, Randomness};
use acta_domain::Timestamp;
use rand::TryRng as _;

/// The operating system's clock.
pub(super) struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "a benchmark runs in real time")]
    fn now(&self) -> Timestamp {
        let since_epoch = std::time::SystemTime::now()
            .duration_since(std::time::UNIX_EPOCH)
            .expect("the clock of this machine stands after 1970");
        let micros = i64::try_from(since_epoch.as_micros()).expect("the year is before 290000");
        Timestamp::from_micros(micros).expect("the year is before 10000")
    }
}

/// The operating system's random numbers.
pub(super) struct SystemRandomness;

impl Randomness for SystemRandomness {
    fn fill(&self, bytes: &mut [u8]) {
        rand::rngs::SysRng.try_fill_bytes(bytes).expect("the operating system gives random numbers");
    }
}
