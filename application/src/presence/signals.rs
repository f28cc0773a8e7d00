//! What was seen of people: onto the record, and from there.

use acta_domain::{
    ChannelId, PersonId, PresenceCommand, Session, SessionError, SessionId, Sign, Signal, SignalSource,
    TenantId, Timestamp,
};

use crate::persons::PersonalText;
use crate::{Accepted, CommandContext, UseCaseError, UseCases};

/// What a source saw of somebody, in its own words.
#[derive(Debug, Clone)]
pub struct SignalSeen {
    /// Whom.
    pub person_id: PersonId,
    /// How it became known.
    pub source: SignalSource,
    /// What the source calls the place that saw them: arrivals and departures answer each other inside one. It may name somebody,
    /// and is kept as a keyed digest.
    pub channel: PersonalText,
    /// What it says.
    pub sign: Sign,
    /// When it was seen, by the source's clock.
    pub observed_at: Timestamp,
}

impl UseCases {
    /// Records what sources saw, as long as the session is not sealed: some tell late. What is known already is left out.
    ///
    /// # Errors
    /// See [`UseCaseError`]; [`PresenceError`](acta_domain::PresenceError) when nothing of it is new.
    pub async fn report_signals(
        &self,
        context: &CommandContext,
        session_id: SessionId,
        seen: Vec<SignalSeen>,
    ) -> Result<Accepted, UseCaseError> {
        let signals = seen.into_iter().map(|one| self.signal(session_id, &one)).collect();
        self.note_signals(context, session_id, signals).await
    }

    /// The same of signals whose channels have their digests.
    ///
    /// # Errors
    /// As of [`Self::report_signals`].
    pub async fn note_signals(
        &self,
        context: &CommandContext,
        session_id: SessionId,
        signals: Vec<Signal>,
    ) -> Result<Accepted, UseCaseError> {
        let at = self.ports.clock.now();
        self.carry_out(&self.presences, context, session_id, None, may_be_noted, |record, ()| {
            Ok(record.decide(PresenceCommand::Note { signals: signals.clone(), at })?)
        })
        .await
    }

    /// What is on record of one person's presence, but for what attendance says of it; by when it was seen.
    ///
    /// # Errors
    /// When the record cannot be read.
    pub async fn signals_of(
        &self,
        tenant: TenantId,
        session_id: SessionId,
        person_id: PersonId,
    ) -> Result<Vec<Signal>, UseCaseError> {
        let read = self.presences.read_settled(tenant, session_id, |record| {
            record.signals_of(person_id).copied().collect::<Vec<_>>()
        });
        Ok(read.await?)
    }

    /// Who is connected to `session_id` by a socket, as far as the record goes: through which channel, since when.
    pub(crate) async fn open_sockets(
        &self,
        tenant: TenantId,
        session_id: SessionId,
    ) -> Result<Vec<(PersonId, ChannelId, Timestamp)>, UseCaseError> {
        let read = self.presences.read_settled(tenant, session_id, |record| {
            record.open_channels(SignalSource::Socket).collect::<Vec<_>>()
        });
        Ok(read.await?)
    }

    fn signal(&self, session_id: SessionId, seen: &SignalSeen) -> Signal {
        let SignalSeen { person_id, source, channel, sign, observed_at } = seen;
        let (session, person) = (session_id.as_uuid(), person_id.as_uuid());
        let parts = [session.as_bytes().as_slice(), person.as_bytes(), channel.as_str().as_bytes()];
        Signal {
            person_id: *person_id,
            observed_at: *observed_at,
            source: *source,
            channel: self.ports.evidence_key.channel(source.as_str(), &parts),
            sign: *sign,
        }
    }
}

/// Signals are taken until the record is closed for good.
fn may_be_noted(session: &Session) -> Result<(), UseCaseError> {
    session.status().ok_or(UseCaseError::UnknownSession)?;
    if session.is_sealed() { Err(SessionError::Sealed.into()) } else { Ok(()) }
}
