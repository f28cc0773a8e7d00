//! Throw-away `PostgreSQL` for tests, trials and benchmarks.
//!
//! - [`Cluster`]: a server of one's own in a temporary folder, which can be stopped, killed and started again.
//! - [`Cluster::shared`]: the one server of a whole test run.
//! - [`Database`]: a fresh, migrated database in it, in a fraction of a second.
//! - [`FaultProxy`]: a network in front of it that breaks on demand.
//!
//! Nothing is left behind: a little shell process waits for the end of whoever started a cluster, however that comes, and then stops
//! the server and removes its folder.
//!
//! # A test with a database
//! ```no_run
//! # async fn migrate(_owner: &str) -> Result<(), std::io::Error> { Ok(()) }
//! # async fn example() -> Result<(), acta_throwaway::Error> {
//! use acta_throwaway::{Cluster, Database, Login, template_name};
//!
//! let server = Cluster::shared().await?;
//! let template = template_name("acta", ["CREATE TABLE …"]);
//! let database = Database::create(server, &template, |owner| async move { migrate(&owner).await }).await?;
//! let url = database.url_of(Login::Service);
//! // …
//! database.remove().await?;
//! # Ok(())
//! # }
//! ```

mod cluster;
mod database;
mod error;
mod programs;
mod proxy;
mod server;
mod shared;

pub use cluster::{Cluster, Options};
pub use database::{Database, Login, template_name};
pub use error::Error;
pub use proxy::FaultProxy;
pub use server::Server;
pub use shared::SHARED_SERVER;
