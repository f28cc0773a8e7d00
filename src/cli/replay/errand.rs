//! What a replay is asked to do: with it, a file of progress can be told from that of another replay.

use std::fmt;

use acta_application::log::Position;
use acta_application::relay::replay::Destination;
use acta_domain::SessionId;
use serde::{Deserialize, Serialize};

use super::ReplayArgs;
use super::progress::Kept;

/// What a replay is asked to do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Errand {
    /// The first position.
    pub(super) from: Position,
    /// The last position.
    pub(super) to: Position,
    /// The only session, if it is one.
    pub(super) session: Option<SessionId>,
    /// The topics, in words.
    pub(super) destination: String,
}

/// A file tells of another replay.
#[derive(Debug, thiserror::Error)]
#[error(
    "the file tells how far another replay has come, of {kept}, and not of {asked}: give another file, or remove it"
)]
pub(super) struct OtherErrand {
    kept: Box<Errand>,
    asked: Box<Errand>,
}

/// The positions asked for are not there.
#[derive(Debug, thiserror::Error)]
pub(super) enum NotThere {
    #[error("position {to} is before position {from}")]
    Reversed { from: Position, to: Position },
    #[error("the log ends at position {head}")]
    BehindTheEnd { head: Position },
}

impl Errand {
    /// What `args` ask for; it ends where they say, or where it did when it was begun, or at `head`.
    pub(super) fn of(
        args: &ReplayArgs,
        destination: &Destination,
        kept: Option<&Kept>,
        head: Position,
    ) -> anyhow::Result<Self> {
        let begun = kept.map(|kept| &kept.errand);
        let to = args.to.map(Position::new).or(begun.map(|begun| begun.to)).unwrap_or(head);
        let from = Position::new(args.from);
        let asked = Self { from, to, session: args.session, destination: in_words(destination) };
        if let Some(begun) = begun.filter(|begun| **begun != asked) {
            return Err(OtherErrand { kept: Box::new(begun.clone()), asked: Box::new(asked) }.into());
        }
        check(from, to, head)?;
        Ok(asked)
    }
}

fn check(from: Position, to: Position, head: Position) -> Result<(), NotThere> {
    if from > head || to > head {
        return Err(NotThere::BehindTheEnd { head });
    }
    if to < from { Err(NotThere::Reversed { from, to }) } else { Ok(()) }
}

/// A name of the ordinary topics tells their layout and their prefix.
fn in_words(destination: &Destination) -> String {
    match destination {
        Destination::One(topic) => format!("the topic {topic}"),
        Destination::Ordinary(names) => {
            format!("the ordinary topics, where a session begins in {}", names.of_type("session.created.v1"))
        }
    }
}

impl fmt::Display for Errand {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { from, to, session, destination } = self;
        write!(f, "positions {from} to {to}")?;
        if let Some(session) = session {
            write!(f, " of session {session}")?;
        }
        write!(f, " into {destination}")
    }
}
