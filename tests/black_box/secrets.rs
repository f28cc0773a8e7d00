//! Keys are rotated and retired, secrets come from files or the environment, and none is ever shown.

mod environment;
mod leaks;
mod masters;
mod signing;

use acta_throwaway::Login;

use crate::binary::{ended, printed};
use crate::folder::Folder;

/// Runs `acta keys …` as an operator does, who has the login that owns the tables; gives whether it succeeded and what it printed.
async fn keys(folder: &Folder, arguments: &[&str]) -> (bool, String) {
    let mut command = keys_command(folder);
    command.args(arguments).env("DATABASE_ACQUIRE_TIMEOUT", "30");
    let output = ended(command).await;
    (output.status.success(), printed(&output))
}

fn keys_command(folder: &Folder) -> tokio::process::Command {
    let mut command = folder.acta();
    command.arg("keys");
    if !folder.is_embedded() {
        command.env("MIGRATE_DATABASE_URL", folder.database().url_of(Login::Owner));
    }
    command
}

/// What `acta keys …` prints when it must succeed.
async fn done(folder: &Folder, arguments: &[&str]) -> String {
    let (succeeded, said) = keys(folder, arguments).await;
    assert!(succeeded, "{arguments:?}: {said}");
    said
}

/// What `acta keys …` prints when it must refuse.
async fn refused(folder: &Folder, arguments: &[&str]) -> String {
    let (succeeded, said) = keys(folder, arguments).await;
    assert!(!succeeded && !said.contains("panicked"), "{arguments:?}: {said}");
    said
}
