//! `acta keys`

mod list;
mod retire;
mod rewrap;
mod rotate;
mod scrub;

use std::sync::Arc;

use acta_keyring::{Keyring, Purpose};
use clap::{Args, Subcommand, ValueEnum};

use crate::config::Config;
use crate::system::SystemRandomness;

#[derive(Debug, Args)]
pub(crate) struct KeysArgs {
    #[command(flatten)]
    config: Config,

    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Show the keys: number, id and which one is in use
    List,
    /// Add a key; what older keys signed or wrapped goes on verifying and opening
    Rotate {
        /// What the key is for
        kind: KeyKind,

        /// Use it as soon as the service has seen it, and do not wait 10 minutes until everybody else has seen it too
        #[arg(long)]
        now: bool,
    },
    /// Take a key out of use for good: what it signed is refused from then on
    Retire {
        /// What the key is for
        kind: KeyKind,

        /// Its number, as `acta keys list` shows it
        number: u32,
    },
    /// Wrap every person's key anew under the newest master key; it can be stopped and run again at any time
    Rewrap,
    /// Write the PostgreSQL table of the persons' keys anew, so that its file holds no erased one any more
    Scrub,
    /// Print the public keys of heads and receipts (SPKI PEM), oldest first, for auditors to keep
    Export,
}

/// What a key is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum KeyKind {
    /// Heads and receipts
    Evidence,
    /// Tokens of the command line and QR codes
    Tokens,
    /// Access tokens of the built-in issuer
    Issuer,
    /// Wraps the persons' keys
    Master,
}

impl KeyKind {
    /// What the key signs; [`None`] if it wraps.
    const fn purpose(self) -> Option<Purpose> {
        match self {
            Self::Evidence => Some(Purpose::Evidence),
            Self::Tokens => Some(Purpose::Tokens),
            Self::Issuer => Some(Purpose::Issuer),
            Self::Master => None,
        }
    }
}

/// Lists, rotates, retires, exports, wraps anew or scrubs keys.
pub(crate) async fn run(args: KeysArgs) -> anyhow::Result<()> {
    let config = &args.config;
    match args.action {
        Action::List => list::run(config),
        Action::Rotate { kind, now } => rotate::run(config, kind, now).await,
        Action::Retire { kind, number } => retire::run(config, kind, number).await,
        Action::Rewrap => rewrap::run(config).await,
        Action::Export => export(config),
        Action::Scrub => scrub::run(config).await,
    }
}

fn export(config: &Config) -> anyhow::Result<()> {
    let keyring = Keyring::existing(&config.keys(), Arc::new(SystemRandomness))?;
    for key in keyring.signing_keys(Purpose::Evidence)?.published() {
        print!("{}", key.to_spki_pem());
    }
    Ok(())
}
