//! `GET /sessions`.

use acta_application::access::Permission;
use acta_application::views::Order;
use acta_domain::{Modality, SessionStatus, TenantId, Timestamp};
use acta_projections::ProjectionKind;
use acta_projections::sessions::{SessionView, SessionsQuery, TitleError, TitleOpener, sessions};
use async_trait::async_trait;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::resource::SessionResource;
use crate::answer::Seen;
use crate::extract::{Allowed, Count, Freshness, Number, Query, SessionsRead};
use crate::problem::{Problem, ProblemKind};
use crate::queries::{PageStart, next};
use crate::reading::Opener;
use crate::schema;
use crate::state::{App, HttpState};

const USUAL: u32 = 50;
const LONGEST_TITLE: usize = 300;

/// Which sessions.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct ListSessionsQuery {
    /// Only with this status.
    #[param(value_type = Option<schema::SessionStatus>)]
    status: Option<SessionStatus>,
    /// Only of this modality.
    #[param(value_type = Option<schema::Modality>)]
    modality: Option<Modality>,
    /// Only planned to start then or later.
    #[param(value_type = Option<schema::Moment>)]
    starts_from: Option<Timestamp>,
    /// Only planned to start before.
    #[param(value_type = Option<schema::Moment>)]
    starts_until: Option<Timestamp>,
    /// Only with this text in the title, whatever its case and accents.
    #[param(min_length = 1, max_length = 300)]
    title: Option<String>,
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

impl ListSessionsQuery {
    fn into_query(self, tenant: TenantId) -> SessionsQuery {
        SessionsQuery {
            tenant,
            status: self.status,
            modality: self.modality,
            starts_from: self.starts_from,
            starts_until: self.starts_until,
            title: self.title,
            order: Order::Ascending,
            after: self.cursor.map(|start| start.0),
            limit: self.limit.map_or(USUAL, Number::as_u32),
        }
    }

    fn check_title(&self) -> Result<(), Problem> {
        let length = self.title.as_ref().map_or(1, |title| title.chars().count());
        if (1..=LONGEST_TITLE).contains(&length) {
            return Ok(());
        }
        Err(Problem::new(ProblemKind::InvalidParameter, "it must be 1 to 300 characters")
            .at_parameter("title"))
    }
}

/// A page of sessions.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SessionPage {
    /// The sessions, by planned start.
    sessions: Vec<SessionResource>,
    /// What to give as `cursor` for the page behind this one; absent on the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<schema::Cursor>)]
    next: Option<String>,
}

/// Opens titles so that they can be compared.
struct Titles<'a>(&'a HttpState);

#[async_trait]
impl TitleOpener for Titles<'_> {
    async fn titles(
        &self,
        tenant: TenantId,
        sessions: &[SessionView],
    ) -> Result<Vec<Option<String>>, TitleError> {
        let mut titles = Vec::with_capacity(sessions.len());
        for session in sessions {
            let opened = match &session.title {
                Some(part) => self.0.persons.open(tenant, session.session_id, &part.0).await,
                None => Ok(None),
            };
            let opened = opened.map_err(|error| TitleError(Box::new(error)))?;
            titles.push(opened.and_then(|mut part| part.0.remove("title")));
        }
        Ok(titles)
    }
}

/// The tenant's sessions, by planned start.
#[utoipa::path(
    get, path = "/sessions", tag = "sessions", operation_id = "list_sessions", params(ListSessionsQuery),
    responses((status = 200, description = "A page of sessions.", body = SessionPage)), security(("bearer" = [])),
)]
pub(super) async fn list_sessions(
    State(app): State<App>,
    allowed: Allowed<SessionsRead>,
    Query(query): Query<ListSessionsQuery>,
    freshness: Freshness,
) -> Result<Seen<SessionPage>, Problem> {
    query.check_title()?;
    if query.title.is_some() {
        allowed.also(Permission::PersonsRead)?;
    }
    freshness.await_views(&app, query.at_least, &[ProjectionKind::Sessions]).await?;
    let principal = &allowed.principal;
    let page = sessions(&*app.views, &query.into_query(principal.tenant), &Titles(&app)).await?;
    let opener = Opener::of(&app, principal);
    let mut shown = Vec::with_capacity(page.items.len());
    for view in page.items {
        shown.push(SessionResource::open(view, opener).await?);
    }
    let body = SessionPage { sessions: shown, next: next(page.next.as_ref()) };
    Ok(Seen { position: page.position, body })
}
