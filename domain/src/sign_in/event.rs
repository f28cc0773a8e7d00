//! What happened to a sign-in.

use cqrs_es::DomainEvent;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::ids::{PersonId, SignInId, UserId};
use crate::values::{EndReason, Generation, KeyThumbprint, Timestamp};

/// A fact about a sign-in. Nothing of a token is here: only how often it was renewed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "type", deny_unknown_fields)]
pub enum SignInEvent {
    /// A user signed in.
    #[serde(rename = "sign-in.started.v1")]
    Started {
        /// The sign-in.
        sign_in_id: SignInId,
        /// The user.
        user_id: UserId,
        /// Who it is.
        person_id: PersonId,
        /// The key that whoever renews it must hold, when it is bound to one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[schemars(with = "KeyThumbprint")]
        key: Option<KeyThumbprint>,
        /// When it ends by itself.
        expires_at: Timestamp,
        /// The moment of the decision.
        at: Timestamp,
    },
    /// The refresh token was used and another one given.
    #[serde(rename = "sign-in.renewed.v1")]
    Renewed {
        /// The sign-in.
        sign_in_id: SignInId,
        /// Who it is.
        person_id: PersonId,
        /// The number of the refresh token that was given.
        generation: Generation,
        /// The moment of the decision.
        at: Timestamp,
    },
    /// A refresh token was shown that had been used before: two hold it, and one of them is not the user. The sign-in is over.
    #[serde(rename = "sign-in.reuse-detected.v1")]
    ReuseDetected {
        /// The sign-in.
        sign_in_id: SignInId,
        /// Who it is.
        person_id: PersonId,
        /// The number of the refresh token that was shown.
        generation: Generation,
        /// The moment of the decision.
        at: Timestamp,
    },
    /// The sign-in is over.
    #[serde(rename = "sign-in.ended.v1")]
    Ended {
        /// The sign-in.
        sign_in_id: SignInId,
        /// Who it is.
        person_id: PersonId,
        /// Why.
        reason: EndReason,
        /// The moment of the decision.
        at: Timestamp,
    },
}

impl SignInEvent {
    /// The name of the event's type, as in its payload.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Started { .. } => "sign-in.started.v1",
            Self::Renewed { .. } => "sign-in.renewed.v1",
            Self::ReuseDetected { .. } => "sign-in.reuse-detected.v1",
            Self::Ended { .. } => "sign-in.ended.v1",
        }
    }

    /// The moment of the decision.
    pub const fn at(&self) -> Timestamp {
        match self {
            Self::Started { at, .. }
            | Self::Renewed { at, .. }
            | Self::ReuseDetected { at, .. }
            | Self::Ended { at, .. } => *at,
        }
    }

    /// The sign-in.
    pub const fn sign_in_id(&self) -> SignInId {
        match self {
            Self::Started { sign_in_id, .. }
            | Self::Renewed { sign_in_id, .. }
            | Self::ReuseDetected { sign_in_id, .. }
            | Self::Ended { sign_in_id, .. } => *sign_in_id,
        }
    }

    /// Who signed in.
    pub const fn person_id(&self) -> PersonId {
        match self {
            Self::Started { person_id, .. }
            | Self::Renewed { person_id, .. }
            | Self::ReuseDetected { person_id, .. }
            | Self::Ended { person_id, .. } => *person_id,
        }
    }
}

impl DomainEvent for SignInEvent {
    fn event_type(&self) -> String {
        self.name().to_owned()
    }

    fn event_version(&self) -> String {
        "1".to_owned()
    }
}
