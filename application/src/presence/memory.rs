//! The board of a service that is one process.

use std::collections::{BTreeMap, HashMap};
use std::ops::Bound;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use acta_domain::{SessionId, TenantId, Timestamp};
use async_trait::async_trait;
use tokio::time::Instant;

use super::{Connected, Place, PresenceBoard, PresenceError, PresencePage, Told};
use crate::leases::HolderId;
use crate::log::Actor;

/// How long after its term an instance is remembered.
const REMEMBERED: Duration = Duration::from_mins(1);

/// A board in the memory of one process, which is the only one that has to know. Time is the process's own.
#[derive(Debug, Default)]
pub struct MemoryPresence {
    instances: Mutex<HashMap<HolderId, Instance>>,
}

/// What one instance told.
#[derive(Debug, Default)]
struct Instance {
    /// The end of its term; [`None`] before its first sign of life.
    until: Option<Instant>,
    told: HashMap<(TenantId, SessionId), BTreeMap<String, Connected>>,
}

impl Instance {
    fn lives(&self, now: Instant) -> bool {
        self.until.is_some_and(|until| now < until)
    }

    fn is_remembered(&self, now: Instant) -> bool {
        self.until.is_some_and(|until| now < until + REMEMBERED)
    }

    fn hear(&mut self, Told { place, connections, since }: Told) {
        let Place { tenant, session, actor } = place;
        let here = self.told.entry((tenant, session)).or_default();
        if connections == 0 {
            here.remove(&actor.to_string());
        } else {
            here.insert(actor.to_string(), Connected { actor, connections, since });
        }
        if here.is_empty() {
            self.told.remove(&(tenant, session));
        }
    }
}

impl MemoryPresence {
    /// A board that nobody has told anything.
    pub fn new() -> Self {
        Self::default()
    }

    /// Every change is whole before anything can panic.
    fn instances(&self) -> MutexGuard<'_, HashMap<HolderId, Instance>> {
        self.instances.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Everybody who is connected to `session`, by the text of the actor.
    fn everybody(&self, tenant: TenantId, session: SessionId) -> BTreeMap<String, Connected> {
        let now = Instant::now();
        let mut all: BTreeMap<String, Connected> = BTreeMap::new();
        for instance in self.instances().values().filter(|instance| instance.lives(now)) {
            for (text, one) in instance.told.get(&(tenant, session)).into_iter().flatten() {
                let seen = all.entry(text.clone()).and_modify(|seen| add(seen, one.connections, one.since));
                seen.or_insert_with(|| one.clone());
            }
        }
        all
    }
}

fn add(seen: &mut Connected, connections: u32, since: Timestamp) {
    seen.connections = seen.connections.saturating_add(connections);
    seen.since = seen.since.min(since);
}

#[async_trait]
impl PresenceBoard for MemoryPresence {
    async fn tell(&self, instance: HolderId, told: &[Told]) -> Result<(), PresenceError> {
        let mut instances = self.instances();
        let instance = instances.entry(instance).or_default();
        told.iter().cloned().for_each(|told| instance.hear(told));
        Ok(())
    }

    async fn live(&self, instance: HolderId, term: Duration) -> Result<bool, PresenceError> {
        let now = Instant::now();
        let mut instances = self.instances();
        let one = instances.entry(instance).or_default();
        let lived = one.lives(now);
        one.until = Some(now + term);
        instances.retain(|_, instance| instance.is_remembered(now));
        Ok(lived)
    }

    async fn leave(&self, instance: HolderId) -> Result<(), PresenceError> {
        self.instances().remove(&instance);
        Ok(())
    }

    async fn connected(
        &self,
        tenant: TenantId,
        session: SessionId,
        after: Option<&Actor>,
        limit: u32,
    ) -> Result<PresencePage, PresenceError> {
        let all = self.everybody(tenant, session);
        let people = all.len() as u64;
        let behind = after.map_or(Bound::Unbounded, |after| Bound::Excluded(after.to_string()));
        let mut rest = all.range((behind, Bound::Unbounded)).map(|(_, connected)| connected);
        let connected: Vec<Connected> = rest.by_ref().take(limit as usize).cloned().collect();
        Ok(PresencePage { connected, people, more: rest.next().is_some() })
    }
}

#[cfg(test)]
mod tests;
