//! The credentials of users and clients in the table `credentials`.

mod table;

use acta_application::issuer::{Credential, Credentials, CredentialsError};
use acta_domain::{CredentialId, TenantId};
use async_trait::async_trait;

use crate::database::{As, Database, fault};

/// The credentials of users and clients in the table `credentials`. Each request is one statement; every instance sees what any
/// other did.
#[derive(Debug, Clone)]
pub struct PostgresCredentials {
    database: Database,
}

impl PostgresCredentials {
    /// The credentials in `database`.
    pub fn new(database: &Database) -> Self {
        Self { database: database.clone() }
    }
}

fn unavailable(error: sqlx::Error) -> CredentialsError {
    CredentialsError::Unavailable(fault(error))
}

#[async_trait]
impl Credentials for PostgresCredentials {
    async fn put(
        &self,
        tenant: TenantId,
        id: CredentialId,
        credential: &Credential,
    ) -> Result<(), CredentialsError> {
        let put = table::put(tenant, id, credential);
        self.database.tell(tenant, put).await.map(drop).map_err(unavailable)
    }

    async fn get(&self, tenant: TenantId, id: CredentialId) -> Result<Option<Credential>, CredentialsError> {
        let row = self.database.ask_one(As::Tenant(tenant), table::get(tenant, id)).await;
        row.map_err(unavailable)?.map(|row| table::read(id, &row)).transpose()
    }

    async fn remove(&self, tenant: TenantId, id: CredentialId) -> Result<bool, CredentialsError> {
        let removed = self.database.tell(tenant, table::remove(tenant, id)).await;
        Ok(removed.map_err(unavailable)? > 0)
    }
}
