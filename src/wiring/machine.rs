//! What the process uses of its machine.

use std::path::Path;

use acta_application::health::{DiskUse, Machine, MachineWatch, MemoryUse};

/// Tells how much memory this process has, of `limit`, and how full the disk of `folder` is.
pub(super) fn watch(folder: &Path, limit: Option<u64>) -> MachineWatch {
    let folder = folder.to_owned();
    Box::new(move || Machine { memory: memory(limit), disk: disk(&folder) })
}

fn memory(limit_bytes: Option<u64>) -> Option<MemoryUse> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    Some(MemoryUse { resident_bytes: resident(&status)?, limit_bytes })
}

/// `VmRSS:      1234 kB` (proc(5)).
fn resident(status: &str) -> Option<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kib: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kib * 1024)
}

fn disk(folder: &Path) -> Option<DiskUse> {
    let disk = rustix::fs::statvfs(folder).ok()?;
    // As df(1) reckons: what is kept for root is neither free nor taken.
    let used = disk.f_blocks.saturating_sub(disk.f_bfree);
    let total = used.saturating_add(disk.f_bavail);
    Some(DiskUse {
        free_bytes: disk.f_bavail.saturating_mul(disk.f_frsize),
        total_bytes: total.saturating_mul(disk.f_frsize),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_resident_memory_is_read_in_bytes() {
        assert_eq!(resident("Name:\tacta\nVmRSS:\t    1234 kB\nThreads:\t3\n"), Some(1_263_616));
        assert_eq!(resident("Name:\tacta\n"), None);
    }

    #[test]
    fn this_machine_has_memory_and_a_disk() {
        let machine = watch(Path::new("/"), Some(1))();
        assert!(machine.memory.unwrap().is_too_much());
        assert!(machine.disk.unwrap().total_bytes > 0);
    }
}
