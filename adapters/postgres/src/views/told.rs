//! What those who follow checkpoints are told.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use acta_application::log::Position;
use acta_application::views::ViewName;
use tokio::sync::watch;

/// Where a checkpoint stood after so many moves. A view that was never there has made none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Standing {
    pub(super) revision: i64,
    pub(super) position: Position,
}

/// The checkpoints that somebody follows. News of the same move come several ways and in any order, so the revision decides.
#[derive(Debug, Clone, Default)]
pub(super) struct Told(Arc<Mutex<HashMap<ViewName, Followed>>>);

#[derive(Debug, Default)]
struct Followed {
    revision: i64,
    position: watch::Sender<Position>,
}

impl Followed {
    fn tell(&mut self, standing: Standing) {
        if standing.revision > self.revision {
            self.revision = standing.revision;
            self.position
                .send_if_modified(|last| std::mem::replace(last, standing.position) != standing.position);
        }
    }
}

impl Told {
    /// From now on, news of `view` are kept.
    pub(super) fn expect(&self, view: &ViewName) {
        self.lock().entry(view.clone()).or_default();
    }

    /// Follows `view`, which stood at `standing` a moment ago.
    pub(super) fn follow(&self, view: &ViewName, standing: Standing) -> watch::Receiver<Position> {
        let mut followed = self.lock();
        let followed = followed.entry(view.clone()).or_default();
        followed.tell(standing);
        followed.position.subscribe()
    }

    /// Tells those who follow `view`.
    pub(super) fn tell(&self, view: &ViewName, standing: Standing) {
        if let Some(followed) = self.lock().get_mut(view) {
            followed.tell(standing);
        }
    }

    /// Tells of all of `checkpoints`.
    pub(super) fn tell_all(&self, checkpoints: &[(ViewName, Standing)]) {
        for (view, standing) in checkpoints {
            self.tell(view, *standing);
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<ViewName, Followed>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn standing(revision: i64, position: u64) -> Standing {
        Standing { revision, position: Position::new(position) }
    }

    #[test]
    fn late_news_change_nothing() {
        let (told, view) = (Told::default(), ViewName::new("floor"));
        let mut followed = told.follow(&view, standing(3, 7));
        told.tell(&view, standing(2, 5));
        assert!(!followed.has_changed().unwrap());
        assert_eq!(*followed.borrow_and_update(), Position::new(7));
    }

    #[test]
    fn a_discarded_view_is_at_the_start_again() {
        let (told, view) = (Told::default(), ViewName::new("floor"));
        let followed = told.follow(&view, standing(3, 7));
        told.tell(&view, standing(4, 0));
        assert_eq!(*followed.borrow(), Position::default());
    }

    #[test]
    fn news_between_the_question_and_its_answer_are_kept() {
        let (told, view) = (Told::default(), ViewName::new("floor"));
        told.expect(&view);
        told.tell(&view, standing(4, 9));
        assert_eq!(*told.follow(&view, standing(3, 7)).borrow(), Position::new(9));
    }
}
