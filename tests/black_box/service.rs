//! A running service, started and stopped as anybody would.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, BufReader};
use tokio::process::{Child, ChildStdout, Command};
use uuid::Uuid;

use crate::api::Api;
use crate::folder::Folder;
use crate::pass::{Holder, Pass, Wanted};

/// The longest that anything here may take.
pub(crate) const PATIENCE: Duration = Duration::from_mins(1);
/// What the services call themselves: a restart on another port stays the same issuer.
pub(crate) const ISSUER: &str = "https://acta.example";

/// Waits until `look` finds something; fails, naming `what`, when it takes too long.
pub(crate) async fn eventually<T>(what: &str, look: impl AsyncFnMut() -> Option<T>) -> T {
    within(PATIENCE, what, look).await
}

/// Waits until `look` finds something; fails, naming `what`, when it takes longer than `patience`.
pub(crate) async fn within<T>(patience: Duration, what: &str, mut look: impl AsyncFnMut() -> Option<T>) -> T {
    let search = async {
        loop {
            if let Some(found) = look().await {
                return found;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(patience, search).await.unwrap_or_else(|_| panic!("waited in vain: {what}"))
}

/// Every byte of every file in a folder.
pub(crate) fn all_files(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let (folders, files): (Vec<_>, Vec<_>) = entries.partition(|path| path.is_dir());
    // SQLite's side files come and go.
    let read = files.into_iter().filter_map(|path| std::fs::read(&path).ok().map(|bytes| (path, bytes)));
    read.chain(folders.iter().flat_map(|folder| all_files(folder))).collect()
}

/// A running service.
pub(crate) struct Service {
    child: Child,
    url: String,
    data: PathBuf,
    /// What it printed behind the line that says where it listens.
    printed: Arc<Mutex<String>>,
    log: Arc<Mutex<Vec<u8>>>,
}

impl Service {
    /// Starts one on `folder` and waits until it listens.
    pub(crate) async fn start(folder: &Folder) -> Self {
        Self::spawn(folder, folder.serve()).await
    }

    /// Starts `command`, which serves `folder`, and waits until it listens.
    pub(crate) async fn spawn(folder: &Folder, mut command: Command) -> Self {
        let mut child = command.spawn().unwrap();
        let log = collect(child.stderr.take().unwrap());
        let stdout = child.stdout.take().unwrap();
        let listening = tokio::time::timeout(PATIENCE, url_of(stdout)).await;
        let Ok(Some((url, printed))) = listening else {
            let log = String::from_utf8_lossy(&log.lock().unwrap()).into_owned();
            panic!("the service did not come up: {log}");
        };
        Self { child, url, data: folder.path().to_owned(), printed, log }
    }

    /// Waits until it can be given work: it listens before all its views have begun.
    pub(crate) async fn ready(&self) {
        let stranger = self.stranger();
        eventually("readiness", async || (stranger.get("//health/ready").await.status == 200).then_some(()))
            .await;
    }

    /// Where it answers.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// Where it answers other services, if it is to.
    pub(crate) async fn internal_url(&self) -> String {
        eventually("the internal listener", async || {
            let printed = self.printed.lock().unwrap();
            let mut lines = printed.lines();
            lines.find_map(|line| line.strip_prefix("acta listens for other services on ")).map(str::to_owned)
        })
        .await
    }

    /// Its process.
    pub(crate) fn pid(&self) -> u32 {
        self.child.id().expect("it runs")
    }

    /// What it wrote on standard error so far.
    pub(crate) fn log(&self) -> Vec<u8> {
        self.log.lock().unwrap().clone()
    }

    /// A client without a token.
    pub(crate) fn stranger(&self) -> Api {
        Api::new(&self.url, None)
    }

    /// A client for a person with these roles.
    pub(crate) async fn person(&self, tenant: Uuid, user: Uuid, roles: &[&str]) -> Api {
        self.client(&Wanted { tenant, holder: Holder::User(user), roles, lifetime: 3600 }).await
    }

    /// A client that may do everything in `tenant`.
    pub(crate) async fn administrator(&self, tenant: Uuid) -> Api {
        let (holder, roles) = (Holder::Service("tests"), &["administrator"]);
        self.client(&Wanted { tenant, holder, roles, lifetime: 3600 }).await
    }

    async fn client(&self, wanted: &Wanted<'_>) -> Api {
        Api::new(&self.url, Some(Pass::bound(&self.data, wanted).await))
    }

    /// A client that is let in to read and no more.
    pub(crate) async fn reader(&self, wanted: &Wanted<'_>) -> Api {
        Api::new(&self.url, Some(Pass::unbound(&self.data, wanted).await))
    }

    /// Fails if it has ended by itself.
    pub(crate) fn assert_running(&mut self) {
        if let Some(status) = self.child.try_wait().unwrap() {
            panic!("the service ended by itself, {status}: {}", String::from_utf8_lossy(&self.log()));
        }
    }

    /// `kill -9`, at once.
    pub(crate) async fn kill(mut self) {
        self.child.kill().await.unwrap();
    }

    /// SIGTERM, without waiting.
    pub(crate) async fn ask_to_stop(&self) {
        self.signal("-TERM").await;
    }

    /// Sends it a signal, such as `-HUP`.
    pub(crate) async fn signal(&self, name: &str) {
        let sent = Command::new("kill").args([name, &self.pid().to_string()]).status().await.unwrap();
        assert!(sent.success());
    }

    /// Waits for its end after [`Self::ask_to_stop`]; it must be a clean one.
    pub(crate) async fn ended(mut self) {
        let status = tokio::time::timeout(PATIENCE, self.child.wait()).await.expect("it stops").unwrap();
        assert!(status.success(), "{status}: {}", String::from_utf8_lossy(&self.log()));
    }

    /// SIGTERM, and a clean end.
    pub(crate) async fn stop(self) {
        self.ask_to_stop().await;
        self.ended().await;
    }
}

/// The address in the line `acta listens on …`, and what is printed behind it, as it comes.
async fn url_of(stdout: ChildStdout) -> Option<(String, Arc<Mutex<String>>)> {
    let mut lines = BufReader::new(stdout).lines();
    while let Ok(Some(line)) = lines.next_line().await {
        if let Some(url) = line.strip_prefix("acta listens on ") {
            let (url, printed) = (url.trim().to_owned(), Arc::new(Mutex::new(String::new())));
            let kept = Arc::clone(&printed);
            tokio::spawn(async move {
                while let Ok(Some(line)) = lines.next_line().await {
                    kept.lock().unwrap().push_str(&(line + "\n"));
                }
            });
            return Some((url, printed));
        }
    }
    None
}

fn collect(mut stream: impl tokio::io::AsyncRead + Unpin + Send + 'static) -> Arc<Mutex<Vec<u8>>> {
    let log = Arc::new(Mutex::new(Vec::new()));
    let kept = Arc::clone(&log);
    tokio::spawn(async move {
        let mut buffer = vec![0; 8192];
        while let Ok(length @ 1..) = stream.read(&mut buffer).await {
            kept.lock().unwrap().extend_from_slice(&buffer[..length]);
        }
    });
    log
}
