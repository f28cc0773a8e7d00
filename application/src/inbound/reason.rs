//! Why a message has no effect, for whoever reads dead letters. Nothing of the message's own words is repeated: they may be personal.

use std::fmt;

use acta_domain::{InvalidValue, SessionId};

/// The largest body that is read, in bytes.
pub(super) const MAX_BODY_BYTES: usize = 256 * 1024;

/// Which part of a message, by its name in JSON or by its header.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Field {
    /// `tenant_id` of the body.
    TenantId,
    /// `assembly_id` of the body.
    AssemblyId,
    /// `vote_id` of the body.
    VoteId,
    /// `session_id` of the body.
    SessionId,
    /// The `CloudEvents` attribute `id`.
    CloudEventId,
    /// The `CloudEvents` attribute `source`.
    CloudEventSource,
    /// The `CloudEvents` attribute `type`.
    CloudEventType,
    /// The `CloudEvents` extension `tenantid`.
    CloudEventTenant,
    /// `data` of a structured `CloudEvent`.
    CloudEventData,
}

impl Field {
    /// Its name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::TenantId => "tenant_id",
            Self::AssemblyId => "assembly_id",
            Self::VoteId => "vote_id",
            Self::SessionId => "session_id",
            Self::CloudEventId => "ce_id",
            Self::CloudEventSource => "ce_source",
            Self::CloudEventType => "ce_type",
            Self::CloudEventTenant => "ce_tenantid",
            Self::CloudEventData => "data",
        }
    }
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What is wrong with a field.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// It is not there.
    #[error("it is missing")]
    Missing,
    /// It is something else than text.
    #[error("it must be text")]
    NotText,
    /// It is something else than an object.
    #[error("it must be an object")]
    NotAnObject,
    /// It is text of another form.
    #[error("{0}")]
    Invalid(InvalidValue),
}

/// Why a message has no effect.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Reason {
    /// No message of this type is known.
    #[error("messages of this type are not known here")]
    UnknownType,
    /// The body is too large to be read.
    #[error("the body has more than {MAX_BODY_BYTES} bytes")]
    TooLarge,
    /// It holds several events, or is in a format that is not JSON.
    #[error("the content type is neither JSON nor one CloudEvent in JSON")]
    ContentType,
    /// The body is not JSON.
    #[error("the body is not JSON: line {line}, column {column}")]
    NotJson {
        /// From 1; 0 if that cannot be told.
        line: usize,
        /// From 1; 0 if that cannot be told.
        column: usize,
    },
    /// The body is JSON, but no object.
    #[error("the body is not a JSON object")]
    NotAnObject,
    /// A field is not as it must be.
    #[error("{field}: {problem}")]
    Field {
        /// Which.
        field: Field,
        /// What is wrong with it.
        problem: Problem,
    },
    /// The body and the `CloudEvent`'s extension name different tenants.
    #[error("tenant_id and ce_tenantid name different tenants")]
    TenantMismatch,
    /// The `CloudEvent`'s type is not the topic's.
    #[error("ce_type is not the type of the topic")]
    TypeMismatch,
    /// The `CloudEvents` source and id were used before for a message that says something else.
    #[error("a message with this source and id was taken before, and it said something else")]
    IdReused,
    /// No session of the tenant names the assembly, or none has the id that the message names.
    #[error("there is no such session")]
    NoSession,
    /// Several sessions of the assembly could be meant.
    #[error("several sessions of the assembly could be meant: {}", listed(.sessions))]
    Ambiguous {
        /// Some of them.
        sessions: Vec<SessionId>,
    },
    /// The session that the message names serves another assembly.
    #[error("the session serves another assembly")]
    OtherAssembly,
    /// The session has not started.
    #[error("the session has not started")]
    SessionNotStarted,
    /// The session is over.
    #[error("the session is over")]
    SessionOver,
    /// The session was called off.
    #[error("the session is cancelled")]
    SessionCancelled,
    /// The session's record is closed.
    #[error("the session is sealed")]
    SessionSealed,
    /// The assembly is said to be over, but not to have begun.
    #[error("the activation of the assembly did not come before its completion")]
    AssemblyNotActivated,
    /// The assembly is said to have begun, but is over.
    #[error("the completion of the assembly came before its activation")]
    AssemblyCompleted,
    /// The vote was not opened.
    #[error("the vote has not been started")]
    VoteNotStarted,
    /// A vote is open while the assembly is said to be over.
    #[error("a vote is still open")]
    VoteStillOpen,
    /// The session refuses it for another reason, in words.
    #[error("{0}")]
    Refused(String),
}

impl Reason {
    /// A name that does not change, for machines.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::UnknownType => "unknown_type",
            Self::TooLarge => "too_large",
            Self::ContentType => "content_type",
            Self::NotJson { .. } => "not_json",
            Self::NotAnObject => "not_an_object",
            Self::Field { problem: Problem::Missing, .. } => "missing_field",
            Self::Field { .. } => "invalid_field",
            Self::TenantMismatch => "tenant_mismatch",
            Self::TypeMismatch => "type_mismatch",
            Self::IdReused => "id_reused",
            Self::NoSession => "no_session",
            Self::Ambiguous { .. } => "ambiguous_session",
            Self::OtherAssembly => "other_assembly",
            Self::SessionNotStarted => "session_not_started",
            Self::SessionOver => "session_over",
            Self::SessionCancelled => "session_cancelled",
            Self::SessionSealed => "session_sealed",
            Self::AssemblyNotActivated => "assembly_not_activated",
            Self::AssemblyCompleted => "assembly_completed",
            Self::VoteNotStarted => "vote_not_started",
            Self::VoteStillOpen => "vote_still_open",
            Self::Refused(_) => "refused",
        }
    }
}

fn listed(sessions: &[SessionId]) -> String {
    sessions.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}
