//! The room: thousands of sockets in one session, the same on a Socket.IO server on Node, people who check in, sockets that are cut off.

mod approvals;
mod chair;
mod crowd;
mod cut;
mod dialect;
mod frames;
mod load;
mod node;
mod report;
mod seen;
mod site;
mod socket;
mod steady;
mod stream;

use std::collections::BTreeMap;
use std::time::Duration;

use anyhow::ensure;
use clap::{Args, ValueEnum};
use tokio::runtime::Handle;

use self::approvals::{Approvals, Plan};
use self::dialect::Dialect;
use self::site::Site;
use self::steady::Steady;
use self::stream::Stream;
use crate::Options;
use crate::process::Process;
use crate::program::Program;
use crate::run::say;
use crate::table::Table;

/// Chunks a second, and for how long.
const CHUNKS_A_SECOND: u32 = 50;
const STREAMED: Duration = Duration::from_secs(20);
/// In which everybody checks in.
const CHECK_IN: Duration = Duration::from_mins(1);
/// Files that this client and a server have open besides sockets.
const OTHER_FILES: u64 = 300;

/// How large the room is.
#[derive(Debug, Args)]
pub(crate) struct RoomOptions {
    /// Sockets in the room; some of what is measured takes a part of them
    #[arg(long, default_value = "5000", value_parser = clap::value_parser!(u32).range(25..=15_000))]
    sockets: u32,

    /// How often the chair gives somebody the floor
    #[arg(long, default_value = "30", value_parser = clap::value_parser!(u32).range(1..=1_000))]
    approvals: u32,

    /// People who check in within a minute
    #[arg(long, default_value = "10000", value_parser = clap::value_parser!(u32).range(60..=60_000))]
    people: u32,

    /// Measure only this server
    #[arg(long, value_enum)]
    server: Option<Server>,

    /// Measure only this of the room
    #[arg(long, value_enum)]
    trial: Option<Trial>,
}

/// Whose room.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Server {
    Acta,
    Node,
}

/// What is measured of the room.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Trial {
    /// The chair approves, everybody is told
    Approvals,
    /// Words at a steady rate
    Stream,
    /// People check in while others watch
    CheckIn,
    /// Sockets are cut off and come again
    Cut,
}

/// What is measured, and where the results go.
struct Run<'a> {
    options: &'a Options,
    program: Program,
    threads: &'a Handle,
    table: Table,
    /// How large our messages are, by their name.
    sizes: BTreeMap<String, usize>,
}

/// What both servers did.
struct Both<T> {
    ours: Option<T>,
    node: Option<T>,
}

/// Measures everything and prints it; whoever watches runs on `threads`.
pub(crate) async fn all(options: &Options, threads: &Handle) -> anyhow::Result<()> {
    enough_files(options.room.sockets)?;
    let rooms = vec![
        ("ROOM_CONNECTIONS", "20000".to_owned()),
        ("ROOM_CONNECTIONS_OF_ONE", "20000".to_owned()),
        ("ROOM_MESSAGES", "1000/1s".to_owned()),
        ("ROOM_PRESENCE", "unrecorded".to_owned()),
    ];
    let program = match options.room.server {
        // It is not needed.
        Some(Server::Node) => Program::at("acta".into()),
        _ => Program::at(options.program()?).with(rooms),
    };
    let mut run = Run { options, program, threads, table: Table::default(), sizes: BTreeMap::new() };
    let outcome = run.everything().await;
    // What was measured before something failed is worth as much.
    print!("{}", run.table);
    outcome
}

/// Every socket is an open file, here and there.
fn enough_files(sockets: u32) -> anyhow::Result<()> {
    let (limit, needed) = (Process::this().open_files()?, u64::from(sockets) + OTHER_FILES);
    ensure!(
        limit >= needed,
        "{sockets} sockets need {needed} open files, and a process may have {limit}: raise it (ulimit -n), or take fewer (--sockets)"
    );
    Ok(())
}

