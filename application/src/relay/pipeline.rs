//! One publication at work: sending, taking acknowledgements and keeping the checkpoint go on beside each other.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{Notify, mpsc};
use tokio::time::{Interval, MissedTickBehavior, interval, sleep};
use tokio_util::sync::CancellationToken;

use super::checkpoint::Checkpoints;
use super::fault::RelayFault;
use super::find::Standing;
use super::health::Teller;
use super::measures::Measures;
use super::progress::Progress;
use super::supply::{Errand, Page};
use super::{Acknowledged, Lane, Publication};
use crate::clock::Clock;
use crate::log::{EventLog, Position};
use crate::views::ViewsError;

/// How often the checkpoint is kept, when it moved.
const KEEP: Duration = Duration::from_millis(500);
/// After how many of those one looks what the lanes hold, when nothing is under way.
const LOOK: u32 = 4;
/// Most events that are taken up behind one that is not acknowledged.
const MOST_TAKEN_UP: usize = 200_000;
/// How long what is under way at the stop is waited for.
const LAST: Duration = Duration::from_secs(1);

/// What a publication works with.
#[derive(Clone, Copy)]
pub(super) struct Tools<'a> {
    pub(super) log: &'a dyn EventLog,
    pub(super) clock: &'a dyn Clock,
    pub(super) checkpoints: &'a Checkpoints,
    pub(super) health: &'a Teller,
    pub(super) measures: &'a Measures,
}

/// One publication at work.
pub(super) struct Pipeline<'a> {
    tools: Tools<'a>,
    publication: Arc<dyn Publication>,
    lanes: Vec<Lane>,
    progress: Mutex<Progress>,
    /// Something was acknowledged.
    arrived: Notify,
}

impl<'a> Pipeline<'a> {
    /// For `publication`, whose lanes are as `standing` says.
    pub(super) fn new(tools: Tools<'a>, publication: Arc<dyn Publication>, standing: &Standing) -> Self {
        let (lanes, progress) = (publication.lanes(), Mutex::new(Progress::new(standing)));
        Self { tools, publication, lanes, progress, arrived: Notify::new() }
    }

    /// Does the errands of `pages` until `stop`, keeping the checkpoint, which is at `kept`. What is under way at the stop is waited
    /// for, but not long.
    pub(super) async fn run(
        &self,
        pages: mpsc::Receiver<Page>,
        mut kept: Position,
        stop: &CancellationToken,
    ) -> Result<(), RelayFault> {
        tokio::select! {
            outcome = self.do_all(pages, stop) => outcome?,
            fault = self.watch(&mut kept) => return Err(fault),
            () = long_after(stop) => {}
        }
        match self.keep(&mut kept).await {
            // The answer to the one before may not have been waited for.
            Err(RelayFault::Views(ViewsError::CheckpointMoved { .. })) => Ok(()),
            outcome => outcome,
        }
    }

    async fn do_all(
        &self,
        mut pages: mpsc::Receiver<Page>,
        stop: &CancellationToken,
    ) -> Result<(), RelayFault> {
        while let Some(page) = stop.run_until_cancelled(pages.recv()).await {
            for errand in page.unwrap_or(Err(RelayFault::ReaderGone))? {
                if stop.is_cancelled() {
                    break;
                }
                self.do_one(errand).await?;
            }
        }
        self.until(|progress| progress.unacknowledged() == 0).await;
        Ok(())
    }

    async fn do_one(&self, errand: Errand) -> Result<(), RelayFault> {
        self.until(|progress| progress.taken_up() < MOST_TAKEN_UP).await;
        let Some(parcel) = errand.parcel else {
            self.progress().skip();
            return Ok(());
        };
        if parcel.again {
            self.tools.measures.republished();
        }
        // Before it is sent: its acknowledgement may be here before the call returns.
        self.progress().send(errand.recorded_at);
        Ok(self.publication.publish(&parcel.lane, parcel.record).await?)
    }

    /// Waits until `enough` has arrived.
    async fn until(&self, enough: impl Fn(&Progress) -> bool) {
        while !enough(&self.progress()) {
            self.arrived.notified().await;
        }
    }

    /// Takes acknowledgements and keeps the checkpoint until there is a fault.
    async fn watch(&self, kept: &mut Position) -> RelayFault {
        let (mut ticks, mut count) = (ticks(), 0_u32);
        loop {
            if let Err(fault) = self.until_tick(&mut ticks).await {
                return fault;
            }
            count = (count + 1) % LOOK;
            if let Err(fault) = self.keep_and_look(kept, count == 0).await {
                return fault;
            }
        }
    }

    async fn until_tick(&self, ticks: &mut Interval) -> Result<(), RelayFault> {
        loop {
            tokio::select! {
                _ = ticks.tick() => return Ok(()),
                done = self.publication.acknowledged() => self.acknowledge(done?)?,
            }
        }
    }

    fn acknowledge(&self, done: Vec<Acknowledged>) -> Result<(), RelayFault> {
        let now = self.tools.clock.now();
        let mut progress = self.progress();
        for one in done {
            if let Some(recorded_at) = progress.acknowledge(one)? {
                self.tools.measures.acknowledged(recorded_at, now);
            }
        }
        self.tools.health.tell_position(progress.reached());
        self.arrived.notify_one();
        Ok(())
    }

    async fn keep_and_look(&self, kept: &mut Position, look: bool) -> Result<(), RelayFault> {
        self.tell();
        self.keep(kept).await?;
        let idle = self.progress().unacknowledged() == 0;
        if look && idle {
            let bounds = self.publication.bounds(&self.lanes).await?;
            self.progress().compare(&self.lanes, &bounds)?;
        }
        Ok(())
    }

    fn tell(&self) {
        let (reached, unacknowledged) = {
            let progress = self.progress();
            (progress.reached(), progress.unacknowledged())
        };
        self.tools.health.tell_position(reached);
        self.tools.measures.stands(reached, *self.tools.log.head().borrow(), unacknowledged);
    }

    /// Keeps the checkpoint, unless it has not moved, or what the broker forgot is still being made good.
    async fn keep(&self, kept: &mut Position) -> Result<(), RelayFault> {
        let (reached, marks) = {
            let progress = self.progress();
            if progress.reached() <= *kept {
                return Ok(());
            }
            // All of them: another relay may have written older ones beside a checkpoint that did not move.
            (progress.reached(), progress.marks())
        };
        self.tools.checkpoints.keep(*kept, reached, &marks, &self.lanes).await?;
        *kept = reached;
        Ok(())
    }

    fn progress(&self) -> MutexGuard<'_, Progress> {
        self.progress.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn ticks() -> Interval {
    let mut ticks = interval(KEEP);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    ticks
}

async fn long_after(stop: &CancellationToken) {
    stop.cancelled().await;
    sleep(LAST).await;
}
