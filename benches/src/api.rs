//! Requests of the API, ready to be sent.

use std::net::SocketAddr;
use std::sync::Arc;

use anyhow::{Context as _, ensure};
use serde_json::Value;

use crate::commands;
use crate::connection::{Answer, Connection};
use crate::pass::Pass;

const CREATED: u16 = 201;
const OK: u16 = 200;
/// The view was not there in time.
const BEHIND: u16 = 412;

/// Where the service is and what it lets us in with.
#[derive(Debug, Clone)]
pub(crate) struct Api {
    pub(crate) address: SocketAddr,
    pass: Arc<Pass>,
}

/// A session, by the id in its path.
#[derive(Debug, Clone)]
pub(crate) struct Session(Arc<str>);

/// Where a command was recorded.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Added {
    /// In the whole log.
    pub(crate) position: u64,
    /// The length of its stream now.
    pub(crate) version: u64,
}

impl Api {
    pub(crate) fn new(address: SocketAddr, pass: Pass) -> Self {
        Self { address, pass: pass.into() }
    }

    /// What lets clients in.
    pub(crate) fn pass(&self) -> &Arc<Pass> {
        &self.pass
    }

    pub(crate) async fn connect(&self) -> anyhow::Result<Connection> {
        Connection::open(self.address).await
    }

    /// A session that is under way.
    pub(crate) async fn session(&self, connection: &mut Connection, number: u64) -> anyhow::Result<Session> {
        let body = commands::session(number).to_string();
        let answer = connection.send(&self.post("/api/v1/sessions", &body)).await?;
        ensure!(answer.status == CREATED, "{}", String::from_utf8_lossy(answer.body));
        let created: Value = serde_json::from_slice(answer.body)?;
        let id = created["session_id"].as_str().context("a new session has an id")?;
        let session = Session(id.into());
        let answer = connection.send(&self.post(&format!("/api/v1/sessions/{id}/start"), "")).await?;
        ensure!(answer.status == OK, "{}", String::from_utf8_lossy(answer.body));
        Ok(session)
    }

    /// Several of them.
    pub(crate) async fn sessions(&self, count: u64) -> anyhow::Result<Vec<Session>> {
        let mut connection = self.connect().await?;
        let mut sessions = Vec::new();
        for number in 0..count {
            sessions.push(self.session(&mut connection, number).await?);
        }
        Ok(sessions)
    }

    /// The request that adds chunk number `n`, to be sent once and soon: its proof of possession is made here, so that it need not
    /// be measured.
    pub(crate) fn chunk(&self, session: &Session, n: u64) -> Vec<u8> {
        self.post(&format!("/api/v1/sessions/{}/transcript/chunks", session.0), &commands::chunk(n))
    }

    /// Adds chunk number `n`.
    pub(crate) async fn add(
        &self,
        connection: &mut Connection,
        session: &Session,
        n: u64,
    ) -> anyhow::Result<Added> {
        Added::from(&connection.send(&self.chunk(session, n)).await?)
    }

    /// Waits until the transcript shows `position`.
    pub(crate) async fn shown(
        &self,
        connection: &mut Connection,
        session: &Session,
        position: u64,
    ) -> anyhow::Result<()> {
        let path = format!("/api/v1/sessions/{}/transcript?limit=1&at_least={position}", session.0);
        loop {
            let answer = connection.send(&self.get(&path)).await?;
            if answer.status != BEHIND {
                ensure!(answer.status == OK, "{}", String::from_utf8_lossy(answer.body));
                return Ok(());
            }
        }
    }

    /// A request that is sent once and soon, with its proof of possession.
    pub(crate) fn post(&self, path: &str, body: &str) -> Vec<u8> {
        let content_type = if body.is_empty() { "" } else { "content-type: application/json\r\n" };
        let length = body.len();
        let head = self.head("POST", path);
        format!("{head}{content_type}content-length: {length}\r\n\r\n{body}").into_bytes()
    }

    fn get(&self, path: &str) -> Vec<u8> {
        format!("{}\r\n", self.head("GET", path)).into_bytes()
    }

    fn head(&self, method: &str, path: &str) -> String {
        let address = self.address;
        let (token, proof) = (self.pass.token(), self.pass.prove(method, &format!("http://{address}{path}")));
        format!(
            "{method} {path} HTTP/1.1\r\nhost: {address}\r\nauthorization: DPoP {token}\r\ndpop: {proof}\r\n"
        )
    }
}

impl Session {
    pub(crate) fn id(&self) -> &str {
        &self.0
    }
}

impl Added {
    /// What the service says of the chunk that it added.
    pub(crate) fn from(answer: &Answer<'_>) -> anyhow::Result<Self> {
        ensure!(answer.status == CREATED, "{}: {}", answer.status, String::from_utf8_lossy(answer.body));
        let added: Value = serde_json::from_slice(answer.body)?;
        let number = |name| added[name].as_u64().with_context(|| format!("what was added has a {name}"));
        Ok(Self { position: number("position")?, version: number("version")? })
    }
}
