//! How the features are that the service can do without for a while.

use crate::log::Position;

/// How one such feature is: the relay to a broker, a neighbouring service. The record goes on without it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeatureHealth {
    /// Its name: `relay`, `inbound`.
    pub name: &'static str,
    /// Whether it does what it is for.
    pub well: bool,
    /// One word for what it is doing.
    pub state: &'static str,
    /// How far it is in the log, where it reads the log.
    pub position: Option<Position>,
    /// How much it has to catch up with: events, or messages.
    pub lag: Option<u64>,
}

/// Tells how a feature is now, without waiting for anything.
pub type FeatureWatch = Box<dyn Fn() -> FeatureHealth + Send + Sync>;

/// What the process uses of its machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Machine {
    /// Of the memory, where that can be told.
    pub memory: Option<MemoryUse>,
    /// Of the disk that the data folder is on, where that can be told.
    pub disk: Option<DiskUse>,
}

/// How much memory the process has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MemoryUse {
    /// So many bytes are in memory.
    pub resident_bytes: u64,
    /// So many are not too many.
    pub limit_bytes: Option<u64>,
}

impl MemoryUse {
    /// Whether it is more than it should be.
    pub fn is_too_much(&self) -> bool {
        self.limit_bytes.is_some_and(|limit| self.resident_bytes > limit)
    }
}

/// How full a disk is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DiskUse {
    /// So many bytes can still be written.
    pub free_bytes: u64,
    /// Of so many, without what is kept for root.
    pub total_bytes: u64,
}

/// A disk that is fuller than this, in percent, needs somebody to look.
const FULL: u64 = 90;

impl DiskUse {
    /// How much of it is taken, from 0 to 100.
    pub fn used_percent(&self) -> u64 {
        let used = u128::from(self.total_bytes.saturating_sub(self.free_bytes));
        let percent = used * 100 / u128::from(self.total_bytes.max(1));
        u64::try_from(percent).unwrap_or(100)
    }

    /// Whether more than 90 % are taken.
    pub fn is_too_much(&self) -> bool {
        let used = u128::from(self.total_bytes.saturating_sub(self.free_bytes));
        used * 100 > u128::from(FULL) * u128::from(self.total_bytes)
    }
}

/// Tells what the process uses now.
pub type MachineWatch = Box<dyn Fn() -> Machine + Send + Sync>;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_disk_is_full_above_ninety_percent() {
        let disk = |free_bytes| DiskUse { free_bytes, total_bytes: 1_000 };
        assert!(!disk(100).is_too_much());
        assert!(disk(99).is_too_much());
        assert_eq!(disk(99).used_percent(), 90);
        assert_eq!(disk(1_000).used_percent(), 0);
        assert!(!DiskUse { free_bytes: 0, total_bytes: 0 }.is_too_much());
    }

    #[test]
    fn memory_is_too_much_above_its_limit() {
        let memory = |limit_bytes| MemoryUse { resident_bytes: 10, limit_bytes };
        assert!(!memory(None).is_too_much());
        assert!(!memory(Some(10)).is_too_much());
        assert!(memory(Some(9)).is_too_much());
    }
}
