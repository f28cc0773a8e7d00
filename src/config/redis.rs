//! The counters that instances share.

use std::path::PathBuf;

use acta_redis::RedisOptions;
use clap::Args;

/// Where instances count together. Without it each counts for itself, which is right for one.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Redis")]
#[expect(clippy::struct_field_names, reason = "they are the names of options")]
pub(crate) struct RedisArgs {
    /// The Redis server that instances share their counters in: redis://host:port/db, or rediss:// with TLS
    #[arg(long, value_name = "URL", env = "REDIS_URL", hide_env_values = true)]
    redis_url: Option<String>,

    /// A file that holds the password of the Redis server
    #[arg(long, value_name = "FILE", env = "REDIS_PASSWORD_FILE")]
    redis_password_file: Option<PathBuf>,

    /// A file of certificates (PEM) that the Redis server's is checked with, besides the usual ones
    #[arg(long, value_name = "FILE", env = "REDIS_CA_FILE")]
    redis_ca_file: Option<PathBuf>,
}

impl RedisArgs {
    /// How Redis is spoken to, if there is one.
    pub(crate) fn options(&self) -> anyhow::Result<Option<RedisOptions>> {
        let Some(url) = &self.redis_url else { return Ok(None) };
        let mut options = RedisOptions::new(url)?;
        if let Some(file) = &self.redis_password_file {
            options = options.with_password_file(file)?;
        }
        if let Some(file) = &self.redis_ca_file {
            options = options.with_authorities_file(file)?;
        }
        Ok(Some(options))
    }
}
