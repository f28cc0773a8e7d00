//! A server that asks for a password gets it, by URL and by parts, and nobody else does.

use acta_throwaway::{Cluster, Options};
use tempfile::TempDir;
use tokio::process::Command;

use super::{administered, give_to_the_server};
use crate::folder::{Folder, refusal};
use crate::meeting::{Meeting, any_id};
use crate::service::Service;

/// With everything in it that has a meaning in a URL.
const PASSWORD: &str = "p@ss:w/o?r#d %41&='\"ü";
const IN_URL: &str = "p%40ss%3Aw%2Fo%3Fr%23d%20%2541%26%3D%27%22%C3%BC";

/// Who has to say what: everybody is trusted but the service.
const RULES: &str = "local all all trust
host all acta_service 127.0.0.1/32 scram-sha-256
host all all 127.0.0.1/32 trust
";

/// A server that asks the service for its password, and the folder of its rules.
async fn guarded() -> (Cluster, TempDir) {
    let place = tempfile::tempdir().unwrap();
    let rules = place.path().join("rules");
    std::fs::write(&rules, RULES).unwrap();
    give_to_the_server(place.path()).await;
    let options = Options::fast().with("hba_file", &rules.to_string_lossy());
    (Cluster::start(options).await.unwrap(), place)
}

/// The settings that name the database of `folder` by its parts.
fn parts(folder: &Folder, password: &str) -> Vec<(&'static str, String)> {
    vec![
        ("DATABASE_HOST", "127.0.0.1".to_owned()),
        ("DATABASE_PORT", folder.database().server().port().to_string()),
        ("DATABASE_USERNAME", "acta_service".to_owned()),
        ("DATABASE_PASSWORD", password.to_owned()),
        ("DATABASE_NAME", folder.database().name().to_owned()),
    ]
}

/// The setting that names it by a URL.
fn url(folder: &Folder, password: &str) -> Vec<(&'static str, String)> {
    let (port, name) = (folder.database().server().port(), folder.database().name());
    vec![("DATABASE_URL", format!("postgres://acta_service:{password}@127.0.0.1:{port}/{name}"))]
}

/// The command that serves with these settings and no others.
fn serve(folder: &Folder, settings: Vec<(&'static str, String)>) -> Command {
    let mut serve = folder.serve();
    serve.env_remove("DATABASE_URL").envs(settings);
    serve
}

#[tokio::test]
async fn a_password_is_taken_from_a_url_and_from_parts_and_told_to_nobody() {
    let (cluster, _place) = guarded().await;
    let folder = Folder::on(cluster.server()).await;
    let quoted = PASSWORD.replace('\'', "''");
    administered(&folder, &format!("ALTER ROLE acta_service PASSWORD '{quoted}'")).await;
    for settings in [parts(&folder, PASSWORD), url(&folder, IN_URL)] {
        let mut verbose = serve(&folder, settings);
        verbose.env("ACTA_LOG", "debug");
        let service = Service::spawn(&folder, verbose).await;
        Meeting::begin(&service.administrator(any_id()).await, "General meeting", 1).await;
        let log = String::from_utf8_lossy(&service.log()).into_owned();
        assert!(!log.contains(PASSWORD) && !log.contains(IN_URL), "{log}");
        service.stop().await;
    }
    for settings in [parts(&folder, "wrong-password"), url(&folder, "wrong-password")] {
        let said = refusal(serve(&folder, settings)).await;
        assert!(said.contains("password authentication failed"), "{said}");
        assert!(said.contains("acta_service") && !said.contains("wrong-password"), "{said}");
    }
}

#[tokio::test]
async fn parts_that_name_no_database_and_a_database_named_twice_are_refused() {
    let folder = Folder::postgres().await;
    let mut half = parts(&folder, "a-password");
    half.retain(|(name, _)| *name != "DATABASE_NAME");
    let said = refusal(serve(&folder, half)).await;
    assert!(said.contains("give DATABASE_NAME too") && !said.contains("a-password"), "{said}");
    let twice = [parts(&folder, "a-password"), url(&folder, "a-password")].concat();
    let said = refusal(serve(&folder, twice)).await;
    assert!(said.contains("named twice") && !said.contains("a-password"), "{said}");
}
