//! The rules of sign-ins.
//!
//! Each refresh token is good once. One that is shown a second time was copied, and since nobody can tell the thief from the user, the
//! sign-in ends for both (RFC 9700, section 4.14.2). Showing a token with another key than the sign-in was started with is refused without
//! ending it: else whoever sees a token go by could end it.

use cqrs_es::Aggregate;
use cqrs_es::event_sink::EventSink;
use serde::{Deserialize, Serialize};

use crate::ids::{PersonId, SignInId, UserId};
use crate::values::{EndReason, Generation, KeyThumbprint, Timestamp};

use super::{SignInCommand, SignInError, SignInEvent};

/// A sign-in, as far as its decisions need to remember it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignIn {
    start: Option<Start>,
    generation: Generation,
    ended: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct Start {
    sign_in_id: SignInId,
    user_id: UserId,
    person_id: PersonId,
    key: Option<KeyThumbprint>,
    started_at: Timestamp,
    expires_at: Timestamp,
}

impl SignIn {
    /// The number of the refresh token that is good.
    pub const fn generation(&self) -> Generation {
        self.generation
    }

    /// The user.
    pub fn user_id(&self) -> Option<UserId> {
        self.start.map(|start| start.user_id)
    }

    /// Who it is.
    pub fn person_id(&self) -> Option<PersonId> {
        self.start.map(|start| start.person_id)
    }

    /// The key that it is bound to, if it is bound to one.
    pub fn key(&self) -> Option<KeyThumbprint> {
        self.start.and_then(|start| start.key)
    }

    /// When the user signed in.
    pub fn started_at(&self) -> Option<Timestamp> {
        self.start.map(|start| start.started_at)
    }

    /// When it ends by itself.
    pub fn expires_at(&self) -> Option<Timestamp> {
        self.start.map(|start| start.expires_at)
    }

    /// Whether it can be renewed at `now`.
    pub fn is_open(&self, now: Timestamp) -> bool {
        !self.ended && self.start.is_some_and(|start| now < start.expires_at)
    }

    /// Decides a command.
    ///
    /// # Errors
    ///
    /// [`SignInError`] when the rules refuse it; nothing happened then.
    pub fn decide(&self, command: SignInCommand) -> Result<Vec<SignInEvent>, SignInError> {
        let event = match command {
            SignInCommand::Start { sign_in_id, user_id, person_id, key, expires_at, at } => {
                self.must_be_new()?;
                SignInEvent::Started { sign_in_id, user_id, person_id, key, expires_at, at }
            }
            SignInCommand::Renew { generation, key, at } => self.renewal(generation, key, at)?,
            SignInCommand::End { reason, at } => self.end(reason, at)?,
        };
        Ok(vec![event])
    }

    fn renewal(
        &self,
        shown: Generation,
        key: Option<KeyThumbprint>,
        at: Timestamp,
    ) -> Result<SignInEvent, SignInError> {
        let Start { sign_in_id, person_id, key: bound_to, expires_at, .. } = self.must_not_have_ended()?;
        if at >= expires_at {
            return Err(SignInError::Expired);
        }
        if key != bound_to {
            return Err(SignInError::OtherKey);
        }
        if shown > self.generation {
            return Err(SignInError::Unknown);
        }
        if shown < self.generation {
            return Ok(SignInEvent::ReuseDetected { sign_in_id, person_id, generation: shown, at });
        }
        let generation = shown.next().ok_or(SignInError::Expired)?;
        Ok(SignInEvent::Renewed { sign_in_id, person_id, generation, at })
    }

    fn end(&self, reason: EndReason, at: Timestamp) -> Result<SignInEvent, SignInError> {
        let Start { sign_in_id, person_id, .. } = self.must_not_have_ended()?;
        Ok(SignInEvent::Ended { sign_in_id, person_id, reason, at })
    }

    fn must_be_new(&self) -> Result<(), SignInError> {
        if self.start.is_some() { Err(SignInError::AlreadyStarted) } else { Ok(()) }
    }

    fn must_not_have_ended(&self) -> Result<Start, SignInError> {
        let start = self.start.ok_or(SignInError::Unknown)?;
        if self.ended { Err(SignInError::Ended) } else { Ok(start) }
    }
}

impl Aggregate for SignIn {
    // Letters only: that is what is published about the types of aggregates.
    const TYPE: &'static str = "signin";
    type Command = SignInCommand;
    type Event = SignInEvent;
    type Error = SignInError;
    type Services = ();

    async fn handle(
        &mut self,
        command: Self::Command,
        _services: &Self::Services,
        sink: &EventSink<Self>,
    ) -> Result<(), Self::Error> {
        for event in self.decide(command)? {
            sink.write(event, self).await;
        }
        Ok(())
    }

    fn apply(&mut self, event: Self::Event) {
        match event {
            SignInEvent::Started { sign_in_id, user_id, person_id, key, expires_at, at } => {
                self.start = Some(Start { sign_in_id, user_id, person_id, key, started_at: at, expires_at });
            }
            SignInEvent::Renewed { generation, .. } => self.generation = generation,
            SignInEvent::ReuseDetected { .. } | SignInEvent::Ended { .. } => self.ended = true,
        }
    }
}
