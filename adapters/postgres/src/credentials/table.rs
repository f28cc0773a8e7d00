//! The table `credentials`.

use acta_application::issuer::{Credential, CredentialsError};
use acta_domain::{CredentialId, TenantId};
use sqlx::postgres::{PgArguments, PgRow};
use sqlx::query::Query;
use sqlx::{Postgres, query};
use zeroize::Zeroizing;

use crate::columns;

const PUT: &str = "
    INSERT INTO credentials (tenant_id, credential_id, kind, material) VALUES ($1, $2, $3, $4)
    ON CONFLICT (tenant_id, credential_id) DO UPDATE SET kind = excluded.kind, material = excluded.material";

const GET: &str = "SELECT kind, material FROM credentials WHERE tenant_id = $1 AND credential_id = $2";

const REMOVE: &str = "DELETE FROM credentials WHERE tenant_id = $1 AND credential_id = $2";

type Statement<'q> = Query<'q, Postgres, PgArguments>;

pub(super) fn put(tenant: TenantId, id: CredentialId, credential: &Credential) -> Statement<'_> {
    let (kind, material) = match credential {
        Credential::Password(hash) => ("password", hash.as_bytes()),
        Credential::Secret(digest) => ("secret", digest.as_slice()),
    };
    query(PUT).bind(tenant.as_uuid()).bind(id.as_uuid()).bind(kind).bind(material)
}

pub(super) fn get(tenant: TenantId, id: CredentialId) -> Statement<'static> {
    query(GET).bind(tenant.as_uuid()).bind(id.as_uuid())
}

pub(super) fn remove(tenant: TenantId, id: CredentialId) -> Statement<'static> {
    query(REMOVE).bind(tenant.as_uuid()).bind(id.as_uuid())
}

pub(super) fn read(id: CredentialId, row: &PgRow) -> Result<Credential, CredentialsError> {
    let damaged = |what| CredentialsError::Damaged { id, what };
    let kind: &str = columns::get(row, "kind").map_err(|_| damaged("its kind is no text"))?;
    let material: &[u8] = columns::get(row, "material").map_err(|_| damaged("it is no bytes"))?;
    match kind {
        "password" => {
            let hash = std::str::from_utf8(material).map_err(|_| damaged("the hash is no text"))?;
            Ok(Credential::Password(Zeroizing::new(hash.to_owned())))
        }
        "secret" => {
            let digest = material.try_into().map_err(|_| damaged("the digest has not 32 bytes"))?;
            Ok(Credential::Secret(digest))
        }
        _ => Err(damaged("its kind is not known")),
    }
}
