//! `GET /sessions/{id}/attendance`.

use acta_application::views::Order;
use acta_domain::{AttendanceMethod, SessionId, TenantId};
use acta_projections::ProjectionKind;
use acta_projections::attendance::{AttendanceQuery, AttendanceStatus, attendees};
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::resource::AttendeeResource;
use crate::answer::Seen;
use crate::extract::{Allowed, Count, Freshness, Number, Params, Query, SessionsRead};
use crate::paths::SessionPath;
use crate::problem::Problem;
use crate::queries::{PageStart, next};
use crate::reading::{self, Opener};
use crate::schema;
use crate::state::App;

const USUAL: u32 = 50;

/// Who of a session.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct ListAttendanceQuery {
    /// Only those who stand there.
    #[param(value_type = Option<schema::AttendanceStatus>)]
    status: Option<AttendanceStatus>,
    /// Only those who came by this method.
    #[param(value_type = Option<schema::AttendanceMethod>)]
    method: Option<AttendanceMethod>,
    /// Behind the page before: its `next`.
    #[param(value_type = Option<schema::Cursor>)]
    cursor: Option<PageStart>,
    /// At most this many.
    #[param(value_type = Option<u32>, minimum = 1, maximum = 200, default = 50)]
    limit: Option<Number<1, 200>>,
    /// The position that the answer is to reflect at least; as the header `Acta-At-Least`.
    #[param(value_type = Option<schema::Whole>)]
    at_least: Option<Count>,
}

impl ListAttendanceQuery {
    fn into_query(self, tenant: TenantId, session: SessionId) -> AttendanceQuery {
        AttendanceQuery {
            tenant,
            session,
            status: self.status,
            method: self.method,
            order: Order::Ascending,
            after: self.cursor.map(|start| start.0),
            limit: self.limit.map_or(USUAL, Number::as_u32),
        }
    }
}

/// A page of attendees.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AttendancePage {
    /// The attendees, by when they were first seen.
    attendees: Vec<AttendeeResource>,
    /// What to give as `cursor` for the page behind this one; absent on the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<schema::Cursor>)]
    next: Option<String>,
}

/// Who attended, by when they were first seen.
#[utoipa::path(
    get, path = "/sessions/{id}/attendance", tag = "attendance", operation_id = "list_attendance",
    params(SessionPath, ListAttendanceQuery),
    responses((status = 200, description = "A page of attendees.", body = AttendancePage)), security(("bearer" = [])),
)]
pub(super) async fn list_attendance(
    State(app): State<App>,
    allowed: Allowed<SessionsRead>,
    Params(path): Params<SessionPath>,
    Query(query): Query<ListAttendanceQuery>,
    freshness: Freshness,
) -> Result<Seen<AttendancePage>, Problem> {
    let tenant = allowed.principal.tenant;
    let kind = ProjectionKind::Attendance;
    reading::session(&app, tenant, path.session, &freshness, query.at_least, kind).await?;
    let page = attendees(&*app.views, &query.into_query(tenant, path.session)).await?;
    let opener = Opener::of(&app, &allowed.principal);
    let mut shown = Vec::with_capacity(page.items.len());
    for view in page.items {
        shown.push(AttendeeResource::open(view, path.session, opener).await?);
    }
    let body = AttendancePage { attendees: shown, next: next(page.next.as_ref()) };
    Ok(Seen { position: page.position, body })
}
