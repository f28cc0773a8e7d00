use std::collections::VecDeque;
use std::io::ErrorKind;
use std::sync::Mutex;

use async_trait::async_trait;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use uuid::Uuid;

use super::*;
use crate::leases::SoleInstance;

/// What the store does with a request.
#[derive(Debug, Clone, Copy)]
enum Reply {
    Grant,
    Refuse,
    Fail,
    /// Grants, but the answer takes so many milliseconds.
    GrantAfter(u64),
    Silence,
}

/// A store that replies as it is told, and then always as it was told last.
struct Scripted {
    replies: Mutex<VecDeque<Reply>>,
    silent_at_the_end: bool,
    happened: mpsc::UnboundedSender<(u64, What)>,
    began: Instant,
}

/// What happened to a store or to the work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum What {
    Asked,
    GivenUp,
    Begun,
    Told,
    Ended,
}
use What::{Asked, Begun, Ended, GivenUp, Told};

impl Scripted {
    fn happens(&self, what: What) {
        let after = u64::try_from(self.began.elapsed().as_millis()).unwrap();
        self.happened.send((after, what)).unwrap();
    }

    fn next(&self) -> Reply {
        let mut replies = self.replies.lock().unwrap();
        let next = *replies.front().unwrap();
        if replies.len() > 1 {
            replies.pop_front();
        }
        next
    }
}

#[async_trait]
impl Leases for Scripted {
    async fn take(&self, _: &LeaseName, _: HolderId, _: Duration) -> Result<bool, LeasesError> {
        self.happens(Asked);
        match self.next() {
            Reply::Grant => Ok(true),
            Reply::Refuse => Ok(false),
            Reply::Fail => Err(LeasesError::Unavailable(Arc::new(std::io::Error::from(ErrorKind::TimedOut)))),
            Reply::GrantAfter(millis) => {
                sleep(Duration::from_millis(millis)).await;
                Ok(true)
            }
            Reply::Silence => std::future::pending().await,
        }
    }

    async fn give_up(&self, _: &LeaseName, _: HolderId) -> Result<(), LeasesError> {
        self.happens(GivenUp);
        if self.silent_at_the_end {
            std::future::pending::<()>().await;
        }
        Ok(())
    }
}

/// Work under a lease whose store is scripted, and everything that happened, with the millisecond at which it did.
struct Scene {
    happened: mpsc::UnboundedReceiver<(u64, What)>,
    stop: CancellationToken,
    running: JoinHandle<()>,
}

/// How the work of a scene goes.
#[derive(Debug, Clone, Copy)]
struct Work {
    /// Whether it ends by itself at once.
    short: bool,
    /// How many milliseconds it takes to end when it was told to.
    last_step: u64,
}

const WORK: Work = Work { short: false, last_step: 0 };

impl Scene {
    fn of(replies: &[Reply], work: Work) -> Self {
        Self::of_store(replies, work, false)
    }

    fn of_store(replies: &[Reply], work: Work, silent_at_the_end: bool) -> Self {
        let (sender, happened) = mpsc::unbounded_channel();
        let replies = Mutex::new(replies.iter().copied().collect());
        let store =
            Arc::new(Scripted { replies, silent_at_the_end, happened: sender, began: Instant::now() });
        let tenures = Tenures::new(Arc::clone(&store) as _, HolderId(Uuid::nil()));
        let stop = CancellationToken::new();
        let stopping = stop.clone();
        let running = tokio::spawn(async move {
            tenures
                .while_held(&LeaseName::new("work"), &stopping, |held| {
                    let store = Arc::clone(&store);
                    async move { store.worked(work, held).await }
                })
                .await;
        });
        Self { happened, stop, running }
    }

    /// The next things that happen, as many as are expected.
    async fn shows(&mut self, expected: &[(u64, What)]) {
        for expected in expected {
            assert_eq!(self.happened.recv().await.unwrap(), *expected);
        }
    }

    /// Everything that happens from a stop at `millis`.
    async fn stopped_at(mut self, millis: u64) -> Vec<(u64, What)> {
        sleep(Duration::from_millis(millis)).await;
        self.stop.cancel();
        let mut rest = Vec::new();
        self.running.await.unwrap();
        while let Some(happened) = self.happened.recv().await {
            rest.push(happened);
        }
        rest
    }
}

impl Scripted {
    async fn worked(&self, work: Work, held: CancellationToken) {
        self.happens(Begun);
        if !work.short {
            held.cancelled().await;
            self.happens(Told);
            sleep(Duration::from_millis(work.last_step)).await;
        }
        self.happens(Ended);
    }
}

#[tokio::test(start_paused = true)]
async fn work_begins_as_soon_as_the_lease_is_had_and_goes_on_while_it_is_renewed() {
    let mut scene = Scene::of(&[Reply::Grant], WORK);
    scene.shows(&[(0, Asked), (0, Begun), (1_000, Asked), (2_000, Asked), (3_000, Asked)]).await;
    scene.shows(&[(4_000, Asked), (5_000, Asked), (6_000, Asked)]).await;
}

#[tokio::test(start_paused = true)]
async fn whoever_is_refused_or_not_answered_asks_again_every_second() {
    let mut scene = Scene::of(&[Reply::Refuse, Reply::Fail, Reply::Fail, Reply::Grant], WORK);
    scene.shows(&[(0, Asked), (1_000, Asked), (2_000, Asked), (3_000, Asked), (3_000, Begun)]).await;
}

#[tokio::test(start_paused = true)]
async fn a_request_that_nobody_answers_is_repeated_after_a_term() {
    let mut scene = Scene::of(&[Reply::Silence, Reply::Grant], WORK);
    scene.shows(&[(0, Asked), (5_000, Asked), (5_000, Begun)]).await;
}

