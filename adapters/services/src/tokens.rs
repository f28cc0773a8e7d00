//! The built-in issuer of access tokens (RFC 9068 in form: `at+jwt`).

use std::collections::BTreeSet;
use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, PoisonError};

use acta_application::access::{
    AccessTokens, KeyThumbprint, Permission, Principal, Role, TokenError, VerifiedToken,
};
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
    /// The key that whoever shows it must hold; without one it is good for reading only.
    pub bound_to: Option<KeyThumbprint>,
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
    #[serde(default, skip_serializing_if = "Option::is_none")]
    cnf: Option<Confirmation>,
}

/// What confirms whoever shows the token (RFC 7800 §3.1, RFC 9449 §6.1).
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Confirmation {
    jkt: KeyThumbprint,
}

/// Issues and verifies access tokens with the service's own keys.
pub struct BuiltInIssuer {
    jwt: Jwt,
    /// Tokens that were good when they were checked, with what they say; the least recently seen leave
    /// first. A token cannot be revoked, so nothing but its expiry can make it bad again.
    seen: Mutex<LruCache<Box<str>, VerifiedToken>>,
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
            cnf: request.bound_to.map(|jkt| Confirmation { jkt }),
        })
    }

    /// What `token` says, whether or not it has expired.
    fn check(&self, token: &str) -> Result<VerifiedToken, TokenError> {
        if let Some(seen) = self.seen.lock().unwrap_or_else(PoisonError::into_inner).get(token) {
            return Ok(seen.clone());
        }
        let claims: Claims = self.jwt.check(token).ok_or(TokenError::Invalid)?;
        let principal = Principal {
            tenant: claims.tenant.parse().map_err(|_| TokenError::Claim("tenant"))?,
            actor: claims.sub.parse().map_err(|_| TokenError::Claim("sub"))?,
            permissions: permissions(&claims.roles)?,
        };
        let micros = claims.exp.checked_mul(MICROS).ok_or(TokenError::Claim("exp"))?;
        let expires_at = Timestamp::from_micros(micros).map_err(|_| TokenError::Claim("exp"))?;
        let bound_to = claims.cnf.map(|cnf| cnf.jkt);
        let checked = VerifiedToken { principal, bound_to, expires_at, grant: None };
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).put(token.into(), checked.clone());
        Ok(checked)
    }
}

#[async_trait]
impl AccessTokens for BuiltInIssuer {
    async fn verify(&self, token: &str, now: Timestamp) -> Result<VerifiedToken, TokenError> {
        let verified = self.check(token)?;
        if verified.expires_at <= now {
            return Err(TokenError::Expired);
        }
        Ok(verified)
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
