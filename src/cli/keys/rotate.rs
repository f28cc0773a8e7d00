//! `acta keys rotate`

use acta_application::clock::Clock as _;
use acta_domain::Timestamp;
use acta_keyring::Purpose;

use super::KeyKind;
use crate::config::Config;
use crate::system::SystemClock;
use crate::wiring::ServiceKeys;

/// How long a new key is only shown, in microseconds: whoever keeps a list of the keys has fetched it anew by then.
const SHOWN_FIRST: i64 = 600 * 1_000_000;

/// Adds a key.
pub(super) async fn run(config: &Config, kind: KeyKind, at_once: bool) -> anyhow::Result<()> {
    let from = if at_once { None } else { Some(later(SystemClock.now())?) };
    match kind.purpose() {
        // Proofs bring their key along, so nobody has to know it first.
        Some(Purpose::Evidence) => {
            let number = ServiceKeys::keyring(config)?.rotate(Purpose::Evidence, None)?;
            println!("key {number} for evidence is there; restart the service to sign with it");
        }
        Some(purpose) => {
            let number = ServiceKeys::keyring(config)?.rotate(purpose, from)?;
            println!("key {number} for {} is there; {}", purpose.folder(), when("signs", from));
        }
        None => {
            let number = ServiceKeys::rotate_master(config, from).await?;
            println!("master key {number} is there; {}", when("wraps", from));
            println!("then run `acta keys rewrap`");
        }
    }
    Ok(())
}

fn later(now: Timestamp) -> anyhow::Result<Timestamp> {
    Ok(Timestamp::from_micros(now.as_micros().saturating_add(SHOWN_FIRST))?)
}

fn when(verb: &str, from: Option<Timestamp>) -> String {
    match from {
        Some(from) => format!("it {verb} from {from} on"),
        None => format!("it {verb} as soon as the service has seen it, within a minute"),
    }
}
