//! The room: how many may be connected, and how much they may send.

use std::num::NonZeroU32;

use acta_application::access::Quota;
use acta_realtime::RealtimeOptions;
use clap::{Args, ValueEnum};

/// Whether it goes on the record who comes and goes by sockets.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum RoomPresence {
    /// As signals of their presence.
    #[default]
    Recorded,
    /// Sockets say nothing of presence.
    Unrecorded,
}

/// How many may be connected to sessions, and how much they may send.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Room")]
#[expect(clippy::struct_field_names, reason = "they are the names of options")]
pub(crate) struct RealtimeArgs {
    /// How many messages one connection may send
    #[arg(long, value_name = "QUOTA", env = "ROOM_MESSAGES", default_value = MESSAGES, value_parser = parse_quota)]
    room_messages: Quota,

    /// How many connections one person or service may have to this instance at the same time
    #[arg(long, value_name = "N", env = "ROOM_CONNECTIONS_OF_ONE", default_value_t = OF_ONE)]
    room_connections_of_one: NonZeroU32,

    /// How many connections this instance takes
    #[arg(long, value_name = "N", env = "ROOM_CONNECTIONS", default_value_t = ALL)]
    room_connections: NonZeroU32,

    /// Whether it goes on the record of a session who comes and goes by sockets
    #[arg(long, value_enum, value_name = "WORD", env = "ROOM_PRESENCE", default_value_t)]
    room_presence: RoomPresence,
}

const MESSAGES: &str = "40/2s";
const OF_ONE: NonZeroU32 = NonZeroU32::new(20).expect("it is not zero");
const ALL: NonZeroU32 = NonZeroU32::new(15_000).expect("it is not zero");

fn parse_quota(text: &str) -> Result<Quota, String> {
    text.parse().map_err(|error: acta_application::access::InvalidQuota| error.to_string())
}

impl Default for RealtimeArgs {
    fn default() -> Self {
        let options = RealtimeOptions::default();
        Self {
            room_messages: options.messages,
            room_connections_of_one: options.connections_of_one,
            room_connections: options.connections,
            room_presence: RoomPresence::default(),
        }
    }
}

impl RealtimeArgs {
    /// Whether it goes on the record who comes and goes.
    pub(crate) const fn presence(&self) -> RoomPresence {
        self.room_presence
    }

    /// What the room is given.
    pub(crate) fn options(&self) -> RealtimeOptions {
        RealtimeOptions {
            messages: self.room_messages,
            connections_of_one: self.room_connections_of_one,
            connections: self.room_connections,
            ..RealtimeOptions::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_nobody_sets_is_what_the_room_does_by_itself() {
        let (own, default) = (RealtimeArgs::default(), RealtimeOptions::default());
        assert_eq!(own.room_messages, parse_quota(MESSAGES).unwrap());
        assert_eq!((own.room_connections_of_one, own.room_connections), (OF_ONE, ALL));
        assert_eq!(own.options().patience, default.patience);
        assert_eq!(own.presence(), RoomPresence::Recorded);
    }
}
