//! The parameters of the issuer's paths.

use acta_application::issuer::ClientName;
use acta_domain::{ClientId, Permission, RoleName, TenantId, UserId};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer};
use utoipa::IntoParams;

use crate::problem::{Problem, ProblemKind};
use crate::schema;

/// `/v2/users/{userId}`.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub(super) struct UserPath {
    /// The user.
    #[serde(rename = "userId")]
    #[param(rename = "userId", value_type = Uuid)]
    pub(super) user: UserId,
}

/// A role of a user.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub(super) struct UserRolePath {
    /// The user.
    #[serde(rename = "userId")]
    #[param(rename = "userId", value_type = Uuid)]
    pub(super) user: UserId,
    /// The role.
    #[param(value_type = schema::RoleName)]
    pub(super) role: RoleName,
}

/// A permission of a user.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub(super) struct UserPermissionPath {
    /// The user.
    #[serde(rename = "userId")]
    #[param(rename = "userId", value_type = Uuid)]
    pub(super) user: UserId,
    /// The permission.
    #[param(value_type = schema::Permission)]
    pub(super) permission: Permission,
}

/// `/v2/roles/{role}`.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub(super) struct RolePath {
    /// The role.
    #[param(value_type = schema::RoleName)]
    pub(super) role: RoleName,
}

/// `/v2/clients/{clientId}`.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub(super) struct ClientPath {
    /// The client, as it names itself.
    #[serde(rename = "clientId", deserialize_with = "client")]
    #[param(rename = "clientId", value_type = schema::ClientName)]
    client: ClientName,
}

fn client<'de, D: Deserializer<'de>>(reader: D) -> Result<ClientName, D::Error> {
    String::deserialize(reader)?.parse().map_err(D::Error::custom)
}

impl ClientPath {
    /// The client, which is unknown in any tenant but its own.
    pub(super) fn client_of(&self, tenant: TenantId) -> Result<ClientId, Problem> {
        if self.client.tenant == tenant {
            return Ok(self.client.client);
        }
        Err(Problem::new(ProblemKind::UnknownClient, "there is no such client"))
    }
}
