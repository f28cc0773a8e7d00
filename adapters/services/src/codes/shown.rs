//! Codes on the console, for whoever tries things out.

use std::io::Write;
use std::sync::{Mutex, PoisonError};

use acta_application::neighbours::{Asking, CodeDelivery, CodeMessage, Neighbour, NeighbourError};
use async_trait::async_trait;

/// Writes codes where whoever started the service sees them. It says nothing about whom they are for.
pub(crate) struct ShownCodes(Mutex<Box<dyn Write + Send>>);

impl ShownCodes {
    pub(crate) fn new(console: Box<dyn Write + Send>) -> Self {
        Self(Mutex::new(console))
    }
}

#[async_trait]
impl CodeDelivery for ShownCodes {
    async fn deliver(&self, _asking: &Asking, message: &CodeMessage) -> Result<(), NeighbourError> {
        let CodeMessage { method, code, expires_at, .. } = message;
        let line = format!("code for {method}: {} (until {expires_at})\n", code.as_str());
        let mut console = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let written = console.write_all(line.as_bytes()).and_then(|()| console.flush());
        written.map_err(|error| NeighbourError::Unreachable {
            neighbour: Neighbour::Notifications,
            source: std::sync::Arc::new(error),
        })
    }
}
