//! A place for a service, on either store: a data folder and, on `PostgreSQL`, a database of its own.
//!
//! `ACTA_TEST_STORE` says which store is used by tests of promises that both keep: `embedded` (also when it is not set) or
//! `postgres`.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};

use acta_throwaway::{Cluster, Database, Login, Server, template_name};
use tempfile::TempDir;
use tokio::process::Command;

use crate::binary::{acta, ended, printed};
use crate::kafka::place::Topics;
use crate::service::ISSUER;

const STORE: &str = "ACTA_TEST_STORE";

/// Whether tests of promises that both stores keep use `PostgreSQL`.
pub(crate) fn is_on_postgres() -> bool {
    match std::env::var(STORE).as_deref() {
        Ok("postgres") => true,
        Ok("embedded") | Err(_) => false,
        Ok(other) => panic!("{STORE} is embedded or postgres, not {other}"),
    }
}

/// A place for a service. It goes away with the test.
///
/// Any number of instances may run on one that is on `PostgreSQL`: they share the keys in the folder.
pub(crate) struct Folder {
    data: TempDir,
    database: Option<Database>,
    topics: Option<Topics>,
}

impl Folder {
    /// One on the store that `ACTA_TEST_STORE` says.
    pub(crate) async fn new() -> Self {
        if is_on_postgres() { Self::postgres().await } else { Self::embedded() }
    }

    /// One where everything is in the folder, for what is about its files.
    pub(crate) fn embedded() -> Self {
        Self { data: tempfile::tempdir().unwrap(), database: None, topics: None }
    }

    /// One with a migrated database on the server of the whole run.
    pub(crate) async fn postgres() -> Self {
        Self::on(Cluster::shared().await.unwrap()).await
    }

    /// One with a migrated database on this server.
    pub(crate) async fn on(server: &Server) -> Self {
        let database = Database::create(server, &template(), migrate).await.unwrap();
        Self { data: tempfile::tempdir().unwrap(), database: Some(database), topics: None }
    }

    /// The same, where events are published to these topics.
    pub(crate) fn publishing_to(mut self, topics: &Topics) -> Self {
        self.topics = Some(topics.clone());
        self
    }

    /// The data folder.
    pub(crate) fn path(&self) -> &Path {
        self.data.path()
    }

    /// Whether everything is in the folder.
    pub(crate) fn is_embedded(&self) -> bool {
        self.database.is_none()
    }

    /// The database.
    pub(crate) fn database(&self) -> &Database {
        self.database.as_ref().expect("this folder has a database")
    }

    /// `acta`, to be given arguments, working here.
    pub(crate) fn acta(&self) -> Command {
        let mut command = acta();
        command.env("ACTA_DATA", self.path());
        // Where limits are not what is looked at, nobody comes up against them.
        command.env("RATE_LIMIT_USER", "unlimited").env("RATE_LIMIT_TENANT", "unlimited");
        // Nor does a socket leave anything on the record where that is not what is looked at.
        command.env("ROOM_PRESENCE", "unrecorded");
        if let Some(database) = &self.database {
            command.env("DATABASE_URL", database.url_of(Login::Service));
        }
        if let Some(topics) = &self.topics {
            topics.tell(&mut command);
        }
        command
    }

    /// The command that serves this place on any free port.
    pub(crate) fn serve(&self) -> Command {
        let mut command = self.acta();
        command.args(["serve", "--listen", "127.0.0.1:0", "--public-url", ISSUER]);
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    /// Runs a subcommand on this place to its end.
    pub(crate) async fn run<S: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = S>) -> Output {
        let mut command = self.acta();
        // A busy machine is not what is looked at.
        command.args(arguments).env("DATABASE_ACQUIRE_TIMEOUT", "30");
        ended(command).await
    }

    /// Runs a service that must not start, and gives what it printed.
    pub(crate) async fn refusal(&self) -> String {
        refusal(self.serve()).await
    }
}

/// Runs a service that must not start, and gives what it printed.
pub(crate) async fn refusal(serve: Command) -> String {
    let output = ended(serve).await;
    assert!(!output.status.success(), "it started: {}", printed(&output));
    printed(&output)
}

impl Drop for Folder {
    /// A server that the test has stopped takes its databases with it, so that a failure means nothing.
    fn drop(&mut self) {
        let Some(database) = self.database.take() else { return };
        // On a thread of its own, because a runtime is at work on this one.
        let removal = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
            runtime.block_on(database.remove()).map_err(std::io::Error::other)
        });
        drop(removal.join());
    }
}

/// The template that the migrations of this version make.
fn template() -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations/postgres");
    let mut files: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let texts = files.into_iter().map(|file| fs::read(file).unwrap());
    template_name("acta", texts.chain([env!("CARGO_PKG_VERSION").as_bytes().to_vec()]))
}

/// `acta migrate`, as the owner of an empty database.
async fn migrate(owner: String) -> Result<(), String> {
    let mut command = acta();
    command.arg("migrate").env("MIGRATE_DATABASE_URL", owner);
    let output = ended(command).await;
    if output.status.success() { Ok(()) } else { Err(printed(&output)) }
}
