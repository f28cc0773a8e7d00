//! Why a sign-in refuses.

/// Why a command to a sign-in was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SignInError {
    /// There is no such sign-in, or it never gave such a token.
    #[error("there is no such sign-in")]
    Unknown,
    /// The sign-in was started already.
    #[error("the sign-in was started already")]
    AlreadyStarted,
    /// The sign-in is over.
    #[error("the sign-in has ended")]
    Ended,
    /// The sign-in's time is up.
    #[error("the sign-in has expired")]
    Expired,
    /// Whoever shows the token holds another key than the one that the sign-in is bound to.
    #[error("the sign-in is bound to another key")]
    OtherKey,
}
