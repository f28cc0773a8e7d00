//! The services beside this one, as they are set.

use std::io::Write;
use std::sync::Arc;

use acta_application::clock::Randomness;
use acta_application::health::FeatureWatch;
use acta_application::neighbours::{Neighbour, Neighbours};

use crate::codes::{HttpNotifications, MailedCodes, ShownCodes};
use crate::compliance::HttpCompliance;
use crate::governance::HttpGovernance;
use crate::identity::HttpIdentity;
use crate::neighbour::{Client, NeighbourOptions, SetupError};
use crate::profiles::HttpProfiles;
use crate::tenancy::HttpTenancy;

/// The services beside this one, as they are set. Nobody is called before somebody needs it.
pub struct ServicesBeside {
    options: NeighbourOptions,
    randomness: Arc<dyn Randomness>,
    neighbours: Neighbours,
    watches: Vec<FeatureWatch>,
}

impl ServicesBeside {
    /// None, to begin with.
    pub fn new(options: NeighbourOptions, randomness: Arc<dyn Randomness>) -> Self {
        Self { options, randomness, neighbours: Neighbours::default(), watches: Vec::new() }
    }

    /// The same with `neighbour` at `url`. The notifications service brings codes.
    ///
    /// # Errors
    /// See [`SetupError`].
    pub fn with(mut self, neighbour: Neighbour, url: &str) -> Result<Self, SetupError> {
        let (options, randomness) = (&self.options, Arc::clone(&self.randomness));
        match neighbour {
            Neighbour::Identity => {
                let service = HttpIdentity::new(url, options, randomness)?;
                self.watches.push(watch(service.client()));
                self.neighbours.identity = Some(Arc::new(service));
            }
            Neighbour::Governance => {
                let service = HttpGovernance::new(url, options, randomness)?;
                self.watches.push(watch(service.client()));
                self.neighbours.governance = Some(Arc::new(service));
            }
            Neighbour::Tenancy => {
                let service = HttpTenancy::new(url, options, randomness)?;
                self.watches.push(watch(service.client()));
                self.neighbours.tenancy = Some(Arc::new(service));
            }
            Neighbour::Profiles => {
                let service = HttpProfiles::new(url, options, randomness)?;
                self.watches.push(watch(service.client()));
                self.neighbours.profiles = Some(Arc::new(service));
            }
            Neighbour::Notifications => {
                let service = HttpNotifications::new(url, options, randomness)?;
                self.watches.push(watch(service.client()));
                self.neighbours.codes = Some(Arc::new(service));
            }
            Neighbour::Compliance => {
                let service = HttpCompliance::new(url, options, randomness)?;
                self.watches.push(watch(service.client()));
                self.neighbours.compliance = Some(Arc::new(service));
            }
        }
        Ok(self)
    }

    /// The same where a mail server at `url` brings codes by e-mail, from the address `from`; there are none by SMS.
    ///
    /// # Errors
    /// See [`SetupError`].
    pub fn with_mail(mut self, url: &str, from: &str) -> Result<Self, SetupError> {
        let codes = MailedCodes::new(url, from, &self.options, Arc::clone(&self.randomness))?;
        self.watches.push(codes.line().watch());
        self.neighbours.codes = Some(Arc::new(codes));
        Ok(self)
    }

    /// The same where codes are written to `console`, for whoever tries things out.
    #[must_use]
    pub fn with_shown_codes(mut self, console: Box<dyn Write + Send>) -> Self {
        self.neighbours.codes = Some(Arc::new(ShownCodes::new(console)));
        self
    }

    /// The ports, and what tells of each neighbour how it is: `unasked`, `answers`, `fails` or `left_alone`.
    pub fn finish(self) -> (Neighbours, Vec<FeatureWatch>) {
        (self.neighbours, self.watches)
    }
}

fn watch(client: &Client) -> FeatureWatch {
    client.line.watch()
}
