//! How much memory a process occupies while something is done.

use std::time::Duration;

use crate::process::Process;

/// Between two looks.
const PAUSE: Duration = Duration::from_millis(200);

/// Does `work`; gives the most bytes that `process` was seen to occupy meanwhile.
pub(super) async fn watched<T>(
    process: &Process,
    work: impl Future<Output = anyhow::Result<T>>,
) -> anyhow::Result<(T, u64)> {
    let (mut work, mut most) = (std::pin::pin!(work), process.resident()?);
    loop {
        tokio::select! {
            done = &mut work => return Ok((done?, most.max(process.resident()?))),
            () = tokio::time::sleep(PAUSE) => most = most.max(process.resident()?),
        }
    }
}
