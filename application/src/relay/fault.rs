//! What keeps the relay from going on, and what it does about it.

use super::{Lane, Offset, TopicName, TopicsError};
use crate::log::{LogError, Position};
use crate::views::ViewsError;

/// A round of the relay ended.
#[derive(Debug, thiserror::Error)]
pub(super) enum RelayFault {
    #[error(transparent)]
    Topics(#[from] TopicsError),
    #[error(transparent)]
    Log(#[from] LogError),
    #[error(transparent)]
    Views(#[from] ViewsError),
    #[error(
        "the broker forgot: in {lane} offset {now} comes after offset {last}, which it had acknowledged",
        now = now.0, last = last.0
    )]
    Forgot { lane: Lane, last: Offset, now: Offset },
    #[error("the reader of the log ended")]
    ReaderGone,
    #[error(transparent)]
    Obstacle(#[from] Obstacle),
}

/// What somebody has to put right before the relay can go on.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Obstacle {
    #[error("the log ends at {head}, and the relay was at {checkpoint} already: was an older log restored?")]
    AheadOfTheLog { checkpoint: Position, head: Position },
    #[error(
        "the topics hold events that the log does not: was an older log restored? ({lane}, offset {offset}, position {position})",
        offset = offset.0
    )]
    NotInTheLog { lane: Lane, offset: Offset, position: Position },
    #[error(
        "the topic {topic} has {now} partitions, and had {then} when it was filled: sessions would change their partitions"
    )]
    Partitions { topic: TopicName, then: u32, now: u32 },
    #[error(
        "the event at position {position} is in {lane} and belongs into {belongs}: did the topic have another number of partitions?"
    )]
    WrongLane { position: Position, lane: Lane, belongs: Lane },
    #[error("the event at position {position} is of the type {event_type}, which this version does not know")]
    UnknownType { position: Position, event_type: String },
}

/// What to do about a fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Remedy {
    /// Begin anew, at once.
    Again,
    /// Rest a little, and begin anew.
    Rest,
    /// Somebody has to look at it; begin anew now and then, as they may have.
    Halt,
}

impl RelayFault {
    /// What to do about it.
    pub(super) fn remedy(&self) -> Remedy {
        match self {
            Self::Forgot { .. } | Self::Views(ViewsError::CheckpointMoved { .. }) => Remedy::Again,
            Self::Topics(TopicsError::Unavailable(_))
            | Self::Log(_)
            | Self::Views(ViewsError::Unavailable(_))
            | Self::ReaderGone => Remedy::Rest,
            Self::Topics(TopicsError::Refused { .. } | TopicsError::Foreign { .. })
            | Self::Views(ViewsError::Damaged { .. })
            | Self::Obstacle(_) => Remedy::Halt,
        }
    }

    /// The fault in words, with all that is behind it.
    pub(super) fn reason(&self) -> String {
        let mut reason = self.to_string();
        let mut cause = std::error::Error::source(self);
        while let Some(error) = cause {
            reason = format!("{reason}: {error}");
            cause = error.source();
        }
        reason
    }
}
