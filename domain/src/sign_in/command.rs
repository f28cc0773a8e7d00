//! What can be asked of a sign-in.

use crate::ids::{PersonId, SignInId, UserId};
use crate::values::{EndReason, Generation, KeyThumbprint, Timestamp};

/// A command to a sign-in. Every one carries the moment at which it is decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignInCommand {
    /// Let a user in who showed who they are.
    Start {
        /// The sign-in.
        sign_in_id: SignInId,
        /// The user.
        user_id: UserId,
        /// Who it is.
        person_id: PersonId,
        /// The key that whoever renews it must hold, when it is to be bound to one.
        key: Option<KeyThumbprint>,
        /// When it ends by itself.
        expires_at: Timestamp,
        /// The moment of the decision.
        at: Timestamp,
    },
    /// Take a refresh token and give another one.
    Renew {
        /// The number of the refresh token that is shown.
        generation: Generation,
        /// The key that whoever shows it holds, when they proved one.
        key: Option<KeyThumbprint>,
        /// The moment of the decision.
        at: Timestamp,
    },
    /// End the sign-in.
    End {
        /// Why.
        reason: EndReason,
        /// The moment of the decision.
        at: Timestamp,
    },
}
