//! The built-in issuer of access tokens (RFC 9068 in form: `at+jwt`).

use std::collections::BTreeSet;
use std::sync::Arc;

use acta_application::access::{AccessTokens, Permission, Principal, Role, TokenError};
use acta_application::log::Actor;
use acta_domain::{TenantId, Timestamp};
use acta_proof::key::SigningKey;
use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::jwt::Jwt;

const TYP: &str = "at+jwt";
const MICROS: i64 = 1_000_000;

/// What a token shall say.
#[derive(Debug, Clone)]
pub struct TokenRequest {
    /// The tenant that it is for.
    pub tenant: TenantId,
    /// Who holds it.
    pub actor: Actor,
    /// What they are.
    pub roles: Vec<Role>,
    /// How long it is good for, in seconds.
    pub lifetime_seconds: u32,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Claims {
    iss: String,
    aud: String,
    sub: String,
    tenant: String,
    roles: Vec<String>,
    iat: i64,
    exp: i64,
    jti: Uuid,
}

/// Issues and verifies access tokens with the service's own keys.
pub struct BuiltInIssuer(Jwt);

impl BuiltInIssuer {
    /// The issuer at `issuer`, a URL; the last of `keys` signs.
    pub fn new(issuer: &str, keys: &[Arc<SigningKey>]) -> Self {
        Self(Jwt::new(TYP, issuer, keys))
    }

    /// A token that says what `request` wants, from `now` on; `id` is its unique name.
    pub fn issue(&self, request: &TokenRequest, now: Timestamp, id: Uuid) -> String {
        let iat = now.as_micros() / MICROS;
        self.0.sign(&Claims {
            iss: self.0.issuer().to_owned(),
            aud: self.0.issuer().to_owned(),
            sub: request.actor.to_string(),
            tenant: request.tenant.to_string(),
            roles: request.roles.iter().map(|role| role.name().to_owned()).collect(),
            iat,
            exp: iat + i64::from(request.lifetime_seconds),
            jti: id,
        })
    }
}

#[async_trait]
impl AccessTokens for BuiltInIssuer {
    async fn verify(&self, token: &str, now: Timestamp) -> Result<Principal, TokenError> {
        let claims: Claims = self.0.check(token).ok_or(TokenError::Invalid)?;
        if claims.exp.saturating_mul(MICROS) <= now.as_micros() {
            return Err(TokenError::Expired);
        }
        Ok(Principal {
            tenant: claims.tenant.parse().map_err(|_| TokenError::Claim("tenant"))?,
            actor: claims.sub.parse().map_err(|_| TokenError::Claim("sub"))?,
            permissions: permissions(&claims.roles)?,
        })
    }
}

fn permissions(roles: &[String]) -> Result<BTreeSet<Permission>, TokenError> {
    let mut permissions = BTreeSet::new();
    for role in roles {
        let role = Role::named(role).ok_or(TokenError::Claim("roles"))?;
        permissions.extend(role.permissions());
    }
    Ok(permissions)
}

#[cfg(test)]
mod tests;
