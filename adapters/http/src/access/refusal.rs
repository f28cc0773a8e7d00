//! Refused administrative actions are facts: they go into the tenant's register.

use std::num::NonZeroU32;
use std::time::Duration;

use acta_application::access::{LimitKey, Permission, Principal, Quota, Taken};
use acta_domain::ids::OperationName;
use axum::http::request::Parts;

use super::quotas::operation;
use crate::state::HttpState;

/// How many refusals of one caller are recorded: whoever floods the service does not flood the record.
const RECORDED: Quota =
    Quota { most: NonZeroU32::new(10).expect("10 is not 0"), period: Duration::from_mins(1) };

/// Records that `principal` was refused an administrative action. That it cannot be recorded changes nothing about the refusal.
pub(crate) async fn record_refusal(
    parts: &Parts,
    principal: &Principal,
    missing: Permission,
    app: &HttpState,
) {
    let key = LimitKey(format!("refusals:{}:{}", principal.tenant, principal.actor));
    match app.limits.take(&[(key, RECORDED)], app.clock.now()).await {
        Ok(Taken::All(_)) => {}
        Ok(Taken::None { .. }) => return,
        Err(error) => return tracing::warn!(%error, "a refusal was not recorded"),
    }
    let operation = OperationName::parse(operation(parts)).expect("an operation id is a word");
    if let Err(error) = app.use_cases.record_refused_access(principal, operation, missing).await {
        tracing::warn!(%error, "a refusal was not recorded");
    }
}
