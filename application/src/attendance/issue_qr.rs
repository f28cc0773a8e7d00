//! Issue a QR code that lets one person in, once.

use acta_domain::{PersonId, SessionId, Timestamp, VotingWeight};

use super::{Contact, QrClaims, capacity};
use crate::clock::time_ordered_id;
use crate::persons::Subject;
use crate::{CommandContext, UseCaseError, UseCases};

const MICROS: i64 = 1_000_000;

/// A code to be issued.
#[derive(Debug, Clone)]
pub struct IssueQr {
    /// The one person that it lets in.
    pub person_id: PersonId,
    /// The weight of their vote.
    pub voting_weight: Option<VotingWeight>,
    /// How they are called and reached; sealed already inside the code.
    pub contact: Contact,
    /// How long it is good for, in seconds.
    pub lifetime_seconds: u32,
}

/// A code.
#[derive(Clone)]
pub struct IssuedQr {
    /// What the code says.
    pub token: String,
    /// Until when it is good.
    pub expires_at: Timestamp,
}

impl UseCases {
    /// Issues a code; nothing is recorded until somebody comes in with it.
    ///
    /// # Errors
    /// See [`UseCaseError`].
    pub async fn issue_qr(
        &self,
        context: &CommandContext,
        session_id: SessionId,
        input: IssueQr,
    ) -> Result<IssuedQr, UseCaseError> {
        self.sessions.read_settled(context.tenant, session_id, capacity).await??;
        let now = self.ports.clock.now();
        // Whole seconds, because that is what a token can say (RFC 7519 §2).
        let expires = (now.as_micros() / MICROS + i64::from(input.lifetime_seconds)) * MICROS;
        let expires_at =
            Timestamp::from_micros(expires).expect("a lifetime in seconds stays inside the calendar");
        let subject = Subject::Person(input.person_id);
        let sealed = self.seal(context, session_id, subject, &input.contact.into()).await?;
        let token = self.ports.qr.issue(&QrClaims {
            tenant: context.tenant,
            session: session_id,
            person: input.person_id,
            voting_weight: input.voting_weight,
            sealed,
            expires_at,
            id: time_ordered_id(now, &*self.ports.randomness),
        });
        Ok(IssuedQr { token, expires_at })
    }
}
