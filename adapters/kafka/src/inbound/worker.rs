//! Works on one strand: its messages one after the other, each until it is finished.

use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use acta_application::inbound::{Inbox, Reason, Verdict};
use tokio::sync::Semaphore;
use tokio::task::JoinError;
use tokio::time::{Instant, sleep_until};

use super::backoff::Backoff;
use super::dead_letters::DeadLetters;
use super::desk::{Desk, Strand, Work};
use super::metered;
use super::others::{Before, Others, comes_last};

/// How long until it is looked again, at most, whether a message's time has come.
const LOOK_AGAIN: Duration = Duration::from_millis(500);

/// What the workers of all strands share.
pub(super) struct Workshop {
    pub(super) desk: Arc<Desk>,
    pub(super) inbox: Arc<dyn Inbox>,
    pub(super) dead_letters: DeadLetters,
    pub(super) others: Others,
    /// How many messages may be handled at the same time.
    pub(super) places: Semaphore,
    /// How long a message is given that may come right once others were handled.
    pub(super) patience: Duration,
}

/// How the work on a message ended.
enum Ending {
    /// It had its effect, or is a dead letter.
    Finished(&'static str),
    /// It is not ours any more.
    Over,
}

/// What came of handling a message once.
enum Attempt {
    Judged(Verdict),
    /// The handling has a fault of its own.
    BrokenOff(JoinError),
}

impl Workshop {
    /// Works on `strand` until nothing of it is held.
    pub(super) async fn work_on(&self, strand: Strand) {
        while let Some(work) = self.desk.next(&strand) {
            if comes_last(&work.held.message) {
                self.wait_for_others(&strand, &work).await;
            }
            let Ending::Finished(outcome) = self.see_through(&strand, &work).await else { return };
            metered::finished(&work.held.message.event_type, outcome);
            self.desk.finish(&strand, &work);
        }
    }

    /// Waits until what the other topics hold now is handled, or until nothing more of it was for as long as anybody wants to wait: how
    /// much there is to do is no reason to give a message up.
    async fn wait_for_others(&self, strand: &Strand, work: &Work) {
        let Some(mut before) = self.before(strand, work).await else { return };
        let (mut deadline, mut backoff) = (Instant::now() + self.patience, Backoff::new());
        let mut least = usize::MAX;
        loop {
            let left = self.others.left(&self.desk, &mut before).await.ok();
            if left == Some(0) {
                return;
            }
            if left.is_none_or(|left| left < least) {
                deadline = Instant::now() + self.patience;
            }
            least = left.unwrap_or(least).min(least);
            let again = Instant::now() + backoff.next().min(LOOK_AGAIN);
            if Instant::now() >= deadline || !self.wait(strand, work, "other_topics_first", again).await {
                return;
            }
        }
    }

    /// What there is to be handled before a message; [`None`] if it is not ours any more.
    async fn before(&self, strand: &Strand, work: &Work) -> Option<Before> {
        let mut backoff = Backoff::new();
        loop {
            match self.others.before(&work.held.message).await {
                Ok(before) => return Some(before),
                Err(error) => {
                    tracing::debug!(%strand, %error, "it is not known what else there is to handle");
                }
            }
            if !self.wait(strand, work, "other_topics_unknown", Instant::now() + backoff.next()).await {
                return None;
            }
        }
    }

    /// Handles one message as often as it takes.
    async fn see_through(&self, strand: &Strand, work: &Work) -> Ending {
        let mut backoff = Backoff::new();
        let (mut deadline, mut at_last) = (None, false);
        loop {
            if !at_last && deadline.is_some_and(|deadline| Instant::now() >= deadline) {
                self.wait_for_others(strand, work).await;
                at_last = true;
            }
            let Some(attempt) = self.attempt(work, at_last).await else { return Ending::Over };
            let reason = match attempt {
                Attempt::Judged(Verdict::Done { changed: true, .. }) => return Ending::Finished("done"),
                Attempt::Judged(Verdict::Done { changed: false, .. }) => {
                    return Ending::Finished("unchanged");
                }
                Attempt::Judged(Verdict::Never(reason)) => return self.give_up(strand, work, &reason).await,
                Attempt::Judged(Verdict::NotYet(reason)) => {
                    deadline.get_or_insert_with(|| Instant::now() + self.patience);
                    reason.code()
                }
                Attempt::Judged(Verdict::Failing(failure)) => failing(strand, &failure),
                Attempt::BrokenOff(fault) => failing(strand, &fault),
            };
            let again = Instant::now() + backoff.next();
            let again = deadline.filter(|deadline| !at_last && *deadline < again).unwrap_or(again);
            metered::retried();
            if !self.wait(strand, work, reason, again).await {
                return Ending::Over;
            }
        }
    }

    /// One attempt. Once begun it is finished: its effect is the same however often it is repeated.
    async fn attempt(&self, work: &Work, at_last: bool) -> Option<Attempt> {
        let place = work.over.run_until_cancelled(self.places.acquire()).await?;
        let _place = place.expect("nobody closes the semaphore");
        let (inbox, message) = (Arc::clone(&self.inbox), Arc::clone(&work.held.message));
        // In a task of its own, so that a fault in the handling of one message stops nothing else.
        let handled = tokio::spawn(async move {
            if at_last { inbox.handle_at_last(&message).await } else { inbox.handle(&message).await }
        });
        Some(handled.await.map_or_else(Attempt::BrokenOff, Attempt::Judged))
    }

    /// Makes a dead letter of a message, however long that takes.
    async fn give_up(&self, strand: &Strand, work: &Work, reason: &Reason) -> Ending {
        let mut backoff = Backoff::new();
        while let Err(error) = self.dead_letters.write(&work.held.message, reason).await {
            tracing::warn!(%strand, error = &error as &dyn Error, "a dead letter could not be written; it is tried again");
            let again = Instant::now() + backoff.next();
            if !self.wait(strand, work, "dead_letter_unwritten", again).await {
                return Ending::Over;
            }
        }
        tracing::warn!(%strand, offset = work.held.offset, reason = reason.code(), "a message became a dead letter");
        metered::gave_up(reason.code());
        Ending::Finished("dead_letter")
    }

    /// Waits until `again`, and whether it is still ours then. Meanwhile it is known that `strand` cannot go on because of `reason`.
    async fn wait(&self, strand: &Strand, work: &Work, reason: &'static str, again: Instant) -> bool {
        self.desk.block(strand, reason);
        work.over.run_until_cancelled(sleep_until(again)).await.is_some()
    }
}

/// Says so, and gives the reason's name.
fn failing(strand: &Strand, error: &(dyn Error + 'static)) -> &'static str {
    tracing::warn!(%strand, error, "a message could not be handled; it is tried again");
    "failing"
}
