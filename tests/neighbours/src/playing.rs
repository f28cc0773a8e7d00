//! A neighbour that is played.

use std::net::SocketAddr;
use std::ops::Deref;
use std::sync::Arc;

use crate::Switches;
use crate::part::Part;
use crate::wire::Wire;

/// A neighbour that is played until this is dropped. Also its [`Switches`].
pub struct Playing<P> {
    part: Arc<P>,
    switches: Switches,
    wire: Wire,
}

impl<P: Part> Playing<P> {
    pub(crate) fn new(part: Arc<P>, switches: Switches, wire: Wire) -> Self {
        Self { part, switches, wire }
    }

    /// What it knows and did.
    pub fn part(&self) -> &P {
        &self.part
    }

    /// Where it answers, without a path.
    pub fn url(&self) -> &str {
        self.wire.url()
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.wire.address()
    }

    /// What may be given away to let others switch its faults.
    pub fn switches(&self) -> &Switches {
        &self.switches
    }
}

impl<P> Deref for Playing<P> {
    type Target = Switches;

    fn deref(&self) -> &Switches {
        &self.switches
    }
}
