//! What a transport brings.

use std::fmt;
use std::str::FromStr;

/// A message as a transport brings it; nothing of it is checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InboundMessage {
    /// The whole name of the topic that it came by.
    pub topic: String,
    /// The type of all messages in that topic: its name without the operator's prefix.
    pub event_type: String,
    /// The partition, from 0.
    pub partition: u32,
    /// The place in the partition, from 0.
    pub offset: u64,
    /// The key, if there is one.
    pub key: Option<Vec<u8>>,
    /// The headers, in order; one without a value has an empty one.
    pub headers: Vec<(String, Vec<u8>)>,
    /// The body; empty if there is none.
    pub body: Vec<u8>,
}

impl InboundMessage {
    /// The first header called `name`, whatever its case.
    pub(super) fn header(&self, name: &str) -> Option<&[u8]> {
        let header = self.headers.iter().find(|(header, _)| header.eq_ignore_ascii_case(name));
        header.map(|(_, value)| value.as_slice())
    }
}

/// What the governance service tells of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum GovernanceType {
    /// An assembly began.
    AssemblyActivated,
    /// An assembly is over.
    AssemblyCompleted,
    /// A vote opened.
    VoteStarted,
    /// A vote closed.
    VoteClosed,
}

/// There is no message type of that name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("there is no message type of that name")]
pub struct UnknownType;

impl GovernanceType {
    /// All of them.
    pub const ALL: [Self; 4] =
        [Self::AssemblyActivated, Self::AssemblyCompleted, Self::VoteStarted, Self::VoteClosed];

    /// Its name, which is also that of its topic (behind the operator's prefix).
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::AssemblyActivated => "assembly.activated.v1",
            Self::AssemblyCompleted => "assembly.completed.v1",
            Self::VoteStarted => "vote.started.v1",
            Self::VoteClosed => "vote.closed.v1",
        }
    }

    /// Whether nothing of the same assembly can be taken any more afterwards. Such a message must wait until what was in the other
    /// topics when it was read is finished: a later attempt cannot put right what it cut off.
    pub const fn comes_last(self) -> bool {
        matches!(self, Self::AssemblyCompleted)
    }
}

impl fmt::Display for GovernanceType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for GovernanceType {
    type Err = UnknownType;

    fn from_str(text: &str) -> Result<Self, UnknownType> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text).ok_or(UnknownType)
    }
}
