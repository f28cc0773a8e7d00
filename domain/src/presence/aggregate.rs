//! The rules of the record of presence: a signal is kept once.

use std::collections::{BTreeMap, BTreeSet};

use cqrs_es::Aggregate;
use cqrs_es::event_sink::EventSink;
use serde::{Deserialize, Serialize};

use crate::ids::{ChannelId, PersonId};
use crate::values::{Sign, SignalSource, Timestamp};

use super::{MOST_SIGNALS, PresenceCommand, PresenceError, PresenceEvent, Signal};

/// The signals of a session.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PresenceRecord {
    signals: BTreeMap<PersonId, BTreeSet<Signal>>,
}

impl PresenceRecord {
    /// The signals of one person, by the moment at which they were seen.
    pub fn signals_of(&self, person_id: PersonId) -> impl Iterator<Item = &Signal> {
        self.signals.get(&person_id).into_iter().flatten()
    }

    /// Everybody of whom there are signals.
    pub fn people(&self) -> impl Iterator<Item = PersonId> {
        self.signals.keys().copied()
    }

    /// The channels of `source` that have somebody: an arrival is the last that they saw of them, and when that was.
    pub fn open_channels(
        &self,
        source: SignalSource,
    ) -> impl Iterator<Item = (PersonId, ChannelId, Timestamp)> {
        let of_one = move |(person, signals): (&PersonId, &BTreeSet<Signal>)| {
            let last: BTreeMap<_, _> = signals.iter().filter(|signal| signal.source == source).fold(
                BTreeMap::new(),
                |mut last, signal| {
                    last.insert(signal.channel, (signal.sign, signal.observed_at));
                    last
                },
            );
            let open = last.into_iter().filter(|(_, (sign, _))| *sign == Sign::Arrived);
            let person = *person;
            open.map(move |(channel, (_, at))| (person, channel, at)).collect::<Vec<_>>()
        };
        self.signals.iter().flat_map(of_one)
    }

    /// Decides a command.
    ///
    /// # Errors
    ///
    /// [`PresenceError`] when the rules refuse it; nothing happened then.
    pub fn decide(&self, command: PresenceCommand) -> Result<Vec<PresenceEvent>, PresenceError> {
        let PresenceCommand::Note { signals, at } = command;
        if signals.len() > MOST_SIGNALS {
            return Err(PresenceError::TooMany { signals: signals.len() });
        }
        let new: BTreeSet<_> = signals.into_iter().filter(|signal| !self.has(signal)).collect();
        if new.is_empty() {
            return Err(PresenceError::NothingNew);
        }
        Ok(vec![PresenceEvent::Signalled { signals: new.into_iter().collect(), at }])
    }

    fn has(&self, signal: &Signal) -> bool {
        self.signals.get(&signal.person_id).is_some_and(|kept| kept.contains(signal))
    }
}

impl Aggregate for PresenceRecord {
    const TYPE: &'static str = "presence";
    type Command = PresenceCommand;
    type Event = PresenceEvent;
    type Error = PresenceError;
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
        let PresenceEvent::Signalled { signals, .. } = event;
        for signal in signals {
            self.signals.entry(signal.person_id).or_default().insert(signal);
        }
    }
}
