//! `acta keys`

mod scrub;

use std::sync::Arc;

use acta_keyring::{Keyring, Purpose};
use acta_proof::key::Signer as _;
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
    /// Show the ids of the signing keys, oldest first
    List,
    /// Add a key, which signs from the next start on; what older keys signed goes on verifying
    Rotate {
        /// What the key is for
        purpose: KeyPurpose,
    },
    /// Write the PostgreSQL table of the persons' keys anew, so that its file holds no erased one any more
    Scrub,
    /// Print the public keys of heads and receipts (SPKI PEM), oldest first, for auditors to keep
    Export,
}

/// What a signing key is for.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum KeyPurpose {
    /// Heads and receipts
    Evidence,
    /// Access tokens and QR codes
    Tokens,
}

impl From<KeyPurpose> for Purpose {
    fn from(purpose: KeyPurpose) -> Self {
        match purpose {
            KeyPurpose::Evidence => Self::Evidence,
            KeyPurpose::Tokens => Self::Tokens,
        }
    }
}

/// Lists, rotates, exports or scrubs keys.
pub(crate) async fn run(args: KeysArgs) -> anyhow::Result<()> {
    let keyring = || Keyring::existing(&args.config.keys(), Arc::new(SystemRandomness));
    match args.action {
        Action::List => list(&keyring()?),
        Action::Rotate { purpose } => rotate(&keyring()?, purpose.into()),
        Action::Export => export(&keyring()?),
        Action::Scrub => scrub::run(&args.config).await,
    }
}

fn list(keyring: &Keyring) -> anyhow::Result<()> {
    for purpose in [Purpose::Evidence, Purpose::Tokens] {
        let keys = keyring.signing_keys(purpose)?;
        let current = keys.current().verifying_key();
        for key in keys.published() {
            let mark = if key == current { "  signs" } else { "" };
            println!("{:<9} {}{mark}", purpose.folder(), key.id());
        }
    }
    Ok(())
}

fn rotate(keyring: &Keyring, purpose: Purpose) -> anyhow::Result<()> {
    let key = keyring.rotate(purpose)?;
    println!("{} is the new key for {}; restart the service to sign with it", key.id(), purpose.folder());
    Ok(())
}

fn export(keyring: &Keyring) -> anyhow::Result<()> {
    for key in keyring.signing_keys(Purpose::Evidence)?.published() {
        print!("{}", key.to_spki_pem());
    }
    Ok(())
}
