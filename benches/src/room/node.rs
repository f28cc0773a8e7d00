//! The Socket.IO server on Node.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context as _, ensure};
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};

use crate::connection::Connection;
use crate::process::Process;

const PATIENCE: Duration = Duration::from_secs(30);

/// A running server.
pub(super) struct Node {
    /// Killed when it is dropped: it has nothing to lose.
    _child: Child,
    pub(super) address: SocketAddr,
    pub(super) process: Process,
}

impl Node {
    /// Starts it; the data of a message is as large as `sizes` says by the message's name.
    pub(super) async fn start(sizes: &BTreeMap<String, usize>) -> anyhow::Result<Self> {
        let mut command = Command::new("node");
        command.env("NODE_PATH", packages()?).env_remove("NODE_OPTIONS").env("NODE_ENV", "production");
        command
            .arg("--expose-gc")
            .arg(folder().join("benches/node/room.mjs"))
            .arg(serde_json::to_string(sizes)?);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).kill_on_drop(true);
        let mut child = command.spawn().context("Node is not installed (Debian: nodejs)")?;
        let process = Process::number(child.id().context("it runs")?);
        let mut lines = BufReader::new(child.stdout.take().context("its output is piped")?).lines();
        let line =
            tokio::time::timeout(PATIENCE, lines.next_line()).await.context("it does not come up")??;
        let address = line.as_deref().and_then(|line| line.strip_prefix("room listens on http://"));
        let address = address.context("the server on Node does not listen")?.parse()?;
        Ok(Self { _child: child, address, process })
    }

    /// Has it collect its garbage.
    pub(super) async fn collect(&self) -> anyhow::Result<()> {
        let request =
            format!("POST /collect HTTP/1.1\r\nhost: {}\r\ncontent-length: 0\r\n\r\n", self.address);
        let mut connection = Connection::open(self.address).await?;
        ensure!(connection.send(request.as_bytes()).await?.status == 201, "it does not collect");
        Ok(())
    }
}

fn folder() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}

/// What `make` installed.
fn packages() -> anyhow::Result<PathBuf> {
    let packages = folder().join("target/bench-node/node_modules");
    ensure!(packages.is_dir(), "{} is not there: `make bench` installs it", packages.display());
    Ok(packages)
}
