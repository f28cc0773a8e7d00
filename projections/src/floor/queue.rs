//! In which order the view's requests wait: the domain says.

use std::collections::HashMap;

use acta_domain::PersonId;
use acta_domain::floor::PendingRequest;

use super::{FloorView, QueuedRequest};

impl FloorView {
    /// Sorts the queue by the rules in force; to be done when a request came, a turn ended, or the rules or a group changed.
    /// Taking somebody out of the queue keeps the order of the others.
    pub(super) fn sort_queue(&mut self) {
        let pending: Vec<_> = self.queue.iter().map(|waiting| self.pending(waiting)).collect();
        let order = self.rules.queue_policy.order(&pending);
        let places: HashMap<_, _> = order.into_iter().zip(0_usize..).collect();
        self.queue.sort_by_key(|waiting| places.get(&waiting.request_id));
    }

    /// Counts a turn that is over.
    pub(super) fn count_speaking(&mut self, person: PersonId, spoke_ms: u64) {
        let own = self.speaking_ms.entry(person).or_default();
        *own = own.saturating_add(spoke_ms);
        if let Some(group) = self.groups.get(&person) {
            let shared = self.group_speaking_ms.entry(group.clone()).or_default();
            *shared = shared.saturating_add(spoke_ms);
        }
    }

    /// A waiting request as the domain orders it.
    fn pending(&self, waiting: &QueuedRequest) -> PendingRequest {
        let person_spoke_ms = self.speaking_ms.get(&waiting.person_id).copied().unwrap_or(0);
        let group = self.groups.get(&waiting.person_id);
        let shared = |group| self.group_speaking_ms.get(group).copied().unwrap_or(0);
        PendingRequest {
            request_id: waiting.request_id,
            kind: waiting.kind,
            priority: waiting.priority,
            arrival: waiting.arrival.get(),
            side_spoke_ms: group.map_or(person_spoke_ms, shared),
            person_spoke_ms,
        }
    }
}
