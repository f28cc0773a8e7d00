//! All neighbours at once.

use std::io;
use std::time::Duration;

use crate::part::{Compliance, Governance, Identity, Notifications, Part, Profiles, Tenancy};
use crate::{Authority, Fault, Neighbour, Playing, Switches};

/// All neighbours, played.
pub struct House {
    /// Whose certificates they have; [`None`] without TLS.
    pub authority: Option<Authority>,
    /// Checks evidence of identity.
    pub identity: Playing<Identity>,
    /// Runs the assemblies that sessions serve.
    pub governance: Playing<Governance>,
    /// Knows what tenants may have.
    pub tenancy: Playing<Tenancy>,
    /// Knows who may attend.
    pub profiles: Playing<Profiles>,
    /// Brings messages to people.
    pub notifications: Playing<Notifications>,
    /// Knows how long what is to be kept.
    pub compliance: Playing<Compliance>,
}

impl House {
    /// All of them, without TLS.
    ///
    /// # Errors
    /// When no port can be listened on.
    pub async fn plain() -> io::Result<Self> {
        Self::start(None).await
    }

    /// All of them, with certificates of an authority of their own.
    ///
    /// # Errors
    /// When no port can be listened on.
    pub async fn with_tls() -> io::Result<Self> {
        Self::start(Some(Authority::new("the neighbours' authority"))).await
    }

    async fn start(authority: Option<Authority>) -> io::Result<Self> {
        let tls = authority.as_ref();
        Ok(Self {
            identity: on(Neighbour::identity(), tls).start().await?,
            governance: on(Neighbour::governance(), tls).start().await?,
            tenancy: on(Neighbour::tenancy(), tls).start().await?,
            profiles: on(Neighbour::profiles(), tls).start().await?,
            notifications: on(Neighbour::notifications(), tls).start().await?,
            compliance: on(Neighbour::compliance(), tls).start().await?,
            authority,
        })
    }

    /// The settings that tell a service where they are, without those for TLS.
    pub fn settings(&self) -> [(&'static str, String); 6] {
        [
            ("IDENTITY_SERVICE_URL", self.identity.url().to_owned()),
            ("GOVERNANCE_SERVICE_URL", self.governance.url().to_owned()),
            ("TENANCY_SERVICE_URL", self.tenancy.url().to_owned()),
            ("USER_PROFILES_SERVICE_URL", self.profiles.url().to_owned()),
            ("NOTIFICATIONS_SERVICE_URL", self.notifications.url().to_owned()),
            ("COMPLIANCE_SERVICE_URL", self.compliance.url().to_owned()),
        ]
    }

    /// Their names and switches.
    pub fn switches(&self) -> [(&'static str, &Switches); 6] {
        [
            ("identity", self.identity.switches()),
            ("governance", self.governance.switches()),
            ("tenancy", self.tenancy.switches()),
            ("profiles", self.profiles.switches()),
            ("notifications", self.notifications.switches()),
            ("compliance", self.compliance.switches()),
        ]
    }

    /// From the return on, this goes wrong with all of them.
    pub async fn set(&self, fault: Fault) {
        for (_, switches) in self.switches() {
            switches.set(fault).await;
        }
    }

    /// How long each takes over every answer from now on.
    pub fn set_own_time(&self, own_time: Duration) {
        for (_, switches) in self.switches() {
            switches.set_own_time(own_time);
        }
    }

    /// Fails if something that came to one of them was not as agreed.
    #[track_caller]
    pub fn assert_contracts_kept(&self) {
        for (_, switches) in self.switches() {
            switches.assert_contract_kept();
        }
    }
}

fn on<P: Part>(neighbour: Neighbour<P>, authority: Option<&Authority>) -> Neighbour<P> {
    match authority {
        Some(authority) => neighbour.with_certificate_of(authority),
        None => neighbour,
    }
}
