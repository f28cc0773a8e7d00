//! The kinds of problems.

use axum::http::StatusCode;

macro_rules! kinds {
    ($($(#[$doc:meta])* $kind:ident = $slug:literal, $status:ident, $title:literal;)+) => {
        /// A kind of problem. Its slug is part of the API and never changes.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum ProblemKind {
            $($(#[$doc])* #[doc = concat!("`", $slug, "`: ", $title, ".")] $kind,)+
        }

        impl ProblemKind {
            /// Every kind.
            pub const ALL: &'static [Self] = &[$(Self::$kind),+];

            /// The stable name.
            pub const fn slug(self) -> &'static str {
                match self { $(Self::$kind => $slug,)+ }
            }

            /// The HTTP status.
            pub const fn status(self) -> StatusCode {
                match self { $(Self::$kind => StatusCode::$status,)+ }
            }

            /// The kind in words.
            pub const fn title(self) -> &'static str {
                match self { $(Self::$kind => $title,)+ }
            }
        }
    };
}

kinds! {
    MalformedJson = "malformed-json", BAD_REQUEST, "The body is not JSON";
    InvalidBody = "invalid-body", BAD_REQUEST, "The body does not have its form";
    InvalidParameter = "invalid-parameter", BAD_REQUEST, "A parameter does not have its form";
    Unauthorized = "unauthorized", UNAUTHORIZED, "An access token is needed";
    LoginRefused = "login-refused", UNAUTHORIZED, "The login or the password is not right";
    RefreshRefused = "refresh-refused", UNAUTHORIZED, "The refresh token is not good any more";
    RefreshReused = "refresh-reused", UNAUTHORIZED, "The refresh token was used before";
    ClientRefused = "client-refused", UNAUTHORIZED, "The client or its secret is not right";
    GrantsMoreThanHeld = "grants-more-than-held", FORBIDDEN, "Nobody gives others more than they have";
    PasswordRefused = "password-refused", BAD_REQUEST, "The new password is not taken";
    InvalidScope = "invalid-scope", BAD_REQUEST, "The scope is more than the client has";
    PermissionNeeded = "permission-needed", FORBIDDEN, "The access token does not permit this";
    TenantInactive = "tenant-inactive", FORBIDDEN, "The tenant is not active and starts nothing new";
    InternalOnly = "internal-only", FORBIDDEN, "This is for other services, on the internal listener";
    CertificateNotAllowed = "certificate-not-allowed", FORBIDDEN, "The client certificate names no service that may call";
    NotYours = "not-yours", FORBIDDEN, "This is for the person concerned, or for whoever runs the session";
    NotTheRequester = "not-the-requester", FORBIDDEN, "The request is somebody else's";
    QrForAnotherPerson = "qr-for-another-person", FORBIDDEN, "The QR code is for another person";
    NotFound = "not-found", NOT_FOUND, "There is nothing here";
    UnknownSession = "unknown-session", NOT_FOUND, "There is no such session";
    UnknownPerson = "unknown-person", NOT_FOUND, "The session never held anything about the person";
    UnknownSpeechRequest = "unknown-speech-request", NOT_FOUND, "There is no such speech request";
    UnknownChunk = "unknown-chunk", NOT_FOUND, "There is no such chunk";
    UnknownUser = "unknown-user", NOT_FOUND, "There is no such user";
    UnknownRole = "unknown-role", NOT_FOUND, "The tenant has no such role of its own";
    UnknownClient = "unknown-client", NOT_FOUND, "There is no such client";
    OutsideTheRecord = "outside-the-record", NOT_FOUND, "The session's record does not reach there";
    MethodNotAllowed = "method-not-allowed", METHOD_NOT_ALLOWED, "The path does not take this method";
    NotAcceptable = "not-acceptable", NOT_ACCEPTABLE, "None of the accepted media types is offered";
    WrongState = "wrong-state", CONFLICT, "The session is not in the state for this";
    TooManySessions = "too-many-sessions", CONFLICT, "The tenant has as many active sessions as it may";
    TooManyParticipants = "too-many-participants", CONFLICT, "As many people are present in the tenant's sessions as may be";
    SessionAlreadyCreated = "session-already-created", CONFLICT, "The session exists";
    SessionSealed = "session-sealed", CONFLICT, "The session is sealed";
    SessionNotScheduled = "session-not-scheduled", CONFLICT, "The session is not scheduled";
    SessionNotActive = "session-not-active", CONFLICT, "The session is not active";
    SessionNotOver = "session-not-over", CONFLICT, "The session is not over";
    OtherAssembly = "other-assembly", CONFLICT, "The session is another assembly's";
    NoAssembly = "no-assembly", CONFLICT, "The session serves no assembly";
    GovernanceAlreadyNotified = "governance-already-notified", CONFLICT, "The governance service was told of this before";
    AssemblyAlreadyActivated = "assembly-already-activated", CONFLICT, "The assembly was activated before";
    AssemblyAlreadyCompleted = "assembly-already-completed", CONFLICT, "The assembly was completed before";
    VoteAlreadyOpened = "vote-already-opened", CONFLICT, "The vote was opened before";
    VoteNotOpen = "vote-not-open", CONFLICT, "The vote is not open";
    VoteStillOpen = "vote-still-open", CONFLICT, "A vote is still open";
    AlreadyPresent = "already-present", CONFLICT, "The person is present";
    NotPresent = "not-present", CONFLICT, "The person is not present";
    NeverPresent = "never-present", CONFLICT, "The person was never present";
    CapacityReached = "capacity-reached", CONFLICT, "The session is full";
    EvidenceMissing = "evidence-missing", CONFLICT, "The method needs evidence";
    EvidenceReplayed = "evidence-replayed", CONFLICT, "The evidence was used before";
    NotEligible = "not-eligible", FORBIDDEN, "The person is not among those who may attend";
    EvidenceNotAccepted = "evidence-not-accepted", FORBIDDEN, "The evidence shows nobody";
    EvidenceForAnotherPerson = "evidence-for-another-person", FORBIDDEN, "The evidence is for another person";
    EvidenceForAnotherSession = "evidence-for-another-session", CONFLICT, "The evidence is for another session";
    EvidenceExpired = "evidence-expired", CONFLICT, "The evidence has expired";
    NoCode = "no-code", CONFLICT, "No code is open for the person";
    CodeWrong = "code-wrong", FORBIDDEN, "The code is wrong";
    NothingNew = "nothing-new", CONFLICT, "Nothing in this is new";
    QrInvalid = "qr-invalid", BAD_REQUEST, "The QR code was not issued here";
    QrExpired = "qr-expired", CONFLICT, "The QR code has expired";
    QrForAnotherSession = "qr-for-another-session", CONFLICT, "The QR code is for another session";
    RequesterNotPresent = "requester-not-present", CONFLICT, "Whoever wants the floor is not present";
    RequestIdTaken = "request-id-taken", CONFLICT, "The request id was used before";
    AlreadyRequested = "already-requested", CONFLICT, "There is an open request of that kind";
    RequestNotPending = "request-not-pending", CONFLICT, "The request is not pending";
    NotSpeaking = "not-speaking", CONFLICT, "The request has no turn now";
    PersonMuted = "person-muted", CONFLICT, "The person is muted";
    AlreadySpeaking = "already-speaking", CONFLICT, "The person has the floor already";
    FloorTaken = "floor-taken", CONFLICT, "The floor is taken";
    OutOfTurn = "out-of-turn", CONFLICT, "Somebody else is next: out of turn needs a reason";
    TimeAccountExhausted = "time-account-exhausted", CONFLICT, "The time account is used up: going on needs a reason";
    TurnPaused = "turn-paused", CONFLICT, "The turn is paused";
    TurnNotPaused = "turn-not-paused", CONFLICT, "The turn is not paused";
    WarningNotDue = "warning-not-due", CONFLICT, "The turn is not warned yet";
    NoWarning = "no-warning", CONFLICT, "The turn gets no warning";
    NoTimeLimit = "no-time-limit", CONFLICT, "The turn has no time limit";
    TimeNotUp = "time-not-up", CONFLICT, "The turn's time is not up";
    AlreadyMuted = "already-muted", CONFLICT, "The person is muted already";
    NotMuted = "not-muted", CONFLICT, "The person is not muted";
    ChunkEndsBeforeStart = "chunk-ends-before-start", BAD_REQUEST, "The chunk ends before it starts";
    ChunkTooLong = "chunk-too-long", BAD_REQUEST, "The chunk lasts too long";
    UserExists = "user-exists", CONFLICT, "There is a user of this login";
    NoSuchRole = "no-such-role", CONFLICT, "A role that was named is not there";
    RoleAlreadyGranted = "role-already-granted", CONFLICT, "The user has the role";
    RoleNotGranted = "role-not-granted", CONFLICT, "The user does not have the role";
    PermissionAlreadyAdded = "permission-already-added", CONFLICT, "The permission was added before";
    PermissionAlreadyRemoved = "permission-already-removed", CONFLICT, "The permission was removed before";
    PermissionNotChanged = "permission-not-changed", CONFLICT, "The permission depends on the roles as it is";
    UserAlreadyDisabled = "user-already-disabled", CONFLICT, "The user is disabled";
    UserNotDisabled = "user-not-disabled", CONFLICT, "The user is not disabled";
    OwnRights = "own-rights", CONFLICT, "Nobody locks themselves out";
    RoleAlreadyDefined = "role-already-defined", CONFLICT, "The role is defined";
    RoleBuiltIn = "role-built-in", CONFLICT, "The role is built in";
    ClientAlreadyRegistered = "client-already-registered", CONFLICT, "The client is registered";
    ClientRevoked = "client-revoked", CONFLICT, "The client was revoked";
    PersonErased = "person-erased", GONE, "The person was erased from the session";
    VersionMismatch = "version-mismatch", PRECONDITION_FAILED, "The session changed meanwhile";
    ViewBehind = "view-behind", PRECONDITION_FAILED, "The views do not reflect that position yet";
    TooLarge = "too-large", PAYLOAD_TOO_LARGE, "The request is too large";
    WrongContentType = "wrong-content-type", UNSUPPORTED_MEDIA_TYPE, "The body is not of the media type that is taken here";
    IdempotencyKeyReused = "idempotency-key-reused", UNPROCESSABLE_ENTITY, "The idempotency key was used for another request";
    UpgradeRequired = "upgrade-required", UPGRADE_REQUIRED, "The room is joined over a WebSocket";
    TooManyRequests = "too-many-requests", TOO_MANY_REQUESTS, "Too much was sent";
    NeighbourUnusable = "neighbour-unusable", BAD_GATEWAY, "A service beside this one answers what cannot be used";
    NeighbourUnavailable = "neighbour-unavailable", SERVICE_UNAVAILABLE, "A service beside this one does not answer";
    NotConfigured = "not-configured", SERVICE_UNAVAILABLE, "This needs a service that is not configured";
    Internal = "internal", INTERNAL_SERVER_ERROR, "The service failed";
    Contended = "contended", SERVICE_UNAVAILABLE, "Others were changing the same thing";
    OutcomeUnknown = "outcome-unknown", SERVICE_UNAVAILABLE, "It is not known whether this was recorded";
    Unavailable = "unavailable", SERVICE_UNAVAILABLE, "Something that the service needs does not answer";
    TimedOut = "timed-out", SERVICE_UNAVAILABLE, "The answer took too long";
}

impl ProblemKind {
    /// The `type` of the problem document.
    pub fn urn(self) -> String {
        format!("urn:acta:problem:{}", self.slug())
    }

    /// Whether it passes by itself, so that the request may be sent again.
    pub(super) fn is_passing(self) -> bool {
        self.status() == StatusCode::SERVICE_UNAVAILABLE && self != Self::NotConfigured
    }
}
