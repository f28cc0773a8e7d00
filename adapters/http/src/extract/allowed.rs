//! Who may: the access token, and the permission that a route needs.

use std::marker::PhantomData;

use acta_application::access::{Permission, Principal, TokenError};
use axum::extract::FromRequestParts;
use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;

use crate::problem::{Problem, ProblemKind};
use crate::state::App;

const REALM: &str = r#"Bearer realm="acta""#;
const INVALID: &str = r#"Bearer realm="acta", error="invalid_token""#;

/// What a route asks of whoever calls it.
pub(crate) trait RequiredPermission: Send + Sync + 'static {
    /// One of these is enough.
    const ANY_OF: &'static [Permission];
}

macro_rules! permissions {
    ($($(#[$doc:meta])* $marker:ident = $($permission:ident)|+;)+) => {
        $(
            $(#[$doc])*
            pub(crate) struct $marker;

            impl RequiredPermission for $marker {
                const ANY_OF: &'static [Permission] = &[$(Permission::$permission),+];
            }
        )+
    };
}

permissions! {
    /// Read sessions and everything in them.
    SessionsRead = SessionsRead;
    /// Create and change sessions.
    SessionsManage = SessionsManage;
    /// Start, end, cancel and seal.
    SessionsOperate = SessionsOperate;
    /// Record what the governance service says.
    GovernanceRecord = GovernanceRecord;
    /// Register, refuse and mark, and issue QR codes.
    AttendanceManage = AttendanceManage;
    /// Validate one's own attendance, or anybody's.
    AttendanceManageOrValidate = AttendanceManage | AttendanceValidate;
    /// Ask for the floor, for oneself or for others.
    FloorRequestOrModerate = FloorRequest | FloorModerate;
    /// Approve, deny and mute.
    FloorModerate = FloorModerate;
    /// Add chunks and correct them.
    TranscriptWrite = TranscriptWrite;
    /// Destroy a person's key.
    PersonsErase = PersonsErase;
    /// Download a dossier.
    DossierRead = DossierRead;
    /// Follow the feed.
    FeedRead = FeedRead;
}

/// Whoever sent the request, known to have the permission `P`.
pub(crate) struct Allowed<P> {
    /// Who it is.
    pub(crate) principal: Principal,
    permission: PhantomData<P>,
}

impl<P> Allowed<P> {
    /// Refuses unless they also have `permission`.
    pub(crate) fn also(&self, permission: Permission) -> Result<(), Problem> {
        if self.principal.may(permission) { Ok(()) } else { Err(not_permitted()) }
    }
}

impl<P: RequiredPermission> FromRequestParts<App> for Allowed<P> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let token = bearer(&parts.headers)?;
        let principal = app.tokens.verify(token, app.clock.now()).await.map_err(|error| refused(&error))?;
        if P::ANY_OF.iter().any(|permission| principal.may(*permission)) {
            return Ok(Self { principal, permission: PhantomData });
        }
        Err(not_permitted())
    }
}

/// The token of the request (RFC 6750 §2.1).
fn bearer(headers: &HeaderMap) -> Result<&str, Problem> {
    let mut values = headers.get_all(AUTHORIZATION).iter();
    let (Some(value), None) = (values.next(), values.next()) else {
        return Err(Problem::unauthorized("send one access token: `Authorization: Bearer …`", REALM));
    };
    let token = value.to_str().ok().and_then(|text| text.split_once(' ')).filter(|(scheme, token)| {
        scheme.eq_ignore_ascii_case("bearer")
            && !token.is_empty()
            && token.bytes().all(|b| b.is_ascii_graphic())
    });
    token.map(|(_, token)| token).ok_or_else(|| {
        Problem::unauthorized("`Authorization` does not have the form `Bearer <token>`", REALM)
    })
}

fn refused(error: &TokenError) -> Problem {
    Problem::unauthorized(error.to_string(), INVALID)
}

fn not_permitted() -> Problem {
    Problem::new(ProblemKind::PermissionNeeded, "the access token does not permit this")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(values: &[&str]) -> HeaderMap {
        values.iter().map(|value| (AUTHORIZATION, value.parse().unwrap())).collect()
    }

    #[test]
    fn the_scheme_is_read_whatever_its_case() {
        assert_eq!(bearer(&headers(&["bearer abc.def"])).unwrap(), "abc.def");
    }

    #[test]
    fn anything_but_one_bearer_token_is_unauthorized() {
        for values in
            [&[][..], &["Basic abc"], &["Bearer"], &["Bearer "], &["Bearer a b"], &["Bearer a", "Bearer b"]]
        {
            let problem = bearer(&headers(values)).unwrap_err();
            assert_eq!(problem.kind(), ProblemKind::Unauthorized, "{values:?}");
        }
    }
}
