//! Whichever broker there is, for tests that only need one.

use tokio::sync::OnceCell;

use super::{Broker, Memory};
use crate::Error;

/// The environment variable that names a broker which is there already, such as a real Kafka: its `bootstrap.servers`, in plain text.
pub const EXISTING_BROKER: &str = "ACTA_TEST_BROKER";

/// A static is never dropped: the broker's keeper stops it when this process ends.
static OWN: OnceCell<Broker> = OnceCell::const_new();

impl Broker {
    /// The `bootstrap.servers` of the broker that [`EXISTING_BROKER`] names; else of a forgetful one of this process's own, which is
    /// started by the first call and goes away with the process. Others use it too: see [`super::fresh_prefix`].
    ///
    /// # Errors
    /// Those of [`Self::start`].
    pub async fn any() -> Result<String, Error> {
        match std::env::var(EXISTING_BROKER) {
            Ok(named) if !named.is_empty() => Ok(named),
            _ => OWN.get_or_try_init(|| Self::start(Memory::Forgetful)).await.map(Self::bootstrap),
        }
    }
}
