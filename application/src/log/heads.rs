//! What a writer must know of the log to give new events their places; the same decision for every store.

use std::collections::{HashMap, HashSet};

use acta_domain::{SessionId, TenantId, Timestamp};

use super::{
    Append, AppendError, AppendTicket, Appended, CommandDigest, CommandId, ExpectedVersion, Place, Position,
    Sequence, SessionIndex, StreamId,
};

/// The ends of everything that a batch of appends touches. A store fills it from its tables, admits the appends one by one, and
/// writes the places they were given. Filled under the lock on the log's head it is the truth; kept from one batch to the next it
/// is a belief, which the store's constraints confirm or refuse.
#[derive(Debug, Clone)]
pub struct LogHeads {
    position: Position,
    recorded_at: Timestamp,
    sessions: HashMap<SessionId, SessionEnd>,
    streams: HashMap<StreamId, StreamEnd>,
    commands: HashMap<(TenantId, CommandId), (Appended, CommandDigest)>,
}

/// Where a session ends. Nobody's while it has no events.
#[derive(Debug, Clone, Copy)]
struct SessionEnd {
    owner: Option<TenantId>,
    size: u64,
    recorded_at: Timestamp,
}

/// Where a stream ends. Nobody's while it has no events.
#[derive(Debug, Clone, Copy)]
struct StreamEnd {
    owner: Option<TenantId>,
    version: Sequence,
}

/// What a batch touches and [`LogHeads`] were not told of.
#[derive(Debug, Default)]
pub struct Untold {
    /// Sessions, each with the tenant that appends to it.
    pub sessions: HashSet<(TenantId, SessionId)>,
    /// Streams, each with the tenant that appends to it or rests on it.
    pub streams: HashSet<(TenantId, StreamId)>,
}

impl Untold {
    /// Whether there is nothing.
    pub fn is_empty(&self) -> bool {
        self.sessions.is_empty() && self.streams.is_empty()
    }
}

impl LogHeads {
    /// Heads of a log that ends at `position`, whose last event was recorded at `recorded_at`.
    pub fn new(position: Position, recorded_at: Timestamp) -> Self {
        Self {
            position,
            recorded_at,
            sessions: HashMap::new(),
            streams: HashMap::new(),
            commands: HashMap::new(),
        }
    }

    /// The last position.
    pub fn position(&self) -> Position {
        self.position
    }

    /// When the last event was recorded, as far as was told.
    pub fn recorded_at(&self) -> Timestamp {
        self.recorded_at
    }

    /// The log ends at `position` now: somebody else appended too.
    pub fn move_position(&mut self, position: Position) {
        self.position = position;
    }

    /// Whose a session is, how many events it has, and when the last of them was recorded; one that is not told has none and is
    /// nobody's yet.
    pub fn know_session(&mut self, session: SessionId, owner: TenantId, size: u64, recorded_at: Timestamp) {
        self.sessions.insert(session, SessionEnd { owner: Some(owner), size, recorded_at });
    }

    /// Whose a stream is and its version; one that is not told has no events and is nobody's yet.
    pub fn know_stream(&mut self, stream: StreamId, owner: TenantId, version: Sequence) {
        self.streams.insert(stream, StreamEnd { owner: Some(owner), version });
    }