#[tokio::test(start_paused = true)]
async fn a_lease_that_is_granted_later_than_its_term_is_not_believed() {
    let mut scene = Scene::of(&[Reply::GrantAfter(4_000), Reply::Grant], WORK);
    scene.shows(&[(0, Asked), (5_000, Asked), (5_000, Begun)]).await;
}

#[tokio::test(start_paused = true)]
async fn a_refused_renewal_ends_the_work_and_it_begins_again_when_the_lease_is_won_back() {
    let mut scene = Scene::of(&[Reply::Grant, Reply::Refuse, Reply::Refuse, Reply::Grant], WORK);
    scene.shows(&[(0, Asked), (0, Begun), (1_000, Asked), (1_000, Told), (1_000, Ended)]).await;
    scene.shows(&[(1_000, Asked), (2_000, Asked), (2_000, Begun)]).await;
}

#[tokio::test(start_paused = true)]
async fn one_failed_renewal_ends_nothing() {
    let mut scene = Scene::of(&[Reply::Grant, Reply::Fail, Reply::Fail, Reply::Grant], WORK);
    scene.shows(&[(0, Asked), (0, Begun), (1_000, Asked), (2_000, Asked), (3_000, Asked)]).await;
    scene.shows(&[(4_000, Asked), (5_000, Asked)]).await;
}

#[tokio::test(start_paused = true)]
async fn renewals_that_fail_until_the_term_may_be_over_end_the_work() {
    let mut scene = Scene::of(&[Reply::Grant, Reply::Fail], WORK);
    scene.shows(&[(0, Asked), (0, Begun), (1_000, Asked), (2_000, Asked), (3_000, Asked)]).await;
    scene.shows(&[(4_000, Asked), (4_000, Told), (4_000, Ended)]).await;
}

#[tokio::test(start_paused = true)]
async fn the_term_counts_from_when_the_request_was_sent_not_from_its_answer() {
    let mut scene = Scene::of(&[Reply::GrantAfter(3_000), Reply::Fail], WORK);
    scene.shows(&[(0, Asked), (3_000, Begun), (4_000, Asked), (4_000, Told), (4_000, Ended)]).await;
}

#[tokio::test(start_paused = true)]
async fn a_renewal_that_nobody_answers_ends_the_work_when_the_term_may_be_over() {
    let mut scene = Scene::of(&[Reply::Grant, Reply::Silence], WORK);
    scene.shows(&[(0, Asked), (0, Begun), (1_000, Asked), (4_000, Told), (4_000, Ended)]).await;
}

#[tokio::test(start_paused = true)]
async fn nothing_is_asked_before_the_work_of_a_lost_lease_has_ended() {
    let work = Work { last_step: 7_500, ..WORK };
    let mut scene = Scene::of(&[Reply::Grant, Reply::Refuse, Reply::Grant], work);
    scene.shows(&[(0, Asked), (0, Begun), (1_000, Asked), (1_000, Told), (8_500, Ended)]).await;
    scene.shows(&[(8_500, Asked), (8_500, Begun)]).await;
}

#[tokio::test(start_paused = true)]
async fn at_the_stop_the_lease_is_held_until_the_work_has_ended_and_then_given_up() {
    let scene = Scene::of(&[Reply::Grant], Work { last_step: 1_700, ..WORK });
    let shown = scene.stopped_at(500).await;
    let expected = [(0, Asked), (0, Begun), (500, Told), (1_000, Asked), (2_000, Asked), (2_200, Ended)];
    assert_eq!(shown[..6], expected);
    assert_eq!(shown[6..], [(2_200, GivenUp)]);
}

#[tokio::test(start_paused = true)]
async fn a_stop_ends_the_waiting_for_a_lease_that_another_holds() {
    let scene = Scene::of(&[Reply::Refuse], WORK);
    assert_eq!(scene.stopped_at(500).await, [(0, Asked), (500, GivenUp)]);
}

#[tokio::test(start_paused = true)]
async fn a_request_that_was_under_way_at_the_stop_is_taken_back() {
    let scene = Scene::of(&[Reply::Silence], WORK);
    assert_eq!(scene.stopped_at(500).await, [(0, Asked), (500, GivenUp)]);
}

#[tokio::test(start_paused = true)]
async fn a_store_that_has_gone_holds_a_stop_up_for_a_term_at_most() {
    let scene = Scene::of_store(&[Reply::Grant], WORK, true);
    let began = Instant::now();
    scene.stopped_at(500).await;
    assert_eq!(began.elapsed(), Duration::from_millis(4_500));
}

#[tokio::test(start_paused = true)]
async fn work_that_cannot_go_on_keeps_the_lease_and_is_not_begun_again_before_it_was_lost() {
    let work = Work { short: true, ..WORK };
    let mut scene = Scene::of(&[Reply::Grant, Reply::Grant, Reply::Refuse, Reply::Grant], work);
    scene.shows(&[(0, Asked), (0, Begun), (0, Ended), (1_000, Asked), (2_000, Asked)]).await;
    scene.shows(&[(2_000, Asked), (2_000, Begun), (2_000, Ended)]).await;
    assert_eq!(scene.stopped_at(500).await, [(2_500, GivenUp)]);
}

#[tokio::test]
async fn whoever_is_alone_always_holds_the_lease() {
    let tenures = Tenures::new(Arc::new(SoleInstance), HolderId(Uuid::nil()));
    let stop = CancellationToken::new();
    let mut begun = 0;
    let work = |held: CancellationToken| {
        begun += 1;
        stop.cancel();
        async move { held.cancelled().await }
    };
    tenures.while_held(&LeaseName::new("work"), &stop, work).await;
    assert_eq!(begun, 1);
}
