//! The command line: one file a subcommand.

mod demo;
mod keys;
mod rebuild;
mod serve;
mod token;
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
    /// List, rotate and export the signing keys
    Keys(keys::KeysArgs),
    /// Rebuild a view from the log and compare it with the one in use
    Rebuild(rebuild::RebuildArgs),
}

impl Cli {
    /// Does what the command line says.
    pub(crate) fn run(self) -> anyhow::Result<ExitCode> {
        match self.command {
            Command::Verify(args) => Ok(verify::run(&args)),
            Command::Token(args) => token::run(&args).map(|()| ExitCode::SUCCESS),
            Command::Keys(args) => keys::run(&args).map(|()| ExitCode::SUCCESS),
            Command::Serve(args) => block_on(serve::run(args)).map(|()| ExitCode::SUCCESS),
            Command::Demo(args) => block_on(demo::run(args)).map(|()| ExitCode::SUCCESS),
            Command::Rebuild(args) => block_on(rebuild::run(args)),
        }
    }
}

fn block_on<T>(work: impl Future<Output = anyhow::Result<T>>) -> anyhow::Result<T> {
    tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(work)
}
