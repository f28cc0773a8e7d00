//! An authorisation server that others wrote, running beside the test.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpListener;
use std::process::{Child, ChildStdout, Stdio};

use uuid::Uuid;

use crate::node;

/// An authorisation server. It ends with the test.
pub(super) struct Provider {
    child: Child,
    lines: Option<BufReader<ChildStdout>>,
    url: String,
}

impl Provider {
    /// Starts one whose tokens are for `tenant`, with these roles.
    pub(super) async fn start(tenant: Uuid, roles: &[&str]) -> Self {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let (port, tenant) = (port.to_string(), tenant.to_string());
        let mut command = node::command("provider.mjs");
        command.args([&*port, &*tenant]).args(roles).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let lines = Some(BufReader::new(child.stdout.take().unwrap()));
        let mut provider = Self { child, lines, url: format!("http://127.0.0.1:{port}") };
        provider.is_ready().await;
        provider
    }

    /// What it calls itself.
    pub(super) fn url(&self) -> &str {
        &self.url
    }

    /// Its key is gone, and it signs with another one.
    pub(super) async fn rotate(&mut self) {
        self.child.stdin.as_mut().unwrap().write_all(b"rotate\n").unwrap();
        self.is_ready().await;
    }

    /// Waits until it says so.
    async fn is_ready(&mut self) {
        let mut lines = self.lines.take().unwrap();
        let reading = tokio::task::spawn_blocking(move || {
            let mut line = String::new();
            while line != "ready\n" {
                line.clear();
                assert_ne!(lines.read_line(&mut line).unwrap(), 0, "the authorisation server has ended");
            }
            lines
        });
        self.lines = Some(reading.await.unwrap());
    }
}

impl Drop for Provider {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
