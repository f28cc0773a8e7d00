//! Secrets come from the environment, and lie on no disk with the data then.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use tokio::process::Command;

use crate::binary::{ended, printed};
use crate::folder::{Folder, refusal};
use crate::service::{Service, all_files};

const MASTER: &str = "5ec4e7aa5ec4e7aa5ec4e7aa5ec4e7aa5ec4e7aa5ec4e7aa5ec4e7aa5ec4e7aa";
const DIGEST: &str = "d16e57bbd16e57bbd16e57bbd16e57bbd16e57bbd16e57bbd16e57bbd16e57bb";
const OTHER: &str = "07e4cc0707e4cc0707e4cc0707e4cc0707e4cc0707e4cc0707e4cc0707e4cc07";

fn serve(folder: &Folder, variables: &[(&str, &str)]) -> Command {
    let mut serve = folder.serve();
    serve.envs(variables.iter().copied());
    serve
}

/// A file that only its owner can read.
fn hidden_file(path: &Path, text: &str) -> String {
    fs::write(path, text).unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(0o400)).unwrap();
    path.to_string_lossy().into_owned()
}

#[tokio::test]
async fn a_service_whose_secrets_come_from_outside_keeps_none_with_its_data() {
    let (folder, mounted) = (Folder::new().await, tempfile::tempdir().unwrap());
    let digest = hidden_file(&mounted.path().join("digest"), DIGEST);
    let variables = [("ACTA_MASTER_KEY", MASTER), ("ACTA_DIGEST_KEY_FILE", digest.as_str())];
    for _ in 0..2 {
        let service = Service::spawn(&folder, serve(&folder, &variables)).await;
        service.ready().await;
        service.stop().await;
    }
    for (path, bytes) in all_files(folder.path()) {
        for secret in [MASTER, DIGEST] {
            let raw = hex::decode(secret).unwrap();
            let is_there =
                [secret.as_bytes(), &raw].iter().any(|secret| memchr::memmem::find(&bytes, secret).is_some());
            assert!(!is_there, "{} holds a secret of the environment", path.display());
        }
    }
    let said = refusal(serve(&folder, &variables[..1])).await;
    assert!(said.contains("digest.key is missing"), "{said}");
    let said = refusal(serve(&folder, &variables[1..])).await;
    assert!(said.contains("master.key is missing"), "{said}");
}

#[tokio::test]
async fn secrets_that_contradict_each_other_are_refused_and_not_shown() {
    let folder = Folder::new().await;
    Service::start(&folder).await.stop().await;
    for (variable, value, wanted) in [
        ("ACTA_MASTER_KEY", OTHER, "give the same secret differently"),
        ("ACTA_DIGEST_KEY", OTHER, "give the same secret differently"),
        ("ACTA_MASTER_KEY", &OTHER[1..], "does not hold 64 hexadecimal digits"),
        ("ACTA_MASTER_KEYS", OTHER, "is not a setting"),
    ] {
        let said = refusal(serve(&folder, &[(variable, value)])).await;
        assert!(said.contains(variable) && said.contains(wanted) && !said.contains(value), "{said}");
    }
}

#[tokio::test]
async fn a_mounted_secret_that_anybody_can_read_is_refused() {
    let (folder, mounted) = (Folder::new().await, tempfile::tempdir().unwrap());
    let path = mounted.path().join("master");
    let name = hidden_file(&path, MASTER);
    fs::set_permissions(&path, fs::Permissions::from_mode(0o444)).unwrap();
    let said = refusal(serve(&folder, &[("ACTA_MASTER_KEY_FILE", &name)])).await;
    assert!(said.contains("can be read by others"), "{said}");
}

#[tokio::test]
async fn a_master_key_of_the_environment_is_followed_by_another_one_there() {
    let folder = Folder::new().await;
    let first = [("ACTA_MASTER_KEY", MASTER)];
    Service::spawn(&folder, serve(&folder, &first)).await.stop().await;
    let mut rotate = folder.acta();
    rotate.args(["keys", "rotate", "master"]).envs(first);
    let said = printed(&ended(rotate).await);
    assert!(said.contains("ACTA_MASTER_KEY_2") && !said.contains(MASTER), "{said}");
    let both = [first[0], ("ACTA_MASTER_KEY_2", OTHER)];
    Service::spawn(&folder, serve(&folder, &both)).await.stop().await;
}
