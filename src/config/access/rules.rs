//! The file of quotas.
//!
//! ```toml
//! [[rule]]
//! operation = "add_chunk"
//! user = "600/min"
//! tenant = "unlimited"
//!
//! [[rule]]
//! tenant_id = "018f…"
//! tenant = "1000/min"
//! ```

use std::path::Path;

use acta_application::access::{WriteLimit, WriteRule};
use acta_domain::TenantId;
use anyhow::Context as _;
use serde::Deserialize;

use super::parse_limit;
use super::tenants::TenantEntry;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    rule: Vec<Entry>,
    #[serde(default)]
    tenant: Vec<TenantEntry>,
}

/// What a file of quotas sets.
#[derive(Debug, Default)]
pub(super) struct Quotas {
    /// How much may be written.
    pub(super) rules: Vec<WriteRule>,
    /// How much tenants may have at the same time.
    pub(super) tenants: Vec<TenantEntry>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    tenant_id: Option<TenantId>,
    operation: Option<String>,
    user: Option<String>,
    tenant: Option<String>,
}

/// What the file at `path` sets.
pub(super) fn read(path: &Path) -> anyhow::Result<Quotas> {
    let text = std::fs::read_to_string(path).with_context(|| format!("{} cannot be read", path.display()))?;
    parse(&text).with_context(|| format!("{} is not a file of quotas", path.display()))
}

fn parse(text: &str) -> anyhow::Result<Quotas> {
    let file: File = toml::from_str(text)?;
    let rules = file.rule.into_iter().map(rule).collect::<anyhow::Result<_>>()?;
    Ok(Quotas { rules, tenants: file.tenant })
}

fn rule(entry: Entry) -> anyhow::Result<WriteRule> {
    anyhow::ensure!(entry.user.is_some() || entry.tenant.is_some(), "a rule sets `user`, `tenant` or both");
    let (user_quota, tenant_quota) = (quota(entry.user)?, quota(entry.tenant)?);
    Ok(WriteRule { tenant: entry.tenant_id, operation: entry.operation, user_quota, tenant_quota })
}

fn quota(text: Option<String>) -> anyhow::Result<Option<WriteLimit>> {
    text.map(|text| parse_limit(&text)).transpose().map_err(anyhow::Error::msg)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_is_for_an_operation_or_a_tenant_or_both() {
        let rules =
            parse("[[rule]]\noperation = \"add_chunk\"\nuser = \"600/min\"\ntenant = \"unlimited\"\n")
                .unwrap()
                .rules;
        assert_eq!(rules[0].operation.as_deref(), Some("add_chunk"));
        assert_eq!(rules[0].user_quota, Some(WriteLimit("600/min".parse().ok())));
        assert_eq!(rules[0].tenant_quota, Some(WriteLimit(None)));
    }

    #[test]
    fn a_rule_that_says_nothing_or_something_else_is_refused() {
        for text in [
            "[[rule]]\noperation = \"add_chunk\"\n",
            "[[rule]]\nuser = \"10\"\n",
            "[[rule]]\nusers = \"1/s\"\n",
            "rules = []\n",
        ] {
            assert!(parse(text).is_err(), "{text}");
        }
    }
}
