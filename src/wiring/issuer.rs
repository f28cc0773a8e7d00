//! The built-in issuer.

use std::sync::Arc;

use acta_application::UseCases;
use acta_application::clock::Clock as _;
use acta_application::issuer::{Issuer, IssuerOptions, IssuerPorts, IssuerSecret};
use acta_application::log::EventLog;
use acta_application::neighbours::Neighbours;
use acta_application::persons::Persons;
use acta_http::IssuerState;
use acta_oauth::{Argon2Options, Argon2Passwords};

use super::access::{Access, derived};
use super::keys::ServiceKeys;
use super::stores::{Ground, Stores};
use super::{IN_MEMORY, use_cases};
use crate::config::Config;
use crate::system::{SystemClock, SystemRandomness};

/// The issuer over the stores.
pub(super) fn open(
    config: &Config,
    keys: &ServiceKeys,
    stores: &Stores,
    access: &Access,
    use_cases: &Arc<UseCases>,
) -> anyhow::Result<Arc<Issuer>> {
    let ports = IssuerPorts {
        credentials: Arc::clone(&stores.credentials),
        passwords: Arc::new(Argon2Passwords::new(&Argon2Options::default(), Arc::new(SystemRandomness))?),
        signing: Arc::clone(&access.issuer) as _,
        limits: Arc::clone(&access.limits),
        secret: IssuerSecret::new(derived(keys, "acta issuer")),
    };
    let options = IssuerOptions {
        access_token: config.access.access_ttl(),
        sign_in: config.access.refresh_ttl(),
        ..IssuerOptions::default()
    };
    Ok(Arc::new(Issuer::new(Arc::clone(use_cases), ports, options, IN_MEMORY)))
}

/// The issuer without a service around it, on stores that it holds alone or shares with instances.
pub(crate) struct IssuerAlone {
    /// The issuer.
    pub(crate) issuer: Arc<Issuer>,
    use_cases: Arc<UseCases>,
    stores: Stores,
}

impl IssuerAlone {
    /// Opens it on what `config` names.
    pub(crate) async fn open(config: &Config) -> anyhow::Result<Self> {
        let ground = Ground::take(config).await?;
        let keys = ServiceKeys::open(config)?;
        let stores = Stores::open(ground, config, &keys).await?;
        let log: Arc<dyn EventLog> = Arc::clone(&stores.written.log);
        let persons = Persons::new(Arc::clone(&stores.keys), Arc::new(SystemRandomness));
        let use_cases = Arc::new(use_cases(config, &keys, &log, &persons, Neighbours::default()));
        let access = Access::open(config, &keys, config.listen, SystemClock.now())?;
        let issuer = open(config, &keys, &stores, &access, &use_cases)?;
        Ok(Self { issuer, use_cases, stores })
    }

    /// Finishes what is under way.
    pub(crate) async fn close(self) -> anyhow::Result<()> {
        self.issuer.settle().await;
        self.use_cases.settle().await;
        self.stores.close().await
    }
}

/// The issuer as the routes need it.
pub(super) fn state(config: &Config, issuer: &Arc<Issuer>) -> IssuerState {
    IssuerState {
        issuer: Arc::clone(issuer),
        default_tenant: config.access.login_tenant,
        url: config.public_url.trim_end_matches('/').to_owned(),
        proxies: config.access.trusted_proxies.clone(),
    }
}