impl Run<'_> {
    async fn everything(&mut self) -> anyhow::Result<()> {
        self.approvals().await?;
        self.streams().await?;
        self.check_in().await?;
        self.cut().await
    }

    fn measures(&self, trial: Trial) -> bool {
        self.options.room.trial.is_none_or(|only| only == trial)
    }

    fn on(&self, server: Server) -> bool {
        self.options.room.server.is_none_or(|only| only == server)
    }

    async fn site(&self) -> anyhow::Result<Site> {
        Site::ours(&self.program, self.options.folder.as_deref()).await
    }

    async fn approvals(&mut self) -> anyhow::Result<()> {
        if !self.measures(Trial::Approvals) {
            return Ok(());
        }
        let plan = Plan { sockets: self.options.room.sockets, approvals: self.options.room.approvals };
        let mut both = Both { ours: None, node: None };
        if self.on(Server::Acta) {
            say(&format!("{} plain WebSockets, the chair approves", plan.sockets));
            let bare = self.approvals_of(self.site().await?, Dialect::WebSocket, plan).await?;
            report::approvals(&mut self.table, "Acta, plain WebSocket", plan, &bare);
            say(&format!("{} sockets by Socket.IO, the chair approves", plan.sockets));
            let ours = self.approvals_of(self.site().await?, Dialect::SocketIo, plan).await?;
            report::approvals(&mut self.table, "Acta, Socket.IO", plan, &ours);
            self.sizes.clone_from(&ours.sizes);
            both.ours = Some(ours);
        }
        if self.on(Server::Node) {
            say(&format!("{} sockets on Node, the chair approves", plan.sockets));
            let node = self.approvals_of(Site::node(&self.sizes).await?, Dialect::SocketIo, plan).await?;
            report::approvals(&mut self.table, "Socket.IO on Node", plan, &node);
            both.node = Some(node);
        }
        report::approvals_compared(&mut self.table, &both);
        Ok(())
    }

    async fn approvals_of(&self, site: Site, dialect: Dialect, plan: Plan) -> anyhow::Result<Approvals> {
        let approvals = approvals::measure(&site, dialect, plan, self.threads).await?;
        site.stop().await?;
        Ok(approvals)
    }

    async fn streams(&mut self) -> anyhow::Result<()> {
        if !self.measures(Trial::Stream) {
            return Ok(());
        }
        let (sockets, mut both) = (self.options.room.sockets * 2 / 5, Both { ours: None, node: None });
        report::streams(&mut self.table, sockets, CHUNKS_A_SECOND, STREAMED);
        if self.on(Server::Acta) {
            say(&format!("{sockets} plain WebSockets, {CHUNKS_A_SECOND} chunks a second"));
            let bare = self.stream_of(self.site().await?, Dialect::WebSocket, sockets).await?;
            report::stream(&mut self.table, "Acta, plain WebSocket", &bare);
            say(&format!("{sockets} sockets by Socket.IO, {CHUNKS_A_SECOND} chunks a second"));
            let ours = self.stream_of(self.site().await?, Dialect::SocketIo, sockets).await?;
            report::stream(&mut self.table, "Acta, Socket.IO", &ours);
            self.sizes.insert("transcript_chunk".to_owned(), ours.load.whole_bytes());
            both.ours = Some(ours);
        }
        if self.on(Server::Node) {
            say(&format!("{sockets} sockets on Node, {CHUNKS_A_SECOND} chunks a second"));
            let node = self.stream_of(Site::node(&self.sizes).await?, Dialect::SocketIo, sockets).await?;
            report::stream(&mut self.table, "Socket.IO on Node", &node);
            both.node = Some(node);
        }
        report::streams_compared(&mut self.table, &both);
        Ok(())
    }

    async fn stream_of(&self, site: Site, dialect: Dialect, sockets: u32) -> anyhow::Result<Stream> {
        let seconds = u32::try_from(STREAMED.as_secs())?;
        let every = Duration::from_secs(1) / CHUNKS_A_SECOND;
        let count = CHUNKS_A_SECOND * seconds;
        let steady = Steady { address: site.address(), requests: site.chunks(), every, count };
        let stream = stream::measure(&site, dialect, sockets, steady, self.threads).await?;
        site.stop().await?;
        Ok(stream)
    }

    async fn check_in(&mut self) -> anyhow::Result<()> {
        if !self.measures(Trial::CheckIn) || !self.on(Server::Acta) {
            return Ok(());
        }
        let (sockets, people) = (self.options.room.sockets / 5, self.options.room.people);
        say(&format!("{people} people check in within a minute while {sockets} sockets watch"));
        let site = self.site().await?;
        let (address, requests) = (site.address(), site.registrations()?);
        let steady = Steady { address, requests, every: CHECK_IN / people, count: people };
        let stream = stream::measure(&site, Dialect::SocketIo, sockets, steady, self.threads).await?;
        report::check_in(&mut self.table, sockets, &stream);
        site.stop().await
    }

    async fn cut(&mut self) -> anyhow::Result<()> {
        if !self.measures(Trial::Cut) || !self.on(Server::Acta) {
            return Ok(());
        }
        let sockets = self.options.room.sockets / 25;
        report::cuts(&mut self.table, sockets);
        for (dialect, name) in [(Dialect::SocketIo, "Socket.IO"), (Dialect::WebSocket, "plain WebSocket")] {
            say(&format!("{sockets} sockets are cut off and come again: {name}"));
            let site = self.site().await?;
            let cuts = cut::measure(&site, dialect, sockets, self.threads).await?;
            report::cut(&mut self.table, name, &cuts);
            site.stop().await?;
        }
        Ok(())
    }
}
