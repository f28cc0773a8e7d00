//! The file of issuers.
//!
//! ```toml
//! [[issuer]]
//! url = "https://identity.example"          # as in `iss`; its keys are found by its metadata
//! audience = "acta"
//! jwks_url = "https://identity.example/jwks" # instead of the metadata
//! plain_jwt = true                           # it does not say `at+jwt`
//! tenant_claim = "tenant"
//! roles_claim = "roles"
//! permissions_claim = "permissions"
//! tenants = ["018f…"]                        # it speaks for these tenants only
//! ```

use std::collections::BTreeSet;
use std::path::Path;

use acta_domain::TenantId;
use anyhow::Context as _;
use serde::Deserialize;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    issuer: Vec<IssuerEntry>,
}

/// An issuer whose tokens are accepted.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct IssuerEntry {
    /// Its name, as in `iss`.
    pub(crate) url: String,
    /// What its tokens for this service say in `aud`.
    pub(crate) audience: String,
    /// Where its keys are, unless its metadata says.
    pub(crate) jwks_url: Option<String>,
    /// Whether its tokens need not say that they are access tokens.
    #[serde(default)]
    pub(crate) plain_jwt: bool,
    /// The claim that names the tenant.
    pub(crate) tenant_claim: Option<String>,
    /// The claim that names roles.
    pub(crate) roles_claim: Option<String>,
    /// The claim that names permissions.
    pub(crate) permissions_claim: Option<String>,
    /// The tenants that it speaks for; without a list, all.
    pub(crate) tenants: Option<BTreeSet<TenantId>>,
}

/// The issuers that the file at `path` names.
pub(super) fn read(path: &Path) -> anyhow::Result<Vec<IssuerEntry>> {
    let text = std::fs::read_to_string(path).with_context(|| format!("{} cannot be read", path.display()))?;
    let file: File =
        toml::from_str(&text).with_context(|| format!("{} is not a file of issuers", path.display()))?;
    Ok(file.issuer)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_issuer_needs_a_name_and_an_audience() {
        let file: File =
            toml::from_str("[[issuer]]\nurl = \"https://i.example\"\naudience = \"acta\"\n").unwrap();
        assert_eq!(file.issuer[0].audience, "acta");
        assert!(!file.issuer[0].plain_jwt);
        assert!(toml::from_str::<File>("[[issuer]]\nurl = \"https://i.example\"\n").is_err());
        assert!(toml::from_str::<File>("[[issuer]]\nurl = \"x\"\naudience = \"a\"\njwks = \"y\"\n").is_err());
    }
}
