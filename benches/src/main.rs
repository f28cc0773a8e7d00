//! What the service does in a second, and what it needs for that: real processes, one run, one table.

mod access;
mod api;
mod attendance;
mod baseline;
mod commands;
mod connection;
mod disk;
mod kafka;
mod lag;
mod lengths;
mod load;
mod machine;
mod pass;
mod postgres;
mod process;
mod program;
mod proof;
mod quantiles;
mod room;
mod run;
mod service;
mod stopwatch;
mod table;

use std::path::PathBuf;
use std::time::Duration;

use anyhow::Context as _;
use clap::{Parser, ValueEnum};
use tokio::runtime::Builder;

/// As the service has it: some of it is measured in this process.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// What is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Part {
    /// The service on its own database, from outside
    Service,
    /// The log and the views on PostgreSQL, beside what else one could do there
    Postgres,
    /// The relay to Kafka, from outside
    Kafka,
    /// What a token and a proof of possession cost
    Access,
    /// The room, from outside, and a Socket.IO server on Node beside it
    Room,
    /// People let in by every method, while the neighbours take their time
    Attendance,
}

/// Measures a release build of Acta and prints tables
#[derive(Debug, Parser)]
#[command(name = "acta-bench", version, about)]
struct Options {
    /// What to measure; everything if not given
    #[arg(value_enum)]
    parts: Vec<Part>,

    /// The binary to measure; the one beside this program if not given
    #[arg(long)]
    acta: Option<PathBuf>,

    /// Where the temporary data folder goes: the disk under it is what is measured
    #[arg(long)]
    folder: Option<PathBuf>,

    /// Clients that send commands at the same time
    #[arg(long, default_value = "64", value_parser = clap::value_parser!(u32).range(1..=1024))]
    clients: u32,

    /// How long each load is measured, in seconds
    #[arg(long, default_value = "10", value_parser = clap::value_parser!(u64).range(1..=3600))]
    seconds: u64,

    /// Length of the longest stream
    #[arg(long, default_value = "100000", value_parser = clap::value_parser!(u64).range(2_000..=10_000_000))]
    longest: u64,

    /// Events in the proof that is verified
    #[arg(long, default_value = "1000000", value_parser = clap::value_parser!(u64).range(2..=20_000_000))]
    proof: u64,

    /// How many tokens and proofs of possession are checked
    #[arg(long, default_value = "1000000", value_parser = clap::value_parser!(u32).range(2..=100_000_000))]
    checks: u32,

    /// How long the Kafka broker is away each time, in seconds
    #[arg(long, default_value = "30", value_parser = clap::value_parser!(u64).range(1..=3600))]
    kafka_outage: u64,

    /// How many events are appended besides before the broker comes back; what it has room for if not given
    #[arg(long, value_parser = clap::value_parser!(u64).range(1_000..=10_000_000))]
    kafka_backlog: Option<u64>,

    #[command(flatten)]
    room: room::RoomOptions,

    #[command(flatten)]
    attendance: attendance::AttendanceOptions,
}

impl Options {
    fn measures(&self, part: Part) -> bool {
        self.parts.is_empty() || self.parts.contains(&part)
    }

    fn program(&self) -> anyhow::Result<PathBuf> {
        let path = match &self.acta {
            Some(path) => path.clone(),
            None => std::env::current_exe()?.with_file_name("acta"),
        };
        path.canonicalize().with_context(|| format!("{} is not there: build it first", path.display()))
    }

    fn measured(&self) -> Duration {
        Duration::from_secs(self.seconds)
    }
}

fn main() -> anyhow::Result<()> {
    let options = Options::parse();
    println!("{}", machine::description());
    if options.measures(Part::Access) {
        let one_thread = Builder::new_current_thread().enable_all().build()?;
        print!("{}", one_thread.block_on(access::all(options.checks))?);
    }
    if options.measures(Part::Service) {
        // One thread: the client shares the cores with what it measures.
        let one_thread = Builder::new_current_thread().enable_all().build()?;
        print!("{}", one_thread.block_on(run::all(&options))?);
    }
    if options.measures(Part::Postgres) {
        // As the service runs, because here it is a part of this process.
        let service = Builder::new_multi_thread().enable_all().build()?;
        print!("{}", service.block_on(postgres::all())?);
    }
    if options.measures(Part::Kafka) {
        let one_thread = Builder::new_current_thread().enable_all().build()?;
        print!("{}", one_thread.block_on(kafka::all(&options))?);
    }
    if options.measures(Part::Room) {
        // Whoever watches has a thread, and whoever acts another one, so that neither waits for the other.
        let watching = Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
        let one_thread = Builder::new_current_thread().enable_all().build()?;
        one_thread.block_on(room::all(&options, watching.handle()))?;
    }
    if options.measures(Part::Attendance) {
        let one_thread = Builder::new_current_thread().enable_all().build()?;
        print!("{}", one_thread.block_on(attendance::all(&options))?);
    }
    Ok(())
}
