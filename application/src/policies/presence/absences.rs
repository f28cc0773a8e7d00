//! Since when people are not connected who should be: a pure account of it.

use std::collections::BTreeMap;
use std::time::Duration;

use acta_domain::{ChannelId, PersonId, SessionId, Timestamp};

/// How long somebody may be missing: an instance that does not tell may come back until then, and so may they, elsewhere.
pub(super) const MISSED: Duration = Duration::from_secs(10);

/// A socket that the record holds open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Socket {
    pub(super) person: PersonId,
    pub(super) channel: ChannelId,
    pub(super) came: Timestamp,
}

/// When people were first missed who should be connected.
#[derive(Debug, Default)]
pub(super) struct Absences(BTreeMap<SessionId, BTreeMap<(PersonId, ChannelId), Timestamp>>);

impl Absences {
    /// Of the sockets that are `open` on the record, those whose person has not been among the `connected`, who are in order, for
    /// too long at `now`, and when they were first missed.
    pub(super) fn see(
        &mut self,
        session: SessionId,
        open: &[Socket],
        connected: &[PersonId],
        now: Timestamp,
    ) -> Vec<(Socket, Timestamp)> {
        let before = self.0.remove(&session).unwrap_or_default();
        let (mut missing, mut gone) = (BTreeMap::new(), Vec::new());
        for socket in open.iter().filter(|socket| connected.binary_search(&socket.person).is_err()) {
            let key = (socket.person, socket.channel);
            let since = before.get(&key).copied().unwrap_or(now);
            if u128::from(now.micros_since(since)) < MISSED.as_micros() {
                missing.insert(key, since);
            } else {
                // They were there when they came, whatever the clock of that instance said.
                gone.push((*socket, since.max(socket.came.plus_micros(1))));
            }
        }
        if !missing.is_empty() {
            self.0.insert(session, missing);
        }
        gone
    }

    /// Nobody is missed in `session` any more.
    pub(super) fn forget(&mut self, session: SessionId) {
        self.0.remove(&session);
    }
}
