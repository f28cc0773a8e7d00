//! Where it is measured: our service with a session under way, or the server on Node with the same.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use anyhow::{bail, ensure};
use serde_json::json;
use tempfile::TempDir;
use uuid::Uuid;

use super::dialect::Dialect;
use super::node::Node;
use super::socket::Ticket;
use super::steady::Requests;
use crate::api::{Api, Session};
use crate::commands;
use crate::process::Process;
use crate::program::Program;
use crate::service::{self, Service};

/// People who speak.
const SPEAKERS: u64 = 4;
/// What the room on Node calls its only session.
const SESSION: &str = "meeting";

/// Where it is measured.
pub(super) enum Site {
    Ours(Box<Ours>),
    Node(Box<Node>),
}

/// Our service.
pub(super) struct Ours {
    service: Service,
    api: Api,
    session: Session,
    _folder: TempDir,
}

impl Site {
    /// Our service on a new database; whoever speaks is present.
    pub(super) async fn ours(program: &Program, folder: Option<&Path>) -> anyhow::Result<Self> {
        let folder = match folder {
            Some(path) => tempfile::tempdir_in(path)?,
            None => tempfile::tempdir()?,
        };
        let data = folder.path().join("data");
        let (service, _) = Service::start(program, &data).await?;
        let api = Api::new(service.address(), program.pass(&data).await?);
        let mut connection = api.connect().await?;
        let session = api.session(&mut connection, 0).await?;
        let ours = Ours { service, api, session, _folder: folder };
        for number in 0..SPEAKERS {
            let answer = connection.send(&registration(&ours.api, &ours.session, speaker(number))).await?;
            ensure!(answer.status == 200, "{}", String::from_utf8_lossy(answer.body));
        }
        Ok(Self::Ours(Box::new(ours)))
    }

    /// The server on Node, whose messages are so large.
    pub(super) async fn node(sizes: &BTreeMap<String, usize>) -> anyhow::Result<Self> {
        Ok(Self::Node(Node::start(sizes).await?.into()))
    }

    /// What lets a client in.
    pub(super) fn ticket(&self, dialect: Dialect) -> Ticket {
        let (session, pass) = match self {
            Self::Ours(ours) => (ours.session.id().into(), Some(Arc::clone(ours.api.pass()))),
            Self::Node(_) => (SESSION.into(), None),
        };
        Ticket { address: self.address(), dialect, session, pass }
    }

    pub(super) fn address(&self) -> SocketAddr {
        match self {
            Self::Ours(ours) => ours.service.address(),
            Self::Node(node) => node.address,
        }
    }

    pub(super) fn process(&self) -> &Process {
        match self {
            Self::Ours(ours) => ours.service.process(),
            Self::Node(node) => &node.process,
        }
    }

    /// The memory that it occupies when nothing happens; Node has collected its garbage.
    pub(super) async fn resident_when_idle(&self) -> anyhow::Result<u64> {
        if let Self::Node(node) = self {
            node.collect().await?;
        }
        service::resident_when_idle(self.process()).await
    }

    /// Requests that add a chunk each.
    pub(super) fn chunks(&self) -> Requests {
        match self {
            Self::Ours(ours) => {
                let (api, session) = (ours.api.clone(), ours.session.clone());
                Arc::new(move |n| api.chunk(&session, n))
            }
            Self::Node(node) => {
                let address = node.address;
                Arc::new(move |n| said(address, "transcript_chunk", &commands::chunk(n)))
            }
        }
    }

    /// Requests that let somebody else in each; nobody checks in on Node.
    pub(super) fn registrations(&self) -> anyhow::Result<Requests> {
        let Self::Ours(ours) = self else { bail!("nobody checks in on Node") };
        let (api, session) = (ours.api.clone(), ours.session.clone());
        Ok(Arc::new(move |n| registration(&api, &session, speaker(SPEAKERS + n))))
    }

    pub(super) async fn stop(self) -> anyhow::Result<()> {
        match self {
            Self::Ours(ours) => ours.service.stop().await,
            Self::Node(_) => Ok(()),
        }
    }
}

/// Somebody who speaks.
pub(super) fn speaker(number: u64) -> Uuid {
    Uuid::from_u128(0xac7a_0000_0000_4000_8000_0000_0002_0000 + u128::from(number))
}

/// Whose turn it is to ask, one after another.
pub(super) fn next_speaker(turn: u32) -> Uuid {
    speaker(u64::from(turn) % SPEAKERS)
}

fn registration(api: &Api, session: &Session, person: Uuid) -> Vec<u8> {
    let path = format!("/api/v1/sessions/{}/attendance/register-attendee", session.id());
    api.post(&path, &json!({ "user_id": person, "name": "Somebody Who Checks In" }).to_string())
}

fn said(address: SocketAddr, name: &str, body: &str) -> Vec<u8> {
    let head = format!("POST /sessions/{SESSION}/{name} HTTP/1.1\r\nhost: {address}\r\n");
    format!("{head}content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}", body.len())
        .into_bytes()
}
