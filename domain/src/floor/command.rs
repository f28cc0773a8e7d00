//! What can be asked of a session's floor.

use crate::ids::{PersonId, SpeechRequestId};
use crate::values::{
    ConcurrentTurns, FinishedBy, GroupName, Priority, SpeechKind, TimeBudget, TimeLimit, Timestamp,
};

use super::{FloorRules, TimeAccount};

/// Who takes a speech request back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WithdrawnBy {
    /// A person, who must be the one who asked.
    Person(PersonId),
    /// The chair, for anybody (somebody left, or asked by mistake).
    Chair,
}

/// A command to a session's floor. Every one carries the moment at which it is decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FloorCommand {
    /// Ask for the floor.
    Request {
        /// A new id for the request.
        request_id: SpeechRequestId,
        /// Who asks.
        person_id: PersonId,
        /// What for.
        kind: SpeechKind,
        /// How urgent it is.
        priority: Priority,
        /// Fact of attendance: whether the person is in the room.
        present: bool,
        /// The moment of the decision.
        at: Timestamp,
    },
    /// Take a pending request back.
    Withdraw {
        /// The request.
        request_id: SpeechRequestId,
        /// Who takes it back.
        by: WithdrawnBy,
        /// The moment of the decision.
        at: Timestamp,
    },
    /// Give the floor to a pending request: its turn begins.
    Approve {
        /// The request.
        request_id: SpeechRequestId,
        /// How long the turn may take; without it, as long as it takes.
        time_limit: Option<TimeLimit>,
        /// Fact of the session: how many may have the floor at once.
        concurrent_turns: ConcurrentTurns,
        /// Whether the chair gave a reason to do it even against the order of the queue or a used-up time account.
        overriding: bool,
        /// The moment of the decision.
        at: Timestamp,
    },
    /// Turn a pending request down.
    Deny {
        /// The request.
        request_id: SpeechRequestId,
        /// The moment of the decision.
        at: Timestamp,
    },
    /// End a turn. The clock may do so only when the time limit has passed.
    Finish {
        /// The request.
        request_id: SpeechRequestId,
        /// Who ends it.
        by: FinishedBy,
        /// The moment of the decision.
        at: Timestamp,
    },
    /// Silence a person. A turn that they have goes on; they cannot be given another.
    Mute {
        /// The person.
        person_id: PersonId,
        /// The moment of the decision.
        at: Timestamp,
    },
    /// Let a muted person be heard again.
    Unmute {
        /// The person.
        person_id: PersonId,
        /// The moment of the decision.
        at: Timestamp,
    },
    /// Interrupt a turn: its clock stands.
    Pause {
        /// The request.
        request_id: SpeechRequestId,
        /// The moment of the decision.
        at: Timestamp,
    },
    /// Let a paused turn go on with the time that it had left.
    Resume {
        /// The request.
        request_id: SpeechRequestId,
        /// The moment of the decision.
        at: Timestamp,
    },
    /// Tell a speaker that their time is nearly up. The clock does it, once a turn.
    Warn {
        /// The request.
        request_id: SpeechRequestId,
        /// The moment of the decision.
        at: Timestamp,
    },
    /// Set the rules that hold from here on.
    SetRules {
        /// The rules.
        rules: FloorRules,
        /// The moment of the decision.
        at: Timestamp,
    },
    /// Put a person into a group, or take them out of theirs.
    AssignGroup {
        /// The person.
        person_id: PersonId,
        /// Their group from here on, if any.
        group: Option<GroupName>,
        /// The moment of the decision.
        at: Timestamp,
    },
    /// Set how long a person or a group may speak altogether.
    SetTimeAccount {
        /// Whose time it is.
        account: TimeAccount,
        /// How long altogether; without it, as long as it takes.
        limit: Option<TimeBudget>,
        /// The moment of the decision.
        at: Timestamp,
    },
}
