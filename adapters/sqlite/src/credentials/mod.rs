//! The credentials of users and clients in `keys.sqlite`, beside the persons' keys.

mod table;

use acta_application::issuer::{Credential, Credentials, CredentialsError};
use acta_domain::{CredentialId, TenantId};
use async_trait::async_trait;
use sqlx::sqlite::{SqlitePool, SqliteSynchronous};

use crate::database::{Database, KEYS, fault};
use crate::folder::{DataFolder, OpenError};

/// The credentials of users and clients in `keys.sqlite`. What is replaced or removed there is overwritten.
pub struct SqliteCredentials {
    writer: SqlitePool,
    readers: SqlitePool,
    database: Database,
}

impl SqliteCredentials {
    /// Opens the credentials of `folder`; makes the file if it is not there.
    ///
    /// # Errors
    /// See [`OpenError`].
    pub async fn open(folder: &DataFolder) -> Result<Self, OpenError> {
        let database = Database::prepare(folder, "keys.sqlite", SqliteSynchronous::Full, KEYS).await?;
        Ok(Self { writer: database.writer(), readers: database.readers(), database })
    }

    /// Takes no more, and finishes what is under way.
    pub async fn close(&self) {
        self.writer.close().await;
        self.readers.close().await;
    }
}

impl std::fmt::Debug for SqliteCredentials {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SqliteCredentials").field("database", &self.database).finish_non_exhaustive()
    }
}

fn unavailable(error: sqlx::Error) -> CredentialsError {
    CredentialsError::Unavailable(fault(error))
}

#[async_trait]
impl Credentials for SqliteCredentials {
    async fn put(
        &self,
        tenant: TenantId,
        id: CredentialId,
        credential: &Credential,
    ) -> Result<(), CredentialsError> {
        table::put(tenant, id, credential).execute(&self.writer).await.map(drop).map_err(unavailable)
    }

    async fn get(&self, tenant: TenantId, id: CredentialId) -> Result<Option<Credential>, CredentialsError> {
        let row = table::get(tenant, id).fetch_optional(&self.readers).await.map_err(unavailable)?;
        row.map(|row| table::read(id, &row)).transpose()
    }

    async fn remove(&self, tenant: TenantId, id: CredentialId) -> Result<bool, CredentialsError> {
        let removed = table::remove(tenant, id).execute(&self.writer).await.map_err(unavailable)?;
        Ok(removed.rows_affected() > 0)
    }
}
