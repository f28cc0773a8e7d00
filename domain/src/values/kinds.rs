//! Closed lists of words.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

macro_rules! words {
    ($(#[$doc:meta])* $type:ident { $($(#[$word_doc:meta])* $word:ident = $text:literal),+ $(,)? }) => {
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
        $(#[$doc])*
        pub enum $type {
            $($(#[$word_doc])* #[serde(rename = $text)] $word,)+
        }

        impl $type {
            /// Every word of the list.
            pub const ALL: &'static [Self] = &[$(Self::$word),+];

            /// The word as it is written in payloads.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$word => $text,)+
                }
            }
        }

        impl ::std::fmt::Display for $type {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
}

words! {
    /// Where a session takes place.
    Modality {
        /// Online only.
        Virtual = "virtual",
        /// In a room only.
        InPerson = "in_person",
        /// Both at once.
        Hybrid = "hybrid",
    }
}

words! {
    /// Where a session is in its life.
    SessionStatus {
        /// Announced, not begun.
        Scheduled = "scheduled",
        /// Under way.
        Active = "active",
        /// Over.
        Completed = "completed",
        /// Called off before it began.
        Cancelled = "cancelled",
    }
}

words! {
    /// How somebody showed who they are.
    AttendanceMethod {
        /// A signed code was scanned.
        Qr = "qr",
        /// The identity service compared a biometric trait.
        Biometric = "biometric",
        /// A code was sent to a telephone.
        Sms = "sms",
        /// A code was sent to a mailbox.
        Email = "email",
        /// A person at the door vouched for it.
        Manual = "manual",
    }
}

words! {
    /// Why somebody was not let in.
    RefusalReason {
        /// They have no right to attend.
        NotEligible = "not_eligible",
        /// It could not be shown who they are.
        IdentityNotVerified = "identity_not_verified",
        /// The session is full.
        CapacityReached = "capacity_reached",
        /// The evidence had been used before.
        EvidenceReplayed = "evidence_replayed",
        /// Anything else; the words are in the sealed part.
        Other = "other",
    }
}

words! {
    /// A rule of attendance that was not kept when somebody was let in.
    AttendanceRule {
        /// They are not among those who may attend.
        Eligibility = "eligibility",
        /// Whether they may attend could not be found out.
        EligibilityUnknown = "eligibility_unknown",
        /// The session was full.
        Capacity = "capacity",
    }
}

words! {
    /// How it became known that somebody is there, or is not.
    SignalSource {
        /// They came or went by the door: a QR code, a code, a face, a moderator's word.
        Door = "door",
        /// They are connected to the room by a socket.
        Socket = "socket",
        /// The provider of the video room said so.
        Provider = "provider",
        /// Somebody who runs the session noted it.
        Manual = "manual",
    }
}

words! {
    /// What a signal says.
    Sign {
        /// They are there from now on.
        Arrived = "arrived",
        /// They are not there any more.
        Departed = "departed",
    }
}

words! {
    /// What the governance service is told about a session of its assembly.
    GovernanceNotice {
        /// It has begun.
        SessionStarted = "session_started",
        /// It is over.
        SessionEnded = "session_ended",
    }
}

words! {
    /// What somebody wants the floor for.
    SpeechKind {
        /// A contribution of their own.
        Speech = "speech",
        /// A matter of procedure, which goes first.
        PointOfOrder = "point_of_order",
        /// An answer to what was said.
        Reply = "reply",
    }
}

words! {
    /// Who ended a turn.
    FinishedBy {
        /// The speaker gave the floor back.
        Speaker = "speaker",
        /// The chair took the floor back.
        Chair = "chair",
        /// The time was up.
        Clock = "clock",
    }
}

words! {
    /// Where the words of a chunk came from.
    ChunkSource {
        /// A person wrote them down.
        Human = "human",
        /// A recogniser heard them.
        SpeechToText = "speech_to_text",
        /// They were brought from elsewhere.
        Import = "import",
    }
}

words! {
    /// Why a sign-in is over.
    EndReason {
        /// The person signed out.
        SignedOut = "signed-out",
        /// The password was changed.
        PasswordChanged = "password-changed",
        /// The user was disabled.
        UserDisabled = "user-disabled",
        /// An administrator ended it.
        Administrator = "administrator",
    }
}

pub(crate) use words;
