//! What is counted of the life of sessions.

use std::time::Duration;

use acta_domain::{Modality, Session, SessionId};
use metrics::{Unit, counter, describe_counter, describe_histogram, histogram};
use tokio::time::Instant;

use crate::{Accepted, CommandContext, UseCaseError, UseCases};

const STARTED: &str = "sessions_started_total";
const START: &str = "session_start_p95_seconds";

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
    counter!(STARTED, "tenant" => context.tenant.to_string(), "modality" => modality.as_str()).increment(1);
    histogram!(START).record(took.as_secs_f64());
}
