//! Which sessions an assembly has.

use std::sync::Arc;
use std::time::Duration;

use acta_application::inbound::{Assemblies as AssembliesPort, AssembliesError, AssemblySession};
use acta_application::log::Position;
use acta_application::views::{Order, ViewQuery, Views};
use acta_domain::{AssemblyId, TenantId};
use async_trait::async_trait;

use super::fold::rank;
use super::{Assemblies, AssemblyView};
use crate::Projection as _;
use crate::page::page;
use crate::wait::until_reflected;

/// How many sessions of an assembly are looked at, the newest first.
pub const MAX_SESSIONS: u32 = 250;

/// Answers from the read model, once it is far enough.
pub struct ViewOfAssemblies {
    views: Arc<dyn Views>,
    patience: Duration,
}

impl ViewOfAssemblies {
    /// Answers out of `views`, which are waited for at most `patience`.
    pub fn new(views: Arc<dyn Views>, patience: Duration) -> Self {
        Self { views, patience }
    }
}

#[async_trait]
impl AssembliesPort for ViewOfAssemblies {
    async fn sessions_of(
        &self,
        tenant: TenantId,
        assembly: &AssemblyId,
        at_least: Position,
    ) -> Result<Vec<AssemblySession>, AssembliesError> {
        let names = [Assemblies::name()];
        let reached = until_reflected(&*self.views, &names, at_least, self.patience).await?;
        if reached < at_least {
            return Err(AssembliesError::Behind { reached, wanted: at_least });
        }
        let found = page::<Assemblies>(&*self.views, &rows_of(tenant, assembly)).await?;
        Ok(found.items.iter().map(session).collect())
    }
}

fn rows_of(tenant: TenantId, assembly: &AssemblyId) -> ViewQuery {
    let rank = rank(assembly);
    ViewQuery {
        kind: Some(assembly.as_str().to_owned()),
        rank_from: Some(rank),
        rank_until: Some(rank + 1),
        order: Order::Descending,
        ..ViewQuery::of_tenant(tenant, MAX_SESSIONS)
    }
}

fn session(view: &AssemblyView) -> AssemblySession {
    AssemblySession { session_id: view.session_id, status: view.status, sealed: view.sealed }
}
