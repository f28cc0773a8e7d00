//! What an operator can set.

mod access;
mod database;
mod internal;
mod kafka;
mod neighbours;
mod operation;
mod realtime;
mod redis;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Args;

pub(crate) use self::access::{AccessArgs, IssuerEntry};
pub(crate) use self::database::DatabaseArgs;
pub(crate) use self::internal::InternalArgs;
pub(crate) use self::kafka::KafkaArgs;
pub(crate) use self::neighbours::{Codes, NeighbourArgs};
pub(crate) use self::operation::OperationArgs;
pub(crate) use self::realtime::{RealtimeArgs, RoomPresence};
pub(crate) use self::redis::RedisArgs;

/// What an operator can set.
#[derive(Debug, Clone, Args)]
pub(crate) struct Config {
    /// The folder that holds the keys, and the log and the views unless a database is named
    #[arg(long, env = "ACTA_DATA", default_value = "./data", global = true)]
    pub(crate) data: PathBuf,

    /// Where to listen; port 0 takes any free port
    #[arg(long, env = "ACTA_LISTEN", default_value = "127.0.0.1:3014")]
    pub(crate) listen: SocketAddr,

    /// The URL that clients reach this service by: it stands in every proof and token as who issued it
    #[arg(long, env = "ACTA_PUBLIC_URL", default_value = "http://localhost:3014")]
    pub(crate) public_url: String,

    /// How long after its end a session's record is sealed, in seconds, or `never`
    #[arg(long, env = "ACTA_SEAL_AFTER", default_value = "86400", value_parser = parse_seal_after)]
    pub(crate) seal_after: SealAfter,

    /// The database, in place of the files in the folder.
    #[command(flatten)]
    pub(crate) database: DatabaseArgs,

    /// The brokers that events are published to.
    #[command(flatten)]
    pub(crate) kafka: KafkaArgs,

    /// Who may come in, and how much they may do.
    #[command(flatten)]
    pub(crate) access: AccessArgs,

    /// The counters that instances share.
    #[command(flatten)]
    pub(crate) redis: RedisArgs,

    /// The listener for other services.
    #[command(flatten)]
    pub(crate) internal: InternalArgs,

    /// Who may be connected to sessions, and how much they may send.
    #[command(flatten)]
    pub(crate) realtime: RealtimeArgs,

    /// What is too much, and how it stops.
    #[command(flatten)]
    pub(crate) operation: OperationArgs,

    /// The services beside this one.
    #[command(flatten)]
    pub(crate) neighbours: NeighbourArgs,
}

/// A delay, or never.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct SealAfter(pub(crate) Option<Duration>);

fn parse_seal_after(text: &str) -> Result<SealAfter, String> {
    if text == "never" {
        return Ok(SealAfter(None));
    }
    let seconds = text.parse().map_err(|_| "give a number of seconds, or `never`".to_owned())?;
    Ok(SealAfter(Some(Duration::from_secs(seconds))))
}

impl Config {
    /// The defaults, on `folder` and any free port.
    pub(crate) fn for_folder(folder: &Path) -> Self {
        Self {
            data: folder.to_owned(),
            listen: SocketAddr::from(([127, 0, 0, 1], 0)),
            public_url: "http://localhost:3014".to_owned(),
            seal_after: SealAfter(None),
            database: DatabaseArgs::none(),
            kafka: KafkaArgs::none(),
            access: AccessArgs::unlimited(),
            redis: RedisArgs::default(),
            internal: InternalArgs::default(),
            realtime: RealtimeArgs::default(),
            operation: OperationArgs::default(),
            neighbours: NeighbourArgs::none(),
        }
    }

    /// The folder of the keys.
    pub(crate) fn keys(&self) -> PathBuf {
        self.data.join("keys")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_delay_is_a_number_of_seconds_or_never() {
        assert_eq!(parse_seal_after("90"), Ok(SealAfter(Some(Duration::from_secs(90)))));
        assert_eq!(parse_seal_after("never"), Ok(SealAfter(None)));
        assert!(parse_seal_after("soon").is_err());
    }
}
