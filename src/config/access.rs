//! Who may come in, and how much they may do.

mod issuers;
mod rules;
mod tenants;

use std::path::PathBuf;
use std::time::Duration;

use acta_application::access::{WriteLimit, WriteQuotas, WriteRules};
use acta_application::session::{LimitsOfTenants, TenantLimits};
use acta_domain::TenantId;
use acta_http::TrustedProxies;
use clap::{Args, value_parser};

pub(crate) use self::issuers::IssuerEntry;

/// Who may come in, and how much they may do.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Access")]
pub(crate) struct AccessArgs {
    /// Another origin that clients reach this service by, besides the public URL; may be given several times. Proofs of possession
    /// name the URL, and must name one of these
    #[arg(long = "origin", value_name = "URL", env = "ACTA_ORIGINS", value_delimiter = ',')]
    pub(crate) origins: Vec<String>,

    /// Whether a proof of possession has to carry a nonce that this service gave out in the last minutes
    #[arg(long, value_name = "BOOL", env = "DPOP_NONCE", default_value_t = false, action = clap::ArgAction::Set)]
    pub(crate) dpop_nonce: bool,

    /// A file that names the issuers whose access tokens are accepted besides our own (TOML; see the operators' guide)
    #[arg(long, value_name = "FILE", env = "TRUSTED_ISSUERS")]
    trusted_issuers: Option<PathBuf>,

    /// How much one user may write: `10/min`, or `unlimited`
    #[arg(long, value_name = "QUOTA", env = "RATE_LIMIT_USER", default_value = USER, value_parser = parse_limit)]
    rate_limit_user: WriteLimit,

    /// How much all users of a tenant together may write
    #[arg(long, value_name = "QUOTA", env = "RATE_LIMIT_TENANT", default_value = TENANT, value_parser = parse_limit)]
    rate_limit_tenant: WriteLimit,

    /// How many sessions of a tenant may be active at the same time [default: any number]
    #[arg(long, value_name = "N", env = "MAX_ACTIVE_SESSIONS")]
    max_active_sessions: Option<u32>,

    /// How many people may be present in all sessions of a tenant together [default: any number]
    #[arg(long, value_name = "N", env = "MAX_PARTICIPANTS")]
    max_participants: Option<u32>,

    /// A file of quotas for single operations and tenants (TOML; see the operators' guide)
    #[arg(long, value_name = "FILE", env = "RATE_LIMITS")]
    rate_limits: Option<PathBuf>,

    /// The proxies in front of this service that are believed when they say whom they pass on (`X-Forwarded-For`): addresses and
    /// networks, 10.0.0.7,10.1.0.0/16. Behind others, all who log in seem to come from one address
    #[arg(
        long,
        value_name = "ADDRESSES",
        env = "TRUSTED_PROXIES",
        default_value = "",
        hide_default_value = true
    )]
    pub(crate) trusted_proxies: TrustedProxies,

    /// The tenant of those who log in without naming one
    #[arg(long, value_name = "TENANT", env = "LOGIN_TENANT")]
    pub(crate) login_tenant: Option<TenantId>,

    /// How long an access token of our own issuer is good for, in seconds
    #[arg(long, value_name = "SECONDS", env = "ACCESS_TTL_SECONDS", default_value_t = ACCESS_TTL,
        value_parser = value_parser!(u32).range(30..=86_400))]
    access_ttl_seconds: u32,

    /// How long somebody stays signed in, in seconds
    #[arg(long, value_name = "SECONDS", env = "REFRESH_TTL_SECONDS", default_value_t = REFRESH_TTL,
        value_parser = value_parser!(u32).range(60..=31_536_000))]
    refresh_ttl_seconds: u32,
}

const USER: &str = "10/min";
const TENANT: &str = "100/min";
const ACCESS_TTL: u32 = 900;
const REFRESH_TTL: u32 = 2_592_000;

pub(crate) fn parse_limit(text: &str) -> Result<WriteLimit, String> {
    if text == "unlimited" {
        return Ok(WriteLimit(None));
    }
    text.parse().map(|quota| WriteLimit(Some(quota))).map_err(|error| format!("{error}, or `unlimited`"))
}

impl AccessArgs {
    /// The defaults, without a limit: for a service that only this process calls.
    pub(crate) fn unlimited() -> Self {
        Self {
            origins: Vec::new(),
            dpop_nonce: false,
            trusted_issuers: None,
            rate_limit_user: WriteLimit(None),
            rate_limit_tenant: WriteLimit(None),
            max_active_sessions: None,
            max_participants: None,
            rate_limits: None,
            trusted_proxies: TrustedProxies::default(),
            login_tenant: None,
            access_ttl_seconds: ACCESS_TTL,
            refresh_ttl_seconds: REFRESH_TTL,
        }
    }

    /// How much may be written, and how much tenants may have at the same time.
    pub(crate) fn quotas(&self) -> anyhow::Result<(WriteRules, LimitsOfTenants)> {
        let file = self.rate_limits.as_deref().map(rules::read).transpose()?.unwrap_or_default();
        let usual = WriteQuotas { user: self.rate_limit_user.0, tenant: self.rate_limit_tenant.0 };
        let rules = WriteRules::new(usual, file.rules);
        let usual =
            TenantLimits { active_sessions: self.max_active_sessions, participants: self.max_participants };
        Ok((rules, LimitsOfTenants { named: tenants::limits(file.tenants, usual), usual }))
    }

    /// The issuers besides our own.
    pub(crate) fn issuers(&self) -> anyhow::Result<Vec<IssuerEntry>> {
        Ok(self.trusted_issuers.as_deref().map(issuers::read).transpose()?.unwrap_or_default())
    }

    /// How long an access token of ours is good for.
    pub(crate) fn access_ttl(&self) -> Duration {
        Duration::from_secs(self.access_ttl_seconds.into())
    }

    /// How long somebody stays signed in.
    pub(crate) fn refresh_ttl(&self) -> Duration {
        Duration::from_secs(self.refresh_ttl_seconds.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_is_a_quota_or_none() {
        assert_eq!(parse_limit("unlimited"), Ok(WriteLimit(None)));
        assert_eq!(parse_limit("10/min"), Ok(WriteLimit("10/min".parse().ok())));
        assert!(parse_limit("ten").unwrap_err().contains("unlimited"));
    }
}
