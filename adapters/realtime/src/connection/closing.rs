//! Why a connection ends.

use acta_application::access::Revoked;

use crate::refusal::{Refusal, RoomProblem};

/// Why a connection ends, in a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Why {
    /// The client went, or its line broke.
    Left,
    /// The service stops.
    Stopping,
    /// The token ended.
    Expired,
    /// What the token stands for was taken back.
    Revoked,
    /// It went on sending more than it may.
    Flooding,
    /// It takes nothing of what it is sent.
    TakesNothing,
    /// It sent what is no message.
    NotAMessage,
    /// It sent bytes where text is spoken.
    Binary,
    /// It sent more in one message than it may.
    TooLarge,
    /// No handshake came in time.
    NoHandshake,
    /// The handshake was refused.
    Refused,
    /// Something that the room needs does not answer.
    Unavailable,
    /// The room failed.
    Failed,
}

impl Why {
    /// What it is called in metrics.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Left => "left",
            Self::Stopping => "stopping",
            Self::Expired => "expired",
            Self::Revoked => "revoked",
            Self::Flooding => "flooding",
            Self::TakesNothing => "takes-nothing",
            Self::NotAMessage => "not-a-message",
            Self::Binary => "binary",
            Self::TooLarge => "too-large",
            Self::NoHandshake => "no-handshake",
            Self::Refused => "refused",
            Self::Unavailable => "unavailable",
            Self::Failed => "failed",
        }
    }
}

/// Why a connection ends, and the problem that the client is told last.
#[derive(Debug, Clone)]
pub(crate) struct Closing {
    /// Why, in a word.
    pub(crate) why: Why,
    /// The problem; none when nobody is there to be told.
    refusal: Option<Refusal>,
}

impl Closing {
    fn of(why: Why, problem: RoomProblem, detail: impl Into<std::borrow::Cow<'static, str>>) -> Self {
        Self { why, refusal: Some(Refusal::new(problem, detail)) }
    }

    /// The client went.
    pub(crate) const fn left() -> Self {
        Self { why: Why::Left, refusal: None }
    }

    /// The service stops.
    pub(crate) fn stopping() -> Self {
        let detail = "the service stops: connect again, after the position of the last message";
        let refusal = Refusal::after(RoomProblem::Unavailable, detail, 1);
        Self { why: Why::Stopping, refusal: Some(refusal) }
    }

    /// The token ended.
    pub(crate) fn expired() -> Self {
        Self::of(Why::Expired, RoomProblem::Unauthorized, "the access token has expired")
    }

    /// What the token stands for was taken back.
    pub(crate) fn revoked(revoked: Revoked) -> Self {
        Self::of(Why::Revoked, RoomProblem::Unauthorized, revoked.to_string())
    }

    /// The client goes on sending more than it may.
    pub(crate) fn flooding() -> Self {
        let detail = "more messages came than one connection may send, again and again";
        Self::of(Why::Flooding, RoomProblem::TooManyRequests, detail)
    }

    /// The client takes nothing.
    pub(crate) fn takes_nothing() -> Self {
        Self::of(Why::TakesNothing, RoomProblem::Unavailable, "nothing of what was sent was taken in time")
    }

    /// The client sent what is no message.
    pub(crate) fn not_a_message(detail: impl Into<std::borrow::Cow<'static, str>>) -> Self {
        Self::of(Why::NotAMessage, RoomProblem::MalformedJson, detail)
    }

    /// The client sent bytes.
    pub(crate) fn binary() -> Self {
        Self::of(Why::Binary, RoomProblem::InvalidBody, "a message is text, not bytes")
    }

    /// The client sent a message that is larger than one may be.
    pub(crate) fn too_large() -> Self {
        Self::of(Why::TooLarge, RoomProblem::TooLarge, "a message is at most 64 KiB long")
    }

    /// No handshake came in time.
    pub(crate) fn no_handshake() -> Self {
        Self::of(Why::NoHandshake, RoomProblem::HandshakeNeeded, "no `connect` came in time")
    }

    /// The handshake was refused with `refusal`.
    pub(crate) const fn refused(refusal: Refusal) -> Self {
        Self { why: Why::Refused, refusal: Some(refusal) }
    }

    /// Something that the room needs does not answer.
    pub(crate) fn unavailable() -> Self {
        let detail =
            "the session cannot be shown at present: connect again, after the position of the last message";
        Self { why: Why::Unavailable, refusal: Some(Refusal::after(RoomProblem::Unavailable, detail, 1)) }
    }

    /// The room failed.
    pub(crate) fn failed() -> Self {
        Self::of(Why::Failed, RoomProblem::Internal, "the room failed; what happened is in the service's log")
    }

    /// The problem that the client is told last; none when it is gone.
    pub(crate) const fn refusal(&self) -> Option<&Refusal> {
        self.refusal.as_ref()
    }
}
