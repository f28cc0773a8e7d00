//! Who may: the permission that a route needs, as a type of the handler's argument.

use std::marker::PhantomData;

use acta_application::access::{Admitted, Permission, Principal};
use axum::extract::FromRequestParts;
use axum::http::request::Parts;

use crate::access::{Caller, ShownToken, caller, is_internal, record_refusal, spend};
use crate::problem::{Problem, ProblemKind};
use crate::state::App;
use crate::traced::sent_by;

/// What a route asks of whoever calls it.
pub(crate) trait RequiredPermission: Send + Sync + 'static {
    /// One of these is enough.
    const ANY_OF: &'static [Permission];
    /// What stands out about the route.
    const NATURE: Nature;
}

/// What stands out about a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Nature {
    /// Nothing.
    Ordinary,
    /// It belongs to other services: with an internal listener, it is served there only.
    ServiceToService,
    /// It decides over rights or opens what is personal: that it was refused is recorded.
    Administrative,
}

macro_rules! permissions {
    ($($(#[$doc:meta])* $marker:ident = $nature:ident $($permission:ident)|+;)+) => {
        $(
            $(#[$doc])*
            pub(crate) struct $marker;

            impl RequiredPermission for $marker {
                const ANY_OF: &'static [Permission] = &[$(Permission::$permission),+];
                const NATURE: Nature = Nature::$nature;
            }
        )+
    };
}

permissions! {
    /// Read sessions and everything in them.
    SessionsRead = Ordinary SessionsRead;
    /// Create sessions.
    SessionsCreate = ServiceToService SessionsManage;
    /// Change sessions.
    SessionsManage = Ordinary SessionsManage;
    /// Start, cancel and seal.
    SessionsOperate = Ordinary SessionsOperate;
    /// End sessions.
    SessionsEnd = ServiceToService SessionsOperate;
    /// Record what the governance service says.
    GovernanceRecord = ServiceToService GovernanceRecord;
    /// Register, refuse and mark, and issue QR codes.
    AttendanceManage = Ordinary AttendanceManage;
    /// Validate one's own attendance, or anybody's.
    AttendanceManageOrValidate = Ordinary AttendanceManage | AttendanceValidate;
    /// Ask for the floor, for oneself or for others.
    FloorRequestOrModerate = Ordinary FloorRequest | FloorModerate;
    /// Approve, deny and mute.
    FloorModerate = Ordinary FloorModerate;
    /// Add chunks and correct them.
    TranscriptWrite = Ordinary TranscriptWrite;
    /// Destroy a person's key.
    PersonsErase = Administrative PersonsErase;
    /// Download a dossier.
    DossierRead = Administrative DossierRead;
    /// Follow the feed.
    FeedRead = Ordinary FeedRead;
    /// Administer users, roles and clients.
    UsersManage = Administrative UsersManage;
    /// See who did what to whom.
    AuditRead = Administrative AuditRead;
}

/// What concerns whoever asks: a token is enough, whatever it permits.
pub(crate) struct Oneself;

impl RequiredPermission for Oneself {
    const ANY_OF: &'static [Permission] = &[];
    const NATURE: Nature = Nature::Ordinary;
}

/// Whoever sent the request, known to have the permission `P`.
pub(crate) struct Allowed<P> {
    /// Who it is.
    pub(crate) principal: Principal,
    token: Option<ShownToken>,
    permission: PhantomData<P>,
}

impl<P> Allowed<P> {
    /// Whoever it is, for what lasts longer than this request; nobody who came over the internal listener.
    pub(crate) fn into_admitted(self) -> Option<Admitted> {
        self.token.map(|token| token.admit(self.principal))
    }

    /// Refuses unless they also have `permission`.
    pub(crate) fn also(&self, permission: Permission) -> Result<(), Problem> {
        if self.principal.may(permission) { Ok(()) } else { Err(not_permitted()) }
    }
}

impl<P: RequiredPermission> FromRequestParts<App> for Allowed<P> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let internal = is_internal(parts);
        if P::NATURE == Nature::ServiceToService && app.internal.is_some() && !internal {
            return Err(Problem::new(
                ProblemKind::InternalOnly,
                "this is for other services, on the internal listener",
            ));
        }
        let Caller { principal, token } = caller(parts, app).await?;
        sent_by(&principal);
        if !P::ANY_OF.is_empty() && !P::ANY_OF.iter().any(|permission| principal.may(*permission)) {
            if P::NATURE == Nature::Administrative {
                record_refusal(parts, &principal, P::ANY_OF[0], app).await;
            }
            return Err(not_permitted());
        }
        if !parts.method.is_safe() && !internal {
            spend(parts, &principal, app).await?;
        }
        Ok(Self { principal, token, permission: PhantomData })
    }
}

fn not_permitted() -> Problem {
    Problem::new(ProblemKind::PermissionNeeded, "the access token does not permit this")
}
