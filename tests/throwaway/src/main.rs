//! `acta-throwaway exec -- <command…>`: runs a command with a `PostgreSQL` of its own, named by `ACTA_TEST_POSTGRES`, and exits as it
//! does. The server goes away with it, whatever happens.

mod exec;

use std::error::Error as StdError;
use std::ffi::OsString;
use std::process::ExitCode;

const USAGE: &str = "usage: acta-throwaway exec -- <command> [argument …]";
/// What a shell says of a command that it cannot run.
const NOT_RUN: u8 = 127;

#[tokio::main]
async fn main() -> ExitCode {
    let Some((program, arguments)) = command(std::env::args_os().skip(1).collect()) else {
        eprintln!("{USAGE}");
        return ExitCode::from(2);
    };
    match exec::with_cluster(&program, &arguments).await {
        Ok(status) => ExitCode::from(status),
        Err(error) => {
            complain(&error);
            ExitCode::from(NOT_RUN)
        }
    }
}

/// The program and its arguments.
fn command(words: Vec<OsString>) -> Option<(OsString, Vec<OsString>)> {
    let mut words = words.into_iter();
    if words.next()? != "exec" || words.next()? != "--" {
        return None;
    }
    Some((words.next()?, words.collect()))
}

fn complain(error: &dyn StdError) {
    eprint!("acta-throwaway: {error}");
    let mut source = error.source();
    while let Some(error) = source {
        eprint!(": {error}");
        source = error.source();
    }
    eprintln!();
}
