//! The handshakes under way, of which there are never more than so many.

use std::collections::VecDeque;

use tokio::task::{AbortHandle, JoinSet};

/// Runs tasks beside each other. Where there is no room for another one, the oldest is broken off: a flood of clients that never
/// finish drives out its own, and whoever goes about it quickly gets through.
pub(super) struct UnderWay {
    tasks: JoinSet<()>,
    oldest_first: VecDeque<AbortHandle>,
    limit: usize,
}

impl UnderWay {
    /// At most `limit` at a time, and at least one.
    pub(super) fn new(limit: usize) -> Self {
        Self { tasks: JoinSet::new(), oldest_first: VecDeque::new(), limit: limit.max(1) }
    }

    /// Starts `task`.
    pub(super) async fn start(&mut self, task: impl Future<Output = ()> + Send + 'static) {
        self.make_room().await;
        self.oldest_first.push_back(self.tasks.spawn(task));
    }

    async fn make_room(&mut self) {
        while self.tasks.try_join_next().is_some() {}
        self.oldest_first.retain(|task| !task.is_finished());
        while self.tasks.len() >= self.limit {
            if let Some(oldest) = self.oldest_first.pop_front() {
                oldest.abort();
            }
            self.tasks.join_next().await;
        }
    }
}

#[cfg(test)]
mod tests;
