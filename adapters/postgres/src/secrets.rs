//! That all instances of the service have the same secrets.

use sqlx::{Row as _, query};

use crate::database::{As, Database};

const RECORD: &str = "INSERT INTO service_secrets (name, fingerprint) VALUES ($1, $2) ON CONFLICT DO NOTHING";
const RECORDED: &str = "SELECT fingerprint FROM service_secrets WHERE name = $1";

/// The secrets of an instance are not known to be the right ones.
#[derive(Debug, thiserror::Error)]
pub enum SecretsError {
    /// What this instance has is not what the first instance had.
    #[error("the {name} of this instance is not the one that this database was written with")]
    Differs {
        /// Which secret.
        name: String,
    },
    /// The database did not answer.
    #[error("the fingerprints of the secrets cannot be read")]
    Unavailable(#[from] sqlx::Error),
}

/// Fingerprints of secrets that every instance must have alike, such as the master key.
#[derive(Debug, Clone, Copy)]
pub struct ServiceSecrets;

impl ServiceSecrets {
    /// Compares the secret called `name`, "master key" for instance, with the one that the first instance had. The first to ask records
    /// its `fingerprint`: of several that start at once, one is the first, and the others are compared with it.
    ///
    /// A fingerprint is a SHA-256 that does not give the secret away, over a label and the secret.
    ///
    /// # Errors
    /// See [`SecretsError`].
    pub async fn check(database: &Database, name: &str, fingerprint: [u8; 32]) -> Result<(), SecretsError> {
        // Waits for whoever records it at the same moment, so what is read next stands.
        database.ask(As::Service, query(RECORD).bind(name).bind(&fingerprint[..])).await?;
        let row = database.ask_one(As::Service, query(RECORDED).bind(name)).await?;
        let recorded: Vec<u8> = row.ok_or(sqlx::Error::RowNotFound)?.try_get(0)?;
        if recorded == fingerprint { Ok(()) } else { Err(SecretsError::Differs { name: name.to_owned() }) }
    }
}
