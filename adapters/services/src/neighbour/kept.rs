//! Answers that are kept for a while, one for each tenant.

use std::sync::Arc;
use std::time::Duration;

use acta_application::neighbours::{Neighbour, NeighbourError};
use acta_domain::TenantId;
use moka::future::Cache;
use tokio::task::JoinError;
use tracing::Instrument as _;

use super::measures::KeptMeasures;

/// How answers are kept.
pub(crate) struct Keeping<V> {
    /// Whose answers.
    pub(crate) neighbour: Neighbour,
    /// What is kept, in metrics.
    pub(crate) name: &'static str,
    /// For how long nobody is asked again.
    pub(crate) fresh_for: Duration,
    /// For how long an answer stands in while the neighbour is away; not at all if it is [`None`].
    pub(crate) good_for: Option<Duration>,
    /// Where it is noted that the neighbour is away, so that nobody waits for it again at once; shared by all that ask it together.
    pub(crate) away: Option<Away>,
    /// How much all answers may weigh.
    pub(crate) capacity: u64,
    /// What one weighs.
    pub(crate) weight: fn(&V) -> u32,
}

/// For which tenants a neighbour was away a moment ago, and why.
pub(crate) type Away = Cache<TenantId, NeighbourError>;

/// Answers that are kept for a while, one for each tenant. A crowd that asks for the same has it asked once.
#[derive(Clone)]
pub(crate) struct Kept<V>(Arc<Shelves<V>>);

struct Shelves<V> {
    neighbour: Neighbour,
    name: &'static str,
    fresh: Cache<TenantId, V>,
    /// The last answers, for as long as they stand in for a neighbour that is away.
    last: Option<Cache<TenantId, V>>,
    away: Option<Away>,
    measures: KeptMeasures,
}

impl<V: Clone + Send + Sync + 'static> Kept<V> {
    pub(crate) fn new(keeping: &Keeping<V>) -> Self {
        let shelf = |time| {
            let weight = keeping.weight;
            Cache::builder()
                .max_capacity(keeping.capacity)
                .weigher(move |_, value| weight(value))
                .time_to_live(time)
                .build()
        };
        Self(Arc::new(Shelves {
            neighbour: keeping.neighbour,
            name: keeping.name,
            fresh: shelf(keeping.fresh_for),
            last: keeping.good_for.map(shelf),
            away: keeping.away.clone(),
            measures: KeptMeasures::of(keeping.name),
        }))
    }

    /// The answer for `tenant`: one that is kept, or what `ask` gives.
    pub(crate) async fn get(
        &self,
        tenant: TenantId,
        ask: impl Future<Output = Result<V, NeighbourError>> + Send + 'static,
    ) -> Result<V, NeighbourError> {
        let shelves = &self.0;
        if let Some(kept) = shelves.fresh.get(&tenant).await {
            shelves.measures.hits.increment(1);
            shelves.count();
            return Ok(kept);
        }
        // A task of its own, so that a caller who hangs up does not waste what was asked for all.
        let this = Arc::clone(shelves);
        let asking = tokio::spawn(async move { this.ask(tenant, ask).await }.in_current_span());
        asking.await.unwrap_or_else(|ended| Err(self.unasked(ended)))
    }

    fn unasked(&self, ended: JoinError) -> NeighbourError {
        NeighbourError::Unreachable { neighbour: self.0.neighbour, source: Arc::new(ended) }
    }
}

impl<V: Clone + Send + Sync + 'static> Shelves<V> {
    async fn ask(
        &self,
        tenant: TenantId,
        ask: impl Future<Output = Result<V, NeighbourError>>,
    ) -> Result<V, NeighbourError> {
        if let Some(error) = self.was_away(tenant).await {
            return self.last_known(tenant, &error).await;
        }
        let mut asked = false;
        let asking = async {
            asked = true;
            ask.await
        };
        let answer = self.fresh.try_get_with(tenant, asking).await;
        let result = match answer {
            Ok(answer) => self.came(tenant, answer, asked).await,
            Err(error) => {
                self.is_away(tenant, &error).await;
                self.last_known(tenant, &error).await
            }
        };
        // What was put there is counted from here on.
        self.shown().run_pending_tasks().await;
        self.count();
        result
    }

    async fn was_away(&self, tenant: TenantId) -> Option<NeighbourError> {
        match &self.away {
            Some(away) => away.get(&tenant).await,
            None => None,
        }
    }

    /// Who refuses is there, and may say something else to another question.
    async fn is_away(&self, tenant: TenantId, error: &NeighbourError) {
        if let Some(away) = &self.away
            && !matches!(error, NeighbourError::Refused { .. })
        {
            away.insert(tenant, error.clone()).await;
        }
    }

    async fn came(&self, tenant: TenantId, answer: V, asked: bool) -> Result<V, NeighbourError> {
        if !asked {
            self.measures.hits.increment(1);
            return Ok(answer);
        }
        self.measures.misses.increment(1);
        if let Some(last) = &self.last {
            last.insert(tenant, answer.clone()).await;
        }
        Ok(answer)
    }

    async fn last_known(&self, tenant: TenantId, error: &NeighbourError) -> Result<V, NeighbourError> {
        let known = match &self.last {
            Some(last) => last.get(&tenant).await,
            None => None,
        };
        let Some(known) = known else {
            self.measures.misses.increment(1);
            return Err(error.clone());
        };
        self.measures.stale.increment(1);
        tracing::warn!(kept = self.name, %error, "the last answer stands in for a neighbour that is away");
        Ok(known)
    }

    fn count(&self) {
        self.measures.entries(self.shown().entry_count());
    }

    /// Where answers stay longest.
    fn shown(&self) -> &Cache<TenantId, V> {
        self.last.as_ref().unwrap_or(&self.fresh)
    }
}
