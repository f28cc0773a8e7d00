//! What every read of a session's views begins with.

use std::time::Duration;

use acta_application::access::{Permission, Principal};
use acta_application::log::Position;
use acta_application::persons::PersonalPart;
use acta_domain::{SessionId, TenantId};
use acta_projections::sessions::{SessionView, session as session_row};
use acta_projections::wait::until_reflected;
use acta_projections::{ProjectionKind, StoredPart};

use crate::extract::{Count, Freshness};
use crate::problem::{Problem, ProblemKind};
use crate::state::HttpState;

/// How long a session that is in the log may take to come into the view.
const PATIENCE: Duration = Duration::from_secs(1);

/// Waits for freshness, then gives the session with the position that its view reflects.
pub(crate) async fn session(
    app: &HttpState,
    tenant: TenantId,
    id: SessionId,
    freshness: &Freshness,
    in_query: Option<Count>,
    kind: ProjectionKind,
) -> Result<(SessionView, Position), Problem> {
    let kinds = [ProjectionKind::Sessions, kind];
    let kinds = if kind == ProjectionKind::Sessions { &kinds[..1] } else { &kinds[..] };
    freshness.await_views(app, in_query, kinds).await?;
    if let (Some(view), position) = session_row(&*app.views, tenant, id).await? {
        return Ok((view, position));
    }
    late_session(app, tenant, id).await
}

/// A session that the view does not have: unknown, or so new that the view is still behind.
async fn late_session(
    app: &HttpState,
    tenant: TenantId,
    id: SessionId,
) -> Result<(SessionView, Position), Problem> {
    if app.log.session_size(tenant, id).await? > 0 {
        let head = *app.log.head().borrow();
        until_reflected(&*app.views, &[ProjectionKind::Sessions.view()], head, PATIENCE).await?;
        if let (Some(view), position) = session_row(&*app.views, tenant, id).await? {
            return Ok((view, position));
        }
    }
    Err(Problem::new(ProblemKind::UnknownSession, "there is no such session"))
}

/// Opens personal parts for whoever may read them.
#[derive(Clone, Copy)]
pub(crate) struct Opener<'a> {
    app: &'a HttpState,
    tenant: TenantId,
    may_read: bool,
}

/// A personal part on its way out.
#[derive(Debug, Default)]
pub(crate) struct Opened {
    part: Option<PersonalPart>,
    /// Whether there is one that stays shut: the reader may not see it, or the person was erased.
    pub(crate) sealed: bool,
}

impl Opened {
    /// The text of a field.
    pub(crate) fn take(&mut self, field: &str) -> Option<String> {
        self.part.as_mut()?.0.remove(field)
    }
}

impl<'a> Opener<'a> {
    /// Opens for `principal`.
    pub(crate) fn of(app: &'a HttpState, principal: &Principal) -> Self {
        Self { app, tenant: principal.tenant, may_read: principal.may(Permission::PersonsRead) }
    }

    /// Opens for `principal` what is about nobody but them.
    pub(crate) fn of_oneself(app: &'a HttpState, principal: &Principal) -> Self {
        Self { app, tenant: principal.tenant, may_read: true }
    }

    /// Opens `part` of `session`, if there is one.
    pub(crate) async fn open(
        &self,
        session: SessionId,
        part: Option<&StoredPart>,
    ) -> Result<Opened, Problem> {
        let Some(part) = part else {
            return Ok(Opened::default());
        };
        if !self.may_read {
            return Ok(Opened { part: None, sealed: true });
        }
        let opened = self.app.persons.open(self.tenant, session, &part.0).await?;
        Ok(Opened { sealed: opened.is_none(), part: opened })
    }

    /// The text of `field` in `part`, and whether it stays shut.
    pub(crate) async fn text(
        &self,
        session: SessionId,
        part: Option<&StoredPart>,
        field: &str,
    ) -> Result<(Option<String>, bool), Problem> {
        let mut opened = self.open(session, part).await?;
        Ok((opened.take(field), opened.sealed))
    }
}
