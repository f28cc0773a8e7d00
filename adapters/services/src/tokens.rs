//! The built-in issuer of access tokens (RFC 9068 in form: `at+jwt`).

use std::collections::BTreeSet;
use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, PoisonError};

use acta_application::access::{AccessTokens, Permission, Principal, Role, TokenError};
use acta_application::log::Actor;
use acta_domain::{TenantId, Timestamp};
use acta_proof::key::SigningKey;
use async_trait::async_trait;
use lru::LruCache;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::jwt::Jwt;

const TYP: &str = "at+jwt";
const MICROS: i64 = 1_000_000;
/// Tokens whose signature need not be checked again.
const MOST_SEEN: NonZeroUsize = NonZeroUsize::new(1_024).expect("1024 is not zero");

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
pub struct BuiltInIssuer {
    jwt: Jwt,
    /// Tokens that were good when they were checked, with whom they stand for and when they expire; the least recently seen leave
    /// first. A token cannot be revoked, so nothing but its expiry can make it bad again.
    seen: Mutex<LruCache<Box<str>, (Principal, i64)>>,
}

impl BuiltInIssuer {
    /// The issuer at `issuer`, a URL; the last of `keys` signs.
    pub fn new(issuer: &str, keys: &[Arc<SigningKey>]) -> Self {
        Self { jwt: Jwt::new(TYP, issuer, keys), seen: Mutex::new(LruCache::new(MOST_SEEN)) }
    }

    /// A token that says what `request` wants, from `now` on; `id` is its unique name.
    pub fn issue(&self, request: &TokenRequest, now: Timestamp, id: Uuid) -> String {
        let iat = now.as_micros() / MICROS;
        self.jwt.sign(&Claims {
            iss: self.jwt.issuer().to_owned(),
            aud: self.jwt.issuer().to_owned(),
            sub: request.actor.to_string(),
            tenant: request.tenant.to_string(),
            roles: request.roles.iter().map(|role| role.name().to_owned()).collect(),
            iat,
            exp: iat + i64::from(request.lifetime_seconds),
            jti: id,
        })
    }

    /// Whom `token` stands for and when it expires, in seconds since the Unix epoch.
    fn check(&self, token: &str) -> Result<(Principal, i64), TokenError> {
        if let Some(seen) = self.seen.lock().unwrap_or_else(PoisonError::into_inner).get(token) {
            return Ok(seen.clone());
        }
        let claims: Claims = self.jwt.check(token).ok_or(TokenError::Invalid)?;
        let principal = Principal {
            tenant: claims.tenant.parse().map_err(|_| TokenError::Claim("tenant"))?,
            actor: claims.sub.parse().map_err(|_| TokenError::Claim("sub"))?,
            permissions: permissions(&claims.roles)?,
        };
        let checked = (principal, claims.exp);
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).put(token.into(), checked.clone());
        Ok(checked)
    }
}

#[async_trait]
impl AccessTokens for BuiltInIssuer {
    async fn verify(&self, token: &str, now: Timestamp) -> Result<Principal, TokenError> {
        let (principal, expires) = self.check(token)?;
        if expires.saturating_mul(MICROS) <= now.as_micros() {
            return Err(TokenError::Expired);
        }
        Ok(principal)
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
