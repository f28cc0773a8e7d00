//! How much tenants may have at the same time, in the file of quotas.
//!
//! ```toml
//! [[tenant]]
//! tenant_id = "018f…"
//! active_sessions = 20
//! participants = 5000
//! ```

use std::collections::HashMap;

use acta_application::session::TenantLimits;
use acta_domain::TenantId;
use serde::Deserialize;

/// A tenant with limits of its own.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TenantEntry {
    tenant_id: TenantId,
    active_sessions: Option<u32>,
    participants: Option<u32>,
}

/// The limits of the tenants that `entries` name; what an entry leaves out is as `usual`.
pub(super) fn limits(entries: Vec<TenantEntry>, usual: TenantLimits) -> HashMap<TenantId, TenantLimits> {
    let limits = |entry: &TenantEntry| TenantLimits {
        active_sessions: entry.active_sessions.or(usual.active_sessions),
        participants: entry.participants.or(usual.participants),
    };
    entries.into_iter().map(|entry| (entry.tenant_id, limits(&entry))).collect()
}
