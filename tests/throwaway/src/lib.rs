//! Throw-away `PostgreSQL`, Kafka and Redis for tests, trials and benchmarks.
//!
//! - [`Cluster`]: a server of one's own in a temporary folder, which can be stopped, killed and started again.
//! - [`Cluster::shared`]: the one server of a whole test run.
//! - [`Database`]: a fresh, migrated database in it, in a fraction of a second.
//! - [`Broker`]: a Kafka broker of one's own, which can be stopped, killed and started again.
//! - [`Redis`]: a Redis server of one's own, which can be killed and started again, empty.
//! - [`FaultProxy`]: a network in front of a server that breaks on demand.
//!
//! Nothing is left behind: a little shell process waits for the end of whoever started a server, however that comes, and then stops
//! it and removes its folder.
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
//!
//! # A test with a broker that forgets
//! ```no_run
//! # async fn example() -> Result<(), acta_throwaway::Error> {
//! use acta_throwaway::{Broker, FaultProxy, Memory};
//!
//! let broker = Broker::start(Memory::Forgetful).await?;
//! let bootstrap = broker.bootstrap();
//! // …
//! broker.kill().await?;
//! broker.start_again().await?;
//!
//! let proxy = FaultProxy::before_broker(broker.address()).await?;
//! proxy.lose_answer_to_records();
//! let bootstrap = proxy.address().to_string();
//! # Ok(())
//! # }
//! ```

mod broker;
mod cluster;
mod database;
mod error;
mod folder;
mod keeper;
mod port;
mod process;
mod programs;
mod proxy;
mod redis;
mod running;
mod server;
mod shared;

pub use broker::{Broker, DURABLE_BROKER, EXISTING_BROKER, FORGETFUL_BROKER, Memory, fresh_prefix};
pub use cluster::{Cluster, Options};
pub use database::{Database, Login, template_name};
pub use error::Error;
pub use proxy::FaultProxy;
pub use redis::{EXISTING_REDIS, Redis};
pub use server::Server;
pub use shared::SHARED_SERVER;
