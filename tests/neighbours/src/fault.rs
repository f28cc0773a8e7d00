//! What may go wrong with a neighbour.

use std::time::Duration;

/// What goes wrong with a neighbour, from when it is switched on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// Nothing.
    None,
    /// It thinks for so long, and then does what it was asked for.
    Slow(Duration),
    /// It answers with this status, and does nothing.
    Status(u16),
    /// So many times it answers with this status, and does nothing; after that it is well.
    StatusTimes(u16, usize),
    /// It has too much to do (429); it says, in seconds, when it wants to be asked again, or does not.
    TooMany {
        /// `Retry-After`, if it sends one.
        retry_after: Option<u32>,
    },
    /// It takes the request, does nothing, and closes the connection without an answer.
    Cut,
    /// It does what it was asked for, and closes the connection without an answer.
    AnswerLost,
    /// It does what it was asked for, and closes the connection in the middle of the answer.
    CutMidBody,
    /// It answers 200 with something that is not JSON.
    WrongJson,
    /// It answers 200 with JSON of another form.
    WrongForm,
    /// It answers 200 with so many bytes of JSON, as fast as they are taken.
    Huge(u64),
    /// It sends whoever asks elsewhere (307), to a place where an answer would be given.
    Redirect,
    /// It shows a certificate of an authority that nobody trusts.
    WrongCertificate,
    /// Nothing listens.
    Refuse,
}

impl Fault {
    /// Its name in tables.
    pub const fn name(self) -> &'static str {
        match self {
            Self::None => "nothing",
            Self::Slow(_) => "slow",
            Self::Status(_) => "status",
            Self::StatusTimes(..) => "status, then well",
            Self::TooMany { .. } => "429",
            Self::Cut => "connection cut",
            Self::AnswerLost => "answer lost",
            Self::CutMidBody => "answer cut in the middle",
            Self::WrongJson => "not JSON",
            Self::WrongForm => "JSON of another form",
            Self::Huge(_) => "huge body",
            Self::Redirect => "redirect",
            Self::WrongCertificate => "wrong certificate",
            Self::Refuse => "nothing listens",
        }
    }

    /// Whether it is about connections, so that those that were made before it must not be used any more.
    pub(crate) const fn is_of_connections(self) -> bool {
        matches!(self, Self::WrongCertificate | Self::Refuse)
    }
}
