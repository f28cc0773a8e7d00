//! What is known of a foreign issuer.

use std::collections::BTreeSet;

use acta_domain::TenantId;

use crate::jwks::KeysFrom;

/// A foreign issuer whose tokens are accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IssuerOptions {
    /// Its name, `iss` of its tokens to the letter.
    pub issuer: String,
    /// Whom its tokens are for when they are for us; one of these is in `aud`.
    pub audiences: Vec<String>,
    /// Where its keys are.
    pub keys: KeysFrom,
    /// Whether it is older than RFC 9068: tokens without `typ`, or with `JWT`, are accepted too.
    pub plain_jwt: bool,
    /// What its claims are called.
    pub claims: ClaimNames,
    /// The tenants that it speaks for; without a list, for every tenant.
    pub tenants: Option<BTreeSet<TenantId>>,
}

/// What claims are called. A name is that of a claim, or a path into one: `realm_access.roles`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClaimNames {
    /// The tenant's UUID.
    pub tenant: String,
    /// A list of roles' names; those that are not known here grant nothing.
    pub roles: String,
    /// A list of permissions; when there is one, exactly these count.
    pub permissions: String,
}

impl Default for ClaimNames {
    fn default() -> Self {
        Self { tenant: "tenant".to_owned(), roles: "roles".to_owned(), permissions: "permissions".to_owned() }
    }
}
