//! Everybody who watches: on a thread of their own, so that nobody who is measured waits behind them.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use anyhow::{Context as _, bail};
use tokio::runtime::Handle;
use tokio::sync::Semaphore;
use tokio::task::{JoinHandle, JoinSet};

use super::seen::{Seen, Tally, between};
use super::socket::{Socket, Ticket};
use crate::stopwatch::Stopwatch;

/// How many come in at the same time.
const AT_ONCE: usize = 64;
/// The longest that the last one may take to be informed.
const PATIENCE: Duration = Duration::from_mins(1);
/// Between two looks at who was informed.
const PAUSE: Duration = Duration::from_millis(2);

/// Clients that watch.
pub(super) struct Crowd {
    ticket: Arc<Ticket>,
    tally: Arc<Tally>,
    threads: Handle,
    members: Vec<Member>,
}

struct Member {
    seen: Arc<Mutex<Seen>>,
    reading: JoinHandle<anyhow::Error>,
}

impl Crowd {
    /// Nobody yet, in the room that `ticket` is for.
    pub(super) fn new(ticket: Ticket, threads: &Handle) -> Self {
        let (ticket, tally) = (Arc::new(ticket), Arc::new(Tally::new()));
        Self { ticket, tally, threads: threads.clone(), members: Vec::new() }
    }

    pub(super) fn tally(&self) -> &Arc<Tally> {
        &self.tally
    }

    pub(super) fn len(&self) -> usize {
        self.members.len()
    }

    /// Lets `count` more in; gives how long that took.
    pub(super) async fn grow(&mut self, count: u32) -> anyhow::Result<Duration> {
        let (watch, turns) = (Stopwatch::start(), Arc::new(Semaphore::new(AT_ONCE)));
        let mut coming = JoinSet::new();
        for _ in 0..count {
            let (ticket, tally, turns) = (self.ticket.clone(), self.tally.clone(), turns.clone());
            let come = async move {
                let _turn = turns.acquire().await?;
                Member::come(&ticket, &tally, Arc::default()).await
            };
            coming.spawn_on(come, &self.threads);
        }
        while let Some(member) = coming.join_next().await {
            self.members.push(member??);
        }
        Ok(watch.elapsed())
    }

    /// Waits until everybody saw the event with this index.
    pub(super) async fn informed(&mut self, index: u32) -> anyhow::Result<()> {
        let watch = Stopwatch::start();
        while usize::try_from(self.tally.saw(index))? < self.len() {
            self.nobody_left().await?;
            let seen = self.tally.saw(index);
            if watch.elapsed() > PATIENCE {
                bail!("event {index} reached {seen} of {} sockets in {PATIENCE:?}", self.len());
            }
            tokio::time::sleep(PAUSE).await;
        }
        Ok(())
    }

    async fn nobody_left(&mut self) -> anyhow::Result<()> {
        let left = self.members.iter_mut().find(|member| member.reading.is_finished());
        match left {
            Some(member) => Err((&mut member.reading).await?.context("a socket did not stay")),
            None => Ok(()),
        }
    }

    /// Cuts everybody off; they come again after `away`. Gives for each how long it took until nothing was missed any more,
    /// without that time.
    pub(super) async fn cut(&mut self, away: Duration) -> anyhow::Result<Vec<Duration>> {
        let mut coming = JoinSet::new();
        for member in self.members.drain(..) {
            let (ticket, tally) = (self.ticket.clone(), self.tally.clone());
            coming.spawn_on(async move { member.cut(&ticket, &tally, away).await }, &self.threads);
        }
        let mut took = Vec::new();
        while let Some(again) = coming.join_next().await {
            let (member, time) = again??;
            self.members.push(member);
            took.push(time);
        }
        Ok(took)
    }

    /// Everybody goes; gives what they saw.
    pub(super) async fn leave(self) -> Vec<Seen> {
        let mut all = Vec::with_capacity(self.members.len());
        for member in self.members {
            all.push(member.leave().await);
        }
        all
    }
}

impl Member {
    async fn come(ticket: &Ticket, tally: &Arc<Tally>, seen: Arc<Mutex<Seen>>) -> anyhow::Result<Self> {
        let after = Some(locked(&seen).position).filter(|position| *position > 0);
        let socket = Socket::open(ticket, after, |said| locked(&seen).hear(said, tally)).await?;
        let reading = tokio::spawn(read(socket, Arc::clone(tally), Arc::clone(&seen)));
        Ok(Self { seen, reading })
    }

    async fn cut(
        self,
        ticket: &Ticket,
        tally: &Arc<Tally>,
        away: Duration,
    ) -> anyhow::Result<(Self, Duration)> {
        let seen = self.gone().await;
        locked(&seen).cut();
        tokio::time::sleep(away).await;
        let begun = tally.now();
        let again = Self::come(ticket, tally, seen).await?;
        let watch = Stopwatch::start();
        loop {
            let caught_up = locked(&again.seen).caught_up;
            if let Some(caught_up) = caught_up {
                return Ok((again, between(begun, caught_up)));
            }
            (watch.elapsed() < PATIENCE).then_some(()).context("what was missed does not come")?;
            tokio::time::sleep(PAUSE).await;
        }
    }

    /// Closes its socket.
    async fn gone(self) -> Arc<Mutex<Seen>> {
        self.reading.abort();
        // Ended by that, or by itself before.
        let _ = self.reading.await;
        self.seen
    }

    async fn leave(self) -> Seen {
        std::mem::take(&mut *locked(&*self.gone().await))
    }
}

/// Reads until it cannot; gives why.
async fn read(mut socket: Socket, tally: Arc<Tally>, seen: Arc<Mutex<Seen>>) -> anyhow::Error {
    loop {
        let received = socket.receive(|said| locked(&seen).hear(said, &tally)).await;
        if let Err(error) = received {
            return error;
        }
    }
}

fn locked(seen: &Mutex<Seen>) -> MutexGuard<'_, Seen> {
    seen.lock().unwrap_or_else(PoisonError::into_inner)
}
