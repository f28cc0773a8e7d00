//! `GET /v2/audit`.

use acta_application::register::register_of;
use acta_application::views::Order;
use acta_domain::{
    ClientId, EndReason, KeySubject, OperationName, Permission, PersonId, RoleName, SessionId, TenantId,
    Timestamp, UserId, event_type_info,
};
use acta_projections::ProjectionKind;
use acta_projections::access::{AccessQuery, AccessView, access};
use axum::extract::State;
use serde::{Deserialize, Deserializer, Serialize, de};
use utoipa::{IntoParams, ToSchema};

use crate::answer::Seen;
use crate::extract::{Allowed, AuditRead, Count, Freshness, Number, Query};
use crate::problem::Problem;
use crate::queries::{PageStart, next};
use crate::schema;
use crate::state::App;

const USUAL: u32 = 50;

/// The name of an event type that there is.
#[derive(Debug)]
struct EventTypeName(&'static str);

impl<'de> Deserialize<'de> for EventTypeName {
    fn deserialize<D: Deserializer<'de>>(reader: D) -> Result<Self, D::Error> {
        let name = String::deserialize(reader)?;
        let known =
            event_type_info(&name).ok_or_else(|| de::Error::custom("there is no event type of that name"))?;
        Ok(Self(known.name))
    }
}

/// Which part of the record.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct ListAuditQuery {
    /// Only events of this type, such as `access.refused.v1`.
    #[param(value_type = Option<String>)]
    event_type: Option<EventTypeName>,
    /// Only what this person did, or tried.
    #[param(value_type = Option<Uuid>)]
    who: Option<PersonId>,
    /// Only what the log took then or later.
    #[param(value_type = Option<schema::Moment>)]
    from: Option<Timestamp>,
    /// Only what the log took before.
    #[param(value_type = Option<schema::Moment>)]
    until: Option<Timestamp>,
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

impl ListAuditQuery {
    fn into_query(self, tenant: TenantId) -> AccessQuery {
        AccessQuery {
            tenant,
            event_type: self.event_type.map(|name| name.0.to_owned()),
            who: self.who,
            from: self.from,
            until: self.until,
            order: Order::Descending,
            after: self.cursor.map(|start| start.0),
            limit: self.limit.map_or(USUAL, Number::as_u32),
        }
    }
}

/// One thing that was done, or refused. Nobody is named.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AuditEntry {
    /// What: the type of the event.
    #[schema(example = "user.role-granted.v1")]
    event_type: String,
    /// Who did it, or tried.
    #[schema(value_type = schema::Actor)]
    who: String,
    /// When the log took it.
    #[schema(value_type = schema::Moment)]
    at: Timestamp,
    /// To whom, when it is about a person.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Uuid>)]
    person_id: Option<PersonId>,
    /// The user that it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Uuid>)]
    user_id: Option<UserId>,
    /// The client that it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Uuid>)]
    client_id: Option<ClientId>,
    /// The role that was defined, changed, given or taken.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<schema::RoleName>)]
    role: Option<RoleName>,
    /// The single permission that was given or taken, or that was missing.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<schema::Permission>)]
    permission: Option<Permission>,
    /// What was refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    operation: Option<OperationName>,
    /// The session that it was about.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Uuid>)]
    session_id: Option<SessionId>,
    /// Whose key was handed out.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    subject: Option<KeySubject>,
    /// Why a sign-in ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    reason: Option<EndReason>,
    /// The position of the event.
    #[schema(value_type = schema::Whole)]
    position: u64,
}

impl From<AccessView> for AuditEntry {
    fn from(view: AccessView) -> Self {
        Self {
            event_type: view.event_type,
            who: view.who.to_string(),
            at: view.at,
            person_id: view.person_id,
            user_id: view.user_id,
            client_id: view.client_id,
            role: view.role,
            permission: view.permission,
            operation: view.operation,
            session_id: view.session_id,
            subject: view.subject,
            reason: view.reason,
            position: view.position.get(),
        }
    }
}

/// A page of what was done and refused.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AuditPage {
    /// The register: the record that all of this stands in. Its proof, heads and dossier are under its id among the sessions.
    #[schema(value_type = Uuid)]
    register_id: SessionId,
    /// What was done and refused, the newest first.
    entries: Vec<AuditEntry>,
    /// What to give as `cursor` for the page behind this one; absent on the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<schema::Cursor>)]
    next: Option<String>,
}

/// Who did what to whom, who looked and who was refused, the newest first.
#[utoipa::path(
    get, path = "/v2/audit", tag = "users", operation_id = "list_audit", params(ListAuditQuery),
    responses((status = 200, description = "A page of what was done and refused.", body = AuditPage)),
    security(("bearer" = [])),
)]
pub(super) async fn list_audit(
    State(app): State<App>,
    allowed: Allowed<AuditRead>,
    Query(query): Query<ListAuditQuery>,
    freshness: Freshness,
) -> Result<Seen<AuditPage>, Problem> {
    freshness.await_views(&app, query.at_least, &[ProjectionKind::Access]).await?;
    let tenant = allowed.principal.tenant;
    let page = access(&*app.views, &query.into_query(tenant)).await?;
    let entries = page.items.into_iter().map(Into::into).collect();
    let body = AuditPage { register_id: register_of(tenant), entries, next: next(page.next.as_ref()) };
    Ok(Seen { position: page.position, body })
}
