//! What is counted of the life of sessions.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use acta_domain::{Modality, Session, SessionId, TenantId};
use metrics::{Unit, counter, describe_counter, describe_histogram, histogram};
use tokio::time::Instant;

use crate::{Accepted, CommandContext, UseCaseError, UseCases};

const STARTED: &str = "sessions_started_total";
const START: &str = "session_start_p95_seconds";

/// So many tenants are counted each by itself; the others together, because every label is a series that is kept.
const MOST_TENANTS: usize = 1_000;
/// The tenants that are counted by themselves: the first to start a session. The recorder is one for the process, and so is this.
static NAMED: Mutex<BTreeSet<TenantId>> = Mutex::new(BTreeSet::new());

/// Says what is counted, to whichever recorder is installed.
pub(crate) fn describe() {
    describe_counter!(STARTED, "Sessions that were started, by tenant and modality; each once");
    describe_histogram!(START, Unit::Seconds, "From the request to start a session until that was durable");
    let _registered = histogram!(START);
}

impl UseCases {
    /// Carries out `start`, which starts `session`, and counts that and how long it took, unless it had been sent before.
    pub(super) async fn counting_start(
        &self,
        context: &CommandContext,
        session: SessionId,
        start: impl Future<Output = Result<Accepted, UseCaseError>>,
    ) -> Result<Accepted, UseCaseError> {
        let begun = Instant::now();
        let accepted = start.await?;
        if !accepted.repeated {
            let took = begun.elapsed();
            let modality = |session: &Session| session.details().map(|details| details.modality);
            // The session is in memory; should it not be, the start is recorded all the same.
            if let Ok((Some(modality), _)) = self.sessions.read(context.tenant, session, modality).await {
                count(context, modality, took);
            }
        }
        Ok(accepted)
    }
}

fn count(context: &CommandContext, modality: Modality, took: Duration) {
    counter!(STARTED, "tenant" => label(context.tenant), "modality" => modality.as_str()).increment(1);
    histogram!(START).record(took.as_secs_f64());
}

/// What `tenant` is called among the figures.
fn label(tenant: TenantId) -> String {
    let mut named = NAMED.lock().unwrap_or_else(PoisonError::into_inner);
    if is_named(&mut named, tenant) { tenant.to_string() } else { "other".to_owned() }
}

fn is_named(named: &mut BTreeSet<TenantId>, tenant: TenantId) -> bool {
    if named.len() < MOST_TENANTS {
        named.insert(tenant);
    }
    named.contains(&tenant)
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn a_thousand_tenants_are_named_and_the_others_are_not() {
        let mut named = BTreeSet::new();
        let tenant = |number| TenantId::new(Uuid::from_u128(number));
        assert!((0..1_000).all(|number| is_named(&mut named, tenant(number))));
        assert!(!is_named(&mut named, tenant(1_000)));
        assert!(is_named(&mut named, tenant(7)));
    }
}
