//! Acta: the provable record of a live session.

mod cli;
mod config;
mod system;
mod wiring;

use std::process::ExitCode;

use clap::Parser as _;

fn main() -> ExitCode {
    match cli::Cli::parse().run() {
        Ok(code) => code,
        Err(error) => {
            eprintln!("acta: {error:#}");
            ExitCode::FAILURE
        }
    }
}
