//! The command line: one file a subcommand.

mod demo;
mod doctor;
mod dpop;
mod keys;
mod migrate;
mod rebuild;
mod replay;
mod serve;
mod token;
mod user;
mod verify;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// The provable record of a live session
#[derive(Debug, Parser)]
#[command(name = "acta", version, about)]
pub(crate) struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run the service
    Serve(serve::ServeArgs),
    /// Play an assembly through a fresh service and verify its proof
    Demo(demo::DemoArgs),
    /// Check a proof file, offline
    Verify(verify::VerifyArgs),
    /// Make an access token of the built-in issuer
    Token(token::TokenArgs),
    /// Prove possession of the key that a token is bound to, for one request
    Dpop(dpop::DpopArgs),
    /// Create users of the built-in issuer without a service
    User(user::UserArgs),
    /// List, rotate and export the signing keys; scrub erased ones
    Keys(keys::KeysArgs),
    /// Bring the tables of the PostgreSQL database to the form that this version needs
    Migrate(migrate::MigrateArgs),
    /// Rebuild a view from the log and compare it with the one in use
    Rebuild(rebuild::RebuildArgs),
    /// Publish history to Kafka once more
    Replay(replay::ReplayArgs),
    /// Check everything that is kept: rights, numbers without gaps, commitments, heads, views
    Doctor(doctor::DoctorArgs),
}

impl Cli {
    /// Does what the command line says.
    pub(crate) fn run(self) -> anyhow::Result<ExitCode> {
        match self.command {
            Command::Verify(args) => Ok(verify::run(&args)),
            Command::Token(args) => token::run(&args).map(|()| ExitCode::SUCCESS),
            Command::Dpop(args) => dpop::run(&args).map(|()| ExitCode::SUCCESS),
            Command::User(args) => block_on(user::run(args)).map(|()| ExitCode::SUCCESS),
            Command::Keys(args) => block_on(keys::run(args)).map(|()| ExitCode::SUCCESS),
            Command::Serve(args) => block_on(serve::run(args)).map(|()| ExitCode::SUCCESS),
            Command::Demo(args) => block_on(demo::run(args)).map(|()| ExitCode::SUCCESS),
            Command::Migrate(args) => block_on(migrate::run(args)).map(|()| ExitCode::SUCCESS),
            Command::Rebuild(args) => block_on(rebuild::run(args)),
            Command::Replay(args) => block_on(replay::run(args)),
            Command::Doctor(args) => block_on(doctor::run(args)),
        }
    }
}

fn block_on<T>(work: impl Future<Output = anyhow::Result<T>>) -> anyhow::Result<T> {
    tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(work)
}
