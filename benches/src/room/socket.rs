//! A socket of the room.

use std::cell::RefCell;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::ready;
use std::time::Duration;

use anyhow::{Context as _, bail, ensure};
use serde_json::json;
use tokio::io::{AsyncRead as _, AsyncReadExt as _, AsyncWriteExt as _, ReadBuf};
use tokio::net::TcpStream;

use super::dialect::{Dialect, Said};
use super::frames::{self, Kind};
use crate::pass::Pass;

/// The longest that it may take to be let in.
const PATIENCE: Duration = Duration::from_mins(1);
/// What is read at once.
const ROOM: usize = 256 * 1024;

thread_local! {
    /// All sockets of a thread read into the same memory: thousands of them would need much of their own.
    static READ: RefCell<Box<[u8]>> = RefCell::new(vec![0; ROOM].into());
}

/// What lets a client into a session's room.
#[derive(Debug, Clone)]
pub(super) struct Ticket {
    pub(super) address: SocketAddr,
    pub(super) dialect: Dialect,
    pub(super) session: Arc<str>,
    /// [`None`] where nobody asks for it.
    pub(super) pass: Option<Arc<Pass>>,
}

/// A socket, let in.
#[derive(Debug)]
pub(super) struct Socket {
    stream: TcpStream,
    dialect: Dialect,
    /// The beginning of a frame whose end is not there yet.
    rest: Vec<u8>,
}

impl Ticket {
    /// A token and a proof of possession for the room.
    fn credentials(&self) -> (String, String) {
        let Some(pass) = &self.pass else { return <_>::default() };
        let url = format!("http://{}/api/v1/sessions/{}/live", self.address, self.session);
        (pass.token().to_owned(), pass.prove("GET", &url))
    }

    /// The request that asks for a WebSocket (RFC 6455 §4.1).
    fn upgrade(&self, after: Option<u64>) -> String {
        let (path, credentials) = match self.dialect {
            Dialect::SocketIo => ("/socket.io/?EIO=4&transport=websocket".to_owned(), String::new()),
            Dialect::WebSocket => {
                let after = after.map(|position| format!("?after={position}")).unwrap_or_default();
                let (token, proof) = self.credentials();
                let credentials = format!("authorization: DPoP {token}\r\ndpop: {proof}\r\n");
                (format!("/api/v1/sessions/{}/live{after}", self.session), credentials)
            }
        };
        let address = self.address;
        format!(
            "GET {path} HTTP/1.1\r\nhost: {address}\r\nconnection: Upgrade\r\nupgrade: websocket\r\n\
             sec-websocket-version: 13\r\nsec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==\r\n{credentials}\r\n"
        )
    }

    fn introduction(&self, after: Option<u64>) -> String {
        let (token, proof) = self.credentials();
        let mut auth = json!({ "session_id": &*self.session });
        if self.pass.is_some() {
            (auth["token"], auth["dpop"]) = (token.into(), proof.into());
        }
        if let Some(position) = after {
            auth["after"] = position.into();
        }
        Dialect::introduced(&auth)
    }
}

