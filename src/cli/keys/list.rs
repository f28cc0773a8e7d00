//! `acta keys list`

use acta_application::clock::Clock as _;
use acta_domain::Timestamp;
use acta_keyring::{Keyring, KeyringError, Place, Purpose};

use crate::config::Config;
use crate::system::SystemClock;
use crate::wiring::ServiceKeys;

/// Digits of a fingerprint that are shown.
const SHOWN: usize = 16;

/// Shows the number, the id and the state of each key, oldest first.
pub(super) fn run(config: &Config) -> anyhow::Result<()> {
    let (keyring, now) = (ServiceKeys::keyring(config)?, SystemClock.now());
    for purpose in [Purpose::Evidence, Purpose::Tokens] {
        let keys = keyring.signing_keys(purpose)?;
        let ids = keys.published().into_iter().map(|key| key.id().to_string());
        let places: Vec<_> = keys.places().iter().copied().zip(ids).collect();
        show(purpose.folder(), "signs", &places, keys.as_of(now).places().last(), now);
    }
    list_issuer(&keyring, now)?;
    list_masters(&keyring, now)
}

fn list_issuer(keyring: &Keyring, now: Timestamp) -> anyhow::Result<()> {
    match keyring.issuer_keys() {
        // The first start of the service makes one.
        Err(KeyringError::NoKeys { .. }) => {}
        keys => {
            let keys = keys?;
            let places: Vec<_> = keys.all().iter().map(|key| (key.place, key.id.clone())).collect();
            let signs = keys.as_of(now).current().place;
            show(Purpose::Issuer.folder(), "signs", &places, Some(&signs), now);
        }
    }
    Ok(())
}

fn list_masters(keyring: &Keyring, now: Timestamp) -> anyhow::Result<()> {
    let master = match keyring.master() {
        Err(KeyringError::Missing { .. }) => {
            println!("master    is not here: the service may have it from ACTA_MASTER_KEY");
            return Ok(());
        }
        master => master?.as_of(now),
    };
    let ids = master.fingerprints().into_iter().map(|(_, print)| hex::encode(print)[..SHOWN].to_owned());
    let places: Vec<_> = master.places().into_iter().zip(ids).collect();
    let wraps = places.iter().map(|(place, _)| *place).find(|place| place.number == master.current());
    show("master", "wraps", &places, wraps.as_ref(), now);
    Ok(())
}

fn show(kind: &str, verb: &str, keys: &[(Place, String)], in_use: Option<&Place>, now: Timestamp) {
    for (place, id) in keys {
        let state = match place.in_use_from {
            _ if Some(place) == in_use => format!("  {verb}"),
            Some(from) if from > now => format!("  {verb} from {from} on"),
            _ => String::new(),
        };
        println!("{kind:<9} {:>3}  {id}{state}", place.number);
    }
}