    /// What `appends` touch and was not told yet.
    pub fn untold<'a>(&self, appends: impl Iterator<Item = &'a Append>) -> Untold {
        let mut untold = Untold::default();
        for append in appends {
            if !self.sessions.contains_key(&append.session_id) {
                untold.sessions.insert((append.tenant_id, append.session_id));
            }
            for stream in append.touched_streams().filter(|stream| !self.streams.contains_key(stream)) {
                untold.streams.insert((append.tenant_id, stream.clone()));
            }
        }
        untold
    }

    /// What of `untold` was looked for and not found is known to have no events.
    pub fn know_the_rest_absent(&mut self, untold: Untold) {
        for (_, session) in untold.sessions {
            let absent = SessionEnd { owner: None, size: 0, recorded_at: Timestamp::MIN };
            self.sessions.entry(session).or_insert(absent);
        }
        for (_, stream) in untold.streams {
            self.streams.entry(stream).or_insert(StreamEnd { owner: None, version: Sequence::default() });
        }
    }

    /// Forgets what `appends` touch and did: it is not what was believed.
    pub fn forget<'a>(&mut self, appends: impl Iterator<Item = &'a Append>) {
        self.commands.clear();
        for append in appends {
            self.sessions.remove(&append.session_id);
            for stream in append.touched_streams() {
                self.streams.remove(stream);
            }
        }
    }

    /// Forgets the commands, which matter to their own batch only, and everything if there is more than `most`.
    pub fn end_batch(&mut self, most: usize) {
        self.commands.clear();
        if self.sessions.len() + self.streams.len() > most {
            self.sessions.clear();
            self.streams.clear();
        }
    }

    /// A command that is in the log already.
    pub fn know_command(
        &mut self,
        tenant: TenantId,
        id: CommandId,
        outcome: Appended,
        digest: CommandDigest,
    ) {
        self.commands.insert((tenant, id), (outcome, digest));
    }

    /// Gives every event of `append` its place and moves the heads on, or refuses and leaves them alone.
    ///
    /// A refusal must reach the append's ticket before the next append is admitted, because later ones may rest on it.
    ///
    /// # Errors
    /// [`AppendError::AlreadyAppended`] for a known command, [`AppendError::Conflict`] when a stream is not what was expected,
    /// [`AppendError::Foreign`] for a session or stream of another tenant, [`AppendError::Undermined`] when an append that this
    /// one rests on failed, [`AppendError::TooLarge`] for what [`Append::check_bounds`] refuses.
    pub fn admit(&mut self, append: &Append, now: Timestamp) -> Result<(Vec<Place>, Appended), AppendError> {
        append.check_bounds()?;
        self.refuse_known_command(append)?;
        self.refuse_foreign(append)?;
        if append.rests_on.iter().any(AppendTicket::has_failed) {
            return Err(AppendError::Undermined);
        }
        self.refuse_conflict(append)?;
        let places = self.places(append, now);
        let last = places.last().expect("an append within bounds holds at least one event");
        let outcome = Appended {
            first: places[0].position,
            last: last.position,
            session_index: last.session_index,
            sequence: last.sequence,
            recorded_at: last.recorded_at,
        };
        self.move_to(append, &outcome);
        Ok((places, outcome))
    }

    fn refuse_known_command(&self, append: &Append) -> Result<(), AppendError> {
        match self.commands.get(&(append.tenant_id, append.metadata.command_id)) {
            Some((outcome, digest)) => Err(AppendError::AlreadyAppended {
                outcome: *outcome,
                same_command: *digest == append.command_digest,
            }),
            None => Ok(()),
        }
    }

    fn refuse_foreign(&self, append: &Append) -> Result<(), AppendError> {
        let foreign = |owner: Option<TenantId>| owner.is_some_and(|owner| owner != append.tenant_id);
        if self.sessions.get(&append.session_id).is_some_and(|end| foreign(end.owner)) {
            return Err(AppendError::Foreign { place: format!("session {}", append.session_id) });
        }
        if self.streams.get(&append.stream).is_some_and(|end| foreign(end.owner)) {
            return Err(AppendError::Foreign { place: format!("stream {}", append.stream) });
        }
        Ok(())
    }

    fn refuse_conflict(&self, append: &Append) -> Result<(), AppendError> {
        let own = match append.expected {
            ExpectedVersion::Any => None,
            ExpectedVersion::Exactly(version) => Some((&append.stream, version)),
        };
        let guards = append.guards.iter().map(|guard| (&guard.stream, guard.version));
        for (stream, expected) in own.into_iter().chain(guards) {
            let actual = self.version(stream);
            if actual != expected {
                return Err(AppendError::Conflict { stream: stream.clone(), expected, actual });
            }
        }
        Ok(())
    }

    fn version(&self, stream: &StreamId) -> Sequence {
        self.streams.get(stream).map(|end| end.version).unwrap_or_default()
    }

    fn places(&self, append: &Append, now: Timestamp) -> Vec<Place> {
        let session = self.sessions.get(&append.session_id);
        let index = session.map_or(0, |end| end.size);
        let last = session.map_or(Timestamp::MIN, |end| end.recorded_at);
        let version = self.version(&append.stream);
        (0..append.events.len() as u64)
            .map(|n| Place {
                position: self.position.plus(n + 1),
                session_index: SessionIndex::new(index + n),
                sequence: version.plus(n + 1),
                // A clock that was set back must not make an event look older than the one in front of it.
                recorded_at: now.max(last).max(self.recorded_at),
            })
            .collect()
    }

    fn move_to(&mut self, append: &Append, outcome: &Appended) {
        self.position = outcome.last;
        self.recorded_at = outcome.recorded_at;
        let size = outcome.session_index.get() + 1;
        self.know_session(append.session_id, append.tenant_id, size, outcome.recorded_at);
        let end = StreamEnd { owner: Some(append.tenant_id), version: outcome.sequence };
        match self.streams.get_mut(&append.stream) {
            Some(known) => *known = end,
            None => drop(self.streams.insert(append.stream.clone(), end)),
        }
        let command = (append.tenant_id, append.metadata.command_id);
        self.commands.insert(command, (*outcome, append.command_digest));
    }
}

#[cfg(test)]
mod tests;