impl Socket {
    /// Comes in; what is said after `after`, or from now on, goes to `hear`, and so does everything else until one is in.
    pub(super) async fn open<F>(ticket: &Ticket, after: Option<u64>, hear: F) -> anyhow::Result<Self>
    where
        F: FnMut(&Said<'_>) -> anyhow::Result<()>,
    {
        let opened = tokio::time::timeout(PATIENCE, Self::let_in(ticket, after, hear));
        opened.await.context("one is not let in in time")?
    }

    async fn let_in<F>(ticket: &Ticket, after: Option<u64>, mut hear: F) -> anyhow::Result<Self>
    where
        F: FnMut(&Said<'_>) -> anyhow::Result<()>,
    {
        let mut socket = Self::upgraded(ticket, after).await?;
        let (mut opened, mut connected) = (false, false);
        while !connected {
            let before = opened;
            let each = |said: &Said<'_>| {
                opened |= matches!(said, Said::Opened);
                connected |= matches!(said, Said::Told("connected", _));
                hear(said)
            };
            socket.receive(each).await?;
            if opened && !before {
                socket.send(&ticket.introduction(after)).await?;
            }
        }
        Ok(socket)
    }

    async fn upgraded(ticket: &Ticket, after: Option<u64>) -> anyhow::Result<Self> {
        let mut stream = TcpStream::connect(ticket.address).await?;
        stream.set_nodelay(true)?;
        // It goes at once and leaves its port to others.
        stream.set_zero_linger()?;
        stream.write_all(ticket.upgrade(after).as_bytes()).await?;
        let mut read = Vec::with_capacity(1024);
        let end = loop {
            if let Some(head) = memchr::memmem::find(&read, b"\r\n\r\n") {
                break head + 4;
            }
            ensure!(stream.read_buf(&mut read).await? > 0, "the service closed the connection");
        };
        let answer = String::from_utf8_lossy(&read);
        ensure!(answer.starts_with("HTTP/1.1 101 "), "there is no WebSocket: {answer}");
        Ok(Self { stream, dialect: ticket.dialect, rest: read.split_off(end) })
    }

    /// Sends a message.
    pub(super) async fn send(&mut self, text: &str) -> anyhow::Result<()> {
        let mut bytes = Vec::with_capacity(text.len() + 14);
        frames::write(&mut bytes, Kind::Text, text.as_bytes());
        Ok(self.stream.write_all(&bytes).await?)
    }

    /// Waits until something was said, and gives all that is there to `hear`.
    pub(super) async fn receive<F>(&mut self, mut hear: F) -> anyhow::Result<()>
    where
        F: FnMut(&Said<'_>) -> anyhow::Result<()>,
    {
        let mut owed = Vec::new();
        let mut rest = std::mem::take(&mut self.rest);
        let used = self.heard(&rest, &mut hear, &mut owed)?;
        rest.drain(..used);
        self.rest = rest;
        if used == 0 {
            std::future::poll_fn(|context| {
                READ.with_borrow_mut(|read| {
                    let mut read = ReadBuf::new(read);
                    ready!(Pin::new(&mut self.stream).poll_read(context, &mut read))?;
                    self.taken(read.filled(), &mut hear, &mut owed).into()
                })
            })
            .await?;
        }
        if !owed.is_empty() {
            self.stream.write_all(&owed).await?;
        }
        Ok(())
    }

    /// Takes `bytes` that came.
    fn taken<F>(&mut self, bytes: &[u8], hear: &mut F, owed: &mut Vec<u8>) -> anyhow::Result<()>
    where
        F: FnMut(&Said<'_>) -> anyhow::Result<()>,
    {
        ensure!(!bytes.is_empty(), "the service closed the connection");
        if self.rest.is_empty() {
            let used = self.heard(bytes, hear, owed)?;
            self.rest.extend(&bytes[used..]);
            return Ok(());
        }
        let mut rest = std::mem::take(&mut self.rest);
        rest.extend(bytes);
        let used = self.heard(&rest, hear, owed)?;
        rest.drain(..used);
        self.rest = rest;
        Ok(())
    }

    /// Reads the frames that are whole; gives how many bytes they have. What has to be answered goes to `owed`.
    fn heard<F>(&self, bytes: &[u8], hear: &mut F, owed: &mut Vec<u8>) -> anyhow::Result<usize>
    where
        F: FnMut(&Said<'_>) -> anyhow::Result<()>,
    {
        let mut used = 0;
        while let Some(frame) = frames::first(&bytes[used..])? {
            used += frame.length;
            match frame.kind {
                Kind::Text => match self.dialect.understood(std::str::from_utf8(frame.payload)?)? {
                    Said::Ping => frames::write(owed, Kind::Text, b"3"),
                    said => hear(&said)?,
                },
                Kind::Ping => frames::write(owed, Kind::Pong, frame.payload),
                Kind::Pong => {}
                Kind::Close => bail!("the service closed: {}", String::from_utf8_lossy(frame.payload)),
            }
        }
        Ok(used)
    }
}
