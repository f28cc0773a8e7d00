//! The real clock, the real randomness, and how many files may be open: the only place that asks the operating system.

use acta_application::clock::{Clock, Randomness};
use acta_domain::Timestamp;
use rand::TryRng as _;
use rustix::process::{DumpableBehavior, Resource, Rlimit, getrlimit, set_dumpable_behavior, setrlimit};

/// The operating system's clock.
pub(crate) struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the port's real adapter")]
    fn now(&self) -> Timestamp {
        let since_epoch = std::time::SystemTime::now()
            .duration_since(std::time::UNIX_EPOCH)
            .expect("the clock of a running service stands after 1970");
        let micros = i64::try_from(since_epoch.as_micros()).expect("the year is before 290000");
        Timestamp::from_micros(micros).expect("the year is before 10000")
    }
}

/// The operating system's random numbers.
pub(crate) struct SystemRandomness;

impl Randomness for SystemRandomness {
    fn fill(&self, bytes: &mut [u8]) {
        rand::rngs::SysRng.try_fill_bytes(bytes).expect("the operating system gives random numbers");
    }
}

/// Sees to it that no file with what is in memory, keys and biometric samples among it, is left when the process dies.
pub(crate) fn keep_no_core() {
    let nothing = Rlimit { current: Some(0), maximum: Some(0) };
    // Each is enough by itself; a kernel that refuses one takes the other.
    let _refused = setrlimit(Resource::Core, nothing);
    let _refused = set_dumpable_behavior(DumpableBehavior::NotDumpable);
}

/// Lets this process have as many files open as it may raise the limit to: every connection is one. Gives how many those are.
pub(crate) fn open_as_many_files_as_may_be() -> Option<u64> {
    let mut limit = getrlimit(Resource::Nofile);
    limit.current = limit.maximum;
    if let Err(error) = setrlimit(Resource::Nofile, limit) {
        tracing::warn!(%error, "the limit of open files cannot be raised");
    }
    getrlimit(Resource::Nofile).current
}
