//! No secret is ever shown: not in a log line of any level, not by a subcommand, not over HTTP.

use std::fs;
use std::path::Path;

use acta_proof::verify::{VerifyOptions, verify_file};

use super::{done, refused};
use crate::folder::Folder;
use crate::meeting::{Meeting, any_id};
use crate::service::{Service, all_files};

/// Every line of every key file that is a secret.
fn secrets(folder: &Path) -> Vec<String> {
    let mut secrets = Vec::new();
    for (path, bytes) in all_files(&folder.join("keys")) {
        let text = String::from_utf8(bytes).unwrap_or_else(|_| panic!("{} is text", path.display()));
        let lines = text.lines().filter(|line| !line.starts_with("-----") && line.len() > 20);
        secrets.extend(lines.filter(|line| !line.starts_with("In-Use-From")).map(str::to_owned));
    }
    secrets
}

#[track_caller]
fn assert_hidden(what: &str, shown: &[u8], secrets: &[String]) {
    for secret in secrets {
        let mut forms = vec![secret.clone().into_bytes()];
        forms.extend(hex::decode(secret));
        for form in forms {
            assert!(memchr::memmem::find(shown, &form).is_none(), "{what} shows a secret");
        }
    }
}

#[tokio::test]
async fn a_service_that_logs_all_it_can_shows_no_secret() {
    let folder = Folder::new().await;
    let mut verbose = folder.serve();
    verbose.env("ACTA_LOG", "trace").env("RUST_LOG", "trace");
    let service = Service::spawn(&folder, verbose).await;
    let api = service.administrator(any_id()).await;
    let mut meeting = Meeting::begin(&api, "Meeting", 2).await;
    meeting.speak(meeting.members[0], "I move that the roof be mended.").await;
    meeting.close().await;
    verify_file(&meeting.proof().await, &VerifyOptions::default()).unwrap();
    let mut said = String::new();
    for arguments in [
        &["rotate", "tokens", "--now"][..],
        &["rotate", "issuer"],
        &["rotate", "evidence"],
        &["list"],
        &["export"],
    ] {
        said += &done(&folder, arguments).await;
    }
    said += &done(&folder, &["rotate", "master"]).await;
    said += &refused(&folder, &["rewrap"]).await;
    let secrets = secrets(folder.path());
    assert!(secrets.len() > 60, "the keys of all purposes are among them: {}", secrets.len());
    assert!(
        secrets
            .contains(&fs::read_to_string(folder.path().join("keys/master.key")).unwrap().trim().to_owned())
    );

    assert_hidden("a subcommand", said.as_bytes(), &secrets);
    for path in ["//health", "//metrics", "//.well-known/jwks.json", "//v2/.well-known/jwks.json"] {
        assert_hidden(path, &service.stranger().get(path).await.body, &secrets);
    }
    let log = service.log();
    for said in ["\"DEBUG\"", "the stores are open", "answered"] {
        assert!(memchr::memmem::find(&log, said.as_bytes()).is_some(), "it logs all it can: {said}");
    }
    assert_hidden("the log", &log, &secrets);
    // The token itself is a secret as well, while it is good.
    assert_hidden("the log", &log, &[api.pass().token().to_owned()]);
    service.stop().await;
}
