//! Create a session.

use acta_domain::{PublicId, SessionCommand, SessionDetails, SessionId};

use super::decide_in_turn;
use crate::clock::{random_bytes, time_ordered_id};
use crate::persons::{PersonalPart, PersonalText, Subject};
use crate::{Accepted, CommandContext, UseCaseError, UseCases};

/// A session to be held.
#[derive(Debug, Clone)]
pub struct CreateSession {
    /// What it is called; sealed, because a title can name people.
    pub title: PersonalText,
    /// How, when, in which languages, for how many.
    pub details: SessionDetails,
}

/// A session that is on the record.
#[derive(Debug, Clone, Copy)]
pub struct SessionCreated {
    /// Its id.
    pub session_id: SessionId,
    /// Where the record begins.
    pub accepted: Accepted,
}

impl UseCases {
    /// Creates a session.
    ///
    /// # Errors
    /// See [`UseCaseError`].
    pub async fn create_session(
        &self,
        context: &CommandContext,
        input: CreateSession,
    ) -> Result<SessionCreated, UseCaseError> {
        if let Err(refusal) = self.must_be_active_tenant(context).await {
            let accepted = self.first_outcome(context, refusal).await?;
            return self.created_at(context, accepted).await;
        }
        let at = self.ports.clock.now();
        let session_id = SessionId::new(time_ordered_id(at, &*self.ports.randomness));
        let public_id = PublicId::new(random_bytes(&*self.ports.randomness));
        let title = PersonalPart::of([("title", Some(input.title))]);
        let sealed = self.seal(context, session_id, Subject::Session, &title).await?;
        let accepted = self
            .carry_out_on_session(context, session_id, sealed, |session, _| {
                let details = input.details.clone();
                let create = SessionCommand::Create { session_id, public_id, details, at };
                decide_in_turn(session, [create, SessionCommand::Describe { at }])
            })
            .await?;
        // A repeated command has made its session the first time, under another id than the one made now.
        if accepted.repeated {
            return self.created_at(context, accepted).await;
        }
        Ok(SessionCreated { session_id, accepted })
    }

    /// The session that `accepted` made.
    async fn created_at(
        &self,
        context: &CommandContext,
        accepted: Accepted,
    ) -> Result<SessionCreated, UseCaseError> {
        let first = self.event_at(context, accepted.appended.first).await?;
        let session_id = first.map(|event| event.session_id).ok_or(UseCaseError::UnknownSession)?;
        Ok(SessionCreated { session_id, accepted })
    }
}
