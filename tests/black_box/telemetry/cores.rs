//! Nothing of what is in memory is left in a file when the process dies.

use crate::folder::Folder;
use crate::service::{Service, all_files, eventually};

#[tokio::test]
async fn a_service_that_is_aborted_leaves_no_core() {
    let folder = Folder::new().await;
    let mut serve = folder.serve();
    serve.current_dir(folder.path());
    let service = Service::spawn(&folder, serve).await;
    let proc = format!("/proc/{}", service.pid());
    let limits = std::fs::read_to_string(format!("{proc}/limits")).unwrap();
    let core = limits.lines().find_map(|line| line.strip_prefix("Max core file size")).unwrap();
    assert_eq!(core.split_whitespace().take(2).collect::<Vec<_>>(), ["0", "0"]);

    service.signal("-ABRT").await;
    eventually("it is gone", async || {
        let state = std::fs::read_to_string(format!("{proc}/stat"));
        state.map_or(Some(()), |state| state.contains(") Z ").then_some(()))
    })
    .await;
    let cores = all_files(folder.path()).into_iter().map(|(path, _)| path);
    let mut cores = cores.filter(|path| path.file_name().unwrap().to_string_lossy().starts_with("core"));
    assert_eq!(cores.next(), None);
}
