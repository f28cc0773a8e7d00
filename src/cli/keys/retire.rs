//! `acta keys retire`

use acta_application::clock::Clock as _;

use super::KeyKind;
use crate::config::Config;
use crate::system::SystemClock;
use crate::wiring::ServiceKeys;

/// Takes a key out of use.
pub(super) async fn run(config: &Config, kind: KeyKind, number: u32) -> anyhow::Result<()> {
    if let Some(purpose) = kind.purpose() {
        ServiceKeys::keyring(config)?.retire(purpose, number, SystemClock.now())?;
        println!(
            "key {number} for {} is retired; within a minute the service refuses what it signed",
            purpose.folder()
        );
    } else {
        ServiceKeys::retire_master(config, number).await?;
        println!("master key {number} is retired: no person's key is wrapped under it");
        println!("backups from before may still need it: keep it as long as them, apart from them");
    }
    Ok(())
}
