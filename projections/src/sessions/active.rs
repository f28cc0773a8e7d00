//! Which sessions of a tenant are active.

use std::sync::Arc;
use std::time::Duration;

use acta_application::log::EventLog;
use acta_application::session::ActiveSessions;
use acta_application::views::{ViewQuery, Views, ViewsError};
use acta_domain::values::SessionStatus;
use acta_domain::{SessionId, TenantId};
use async_trait::async_trait;

use super::Sessions;
use crate::Projection as _;
use crate::page::page;
use crate::wait::until_reflected;

/// Answers from the read model, once it reflects the log's head or has been waited for long enough.
pub struct ViewOfActiveSessions {
    log: Arc<dyn EventLog>,
    views: Arc<dyn Views>,
    patience: Duration,
}

impl ViewOfActiveSessions {
    /// Answers out of `views` of `log`, which are waited for at most `patience`.
    pub fn new(log: Arc<dyn EventLog>, views: Arc<dyn Views>, patience: Duration) -> Self {
        Self { log, views, patience }
    }
}

#[async_trait]
impl ActiveSessions for ViewOfActiveSessions {
    async fn of_tenant(&self, tenant: TenantId, most: u32) -> Result<Vec<SessionId>, ViewsError> {
        let head = *self.log.head().borrow();
        until_reflected(&*self.views, &[Sessions::name()], head, self.patience).await?;
        let status = Some(SessionStatus::Active.as_str().to_owned());
        let query = ViewQuery { status, ..ViewQuery::of_tenant(tenant, most.max(1)) };
        let found = page::<Sessions>(&*self.views, &query).await?;
        Ok(found.items.into_iter().map(|session| session.session_id).collect())
    }
}
