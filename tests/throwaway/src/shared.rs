//! The one server of a whole test run.

use tokio::sync::OnceCell;

use crate::{Cluster, Error, Options, Server};

/// The environment variable that names the server which a test run shares: a superuser's URL without a database, such as
/// `postgres://postgres@127.0.0.1:5433`. It must trust whoever connects.
pub const SHARED_SERVER: &str = "ACTA_TEST_POSTGRES";

/// A static is never dropped: the cluster's keeper stops the server when this process ends.
static OWN: OnceCell<Cluster> = OnceCell::const_new();
static NAMED: OnceCell<Server> = OnceCell::const_new();

impl Cluster {
    /// The server that [`SHARED_SERVER`] names; else one of this process's own, which is started by the first call, does not fsync,
    /// and goes away with the process. What others do in it is none of the caller's business: it is for [`crate::Database`]s.
    ///
    /// # Errors
    /// Those of [`Cluster::start`], or [`Error::Address`].
    pub async fn shared() -> Result<&'static Server, Error> {
        match std::env::var(SHARED_SERVER) {
            Ok(url) => NAMED.get_or_try_init(async || named(&url)).await,
            Err(_) => OWN.get_or_try_init(|| Self::start(Options::fast())).await.map(Self::server),
        }
    }
}

fn named(url: &str) -> Result<Server, Error> {
    Server::parse(url).map_err(|source| Error::Address { variable: SHARED_SERVER, source })
}
