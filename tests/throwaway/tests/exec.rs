//! The program: a command with a server of its own, which goes away with it.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};
use std::time::Duration;

use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};

/// The longest that anything here may take.
const PATIENCE: Duration = Duration::from_mins(1);

fn program() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_acta-throwaway"));
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
    command
}

/// Prints the URL and the clusters' folder, as the command sees them.
fn shell(folder: &Path, script: &str) -> Command {
    let mut command = program();
    command.env("TMPDIR", folder).args(["exec", "--", "sh", "-c", script]);
    command
}

/// A folder for the clusters' folders, which whoever runs the server may enter.
fn temporary() -> tempfile::TempDir {
    use std::os::unix::fs::PermissionsExt as _;
    let open = std::fs::Permissions::from_mode(0o755);
    tempfile::Builder::new().permissions(open).tempdir().unwrap()
}

fn clusters(folder: &Path) -> Vec<PathBuf> {
    std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect()
}

async fn eventually(what: &str, mut look: impl FnMut() -> bool) {
    let search = async {
        while !look() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(PATIENCE, search).await.unwrap_or_else(|_| panic!("waited in vain: {what}"));
}

async fn run(command: &mut Command) -> Output {
    tokio::time::timeout(PATIENCE, command.output()).await.expect("the command came to an end").unwrap()
}

async fn first_line(child: &mut Child) -> String {
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let line = tokio::time::timeout(PATIENCE, lines.next_line()).await.expect("it prints something");
    line.unwrap().unwrap()
}

fn signal(child: &Child, name: &str) {
    let process = child.id().unwrap().to_string();
    assert!(std::process::Command::new("kill").args([name, &process]).status().unwrap().success());
}

#[tokio::test]
async fn the_command_finds_a_server_that_is_gone_afterwards() {
    let folder = temporary();
    let output =
        run(&mut shell(folder.path(), r#"echo "$ACTA_TEST_POSTGRES"; ls -d "$TMPDIR"/*/data; exit 7"#)).await;
    let printed = String::from_utf8_lossy(&output.stdout);
    assert_eq!(output.status.code(), Some(7), "{}", String::from_utf8_lossy(&output.stderr));
    let mut lines = printed.lines();
    let port = lines.next().unwrap().strip_prefix("postgres://postgres@127.0.0.1:").unwrap();
    assert!(lines.next().unwrap().ends_with("/data"));
    assert!(tokio::net::TcpStream::connect(format!("127.0.0.1:{port}")).await.is_err());
    assert_eq!(clusters(folder.path()), [] as [PathBuf; 0]);
}

#[tokio::test]
async fn an_interrupted_command_leaves_no_cluster() {
    for (name, status) in [("-TERM", 143), ("-INT", 130)] {
        let folder = temporary();
        let mut child = shell(folder.path(), "echo started; exec sleep 600").spawn().unwrap();
        assert_eq!(first_line(&mut child).await, "started");
        assert_eq!(clusters(folder.path()).len(), 1);
        signal(&child, name);
        let ended = tokio::time::timeout(PATIENCE, child.wait()).await.unwrap().unwrap();
        assert_eq!(ended.code(), Some(status));
        assert_eq!(clusters(folder.path()), [] as [PathBuf; 0]);
    }
}

#[tokio::test]
async fn a_killed_program_leaves_no_cluster() {
    let folder = temporary();
    // The command ends by itself when nobody reads what it prints.
    let script = r#"echo "${ACTA_TEST_POSTGRES##*:}"; while sleep 0.1; do echo; done"#;
    let mut child = shell(folder.path(), script).spawn().unwrap();
    let port = first_line(&mut child).await;
    child.kill().await.unwrap();
    eventually("the folder goes", || clusters(folder.path()).is_empty()).await;
    let server = || std::net::TcpStream::connect(format!("127.0.0.1:{port}"));
    eventually("the server goes", || server().is_err()).await;
}

#[tokio::test]
async fn a_command_that_is_not_there_is_an_error() {
    let folder = temporary();
    let output = run(program().env("TMPDIR", folder.path()).args(["exec", "--", "/no/such/command"])).await;
    assert_eq!(output.status.code(), Some(127));
    assert!(String::from_utf8_lossy(&output.stderr).contains("/no/such/command"));
    assert_eq!(clusters(folder.path()), [] as [PathBuf; 0]);
}

#[tokio::test]
async fn other_words_are_answered_with_the_usage() {
    let output = run(program().arg("help")).await;
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).starts_with("usage: "));
}
