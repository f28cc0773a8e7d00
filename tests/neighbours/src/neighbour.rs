//! What is to be played, and on which terms.

use std::io;
use std::sync::Arc;

use crate::part::{Compliance, Governance, Identity, Notifications, Part, Profiles, Tenancy};
use crate::wire::{Terms, Wire};
use crate::{Authority, Playing, Switches};

/// A neighbour that is to be played.
#[must_use]
pub struct Neighbour<P> {
    part: P,
    tls: Option<Terms>,
}

impl Neighbour<Identity> {
    /// Checks evidence of identity.
    pub fn identity() -> Self {
        Self::playing(Identity::default())
    }
}

impl Neighbour<Governance> {
    /// Runs the assemblies that sessions serve.
    pub fn governance() -> Self {
        Self::playing(Governance::default())
    }
}

impl Neighbour<Tenancy> {
    /// Knows what tenants may have.
    pub fn tenancy() -> Self {
        Self::playing(Tenancy::default())
    }
}

impl Neighbour<Profiles> {
    /// Knows who may attend.
    pub fn profiles() -> Self {
        Self::playing(Profiles::default())
    }
}

impl Neighbour<Notifications> {
    /// Brings messages to people.
    pub fn notifications() -> Self {
        Self::playing(Notifications::default())
    }
}

impl Neighbour<Compliance> {
    /// Knows how long what is to be kept.
    pub fn compliance() -> Self {
        Self::playing(Compliance::default())
    }
}

impl<P: Part> Neighbour<P> {
    fn playing(part: P) -> Self {
        Self { part, tls: None }
    }

    /// With a certificate of `authority`.
    pub fn with_certificate_of(self, authority: &Authority) -> Self {
        Self { tls: Some(Terms::new(authority, None)), ..self }
    }

    /// With a certificate of `authority`, and letting in nobody but clients with one of `clients`.
    pub fn with_mutual_tls(self, authority: &Authority, clients: &Authority) -> Self {
        Self { tls: Some(Terms::new(authority, Some(clients))), ..self }
    }

    /// Plays it on a free port of `127.0.0.1` until what is given back is dropped.
    ///
    /// # Errors
    /// When no port can be listened on.
    pub async fn start(self) -> io::Result<Playing<P>> {
        let (part, switches) = (Arc::new(self.part), Switches::new());
        let wire = Wire::open(Arc::clone(&part), switches.clone(), self.tls).await?;
        Ok(Playing::new(part, switches, wire))
    }
}
