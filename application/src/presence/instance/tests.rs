use std::sync::atomic::{AtomicUsize, Ordering};

use acta_domain::Timestamp;
use async_trait::async_trait;
use proptest::prelude::*;
use tokio::task::JoinHandle;
use tokio::time::{Instant, timeout};

use super::super::contract::{instance, person, session, tenant};
use super::super::{Connected, MemoryPresence, Told};
use super::*;
use crate::log::contract::{TestClock, moment};

/// What a board does with what it is asked.
#[derive(Debug, Clone, Copy)]
enum Mood {
    /// What it should, after so many milliseconds.
    Well(u64),
    /// Nothing, and says so after so many milliseconds.
    Fails(u64),
    /// What it should, and says that it failed.
    LosesTheAnswer(u64),
    /// What it should, but first forgets everything.
    Forgets,
}

/// A board with moods, one for each thing that it is asked, and then well.
struct Moody {
    board: MemoryPresence,
    moods: Mutex<Vec<Mood>>,
    tells: AtomicUsize,
    largest: AtomicUsize,
}

impl Moody {
    fn new(moods: Vec<Mood>) -> Arc<Self> {
        let (tells, largest) = (AtomicUsize::default(), AtomicUsize::default());
        Arc::new(Self { board: MemoryPresence::new(), moods: Mutex::new(moods), tells, largest })
    }

    fn mood(&self) -> Mood {
        self.moods.lock().unwrap().pop().unwrap_or(Mood::Well(0))
    }

    fn failed() -> PresenceError {
        PresenceError::Unavailable(Arc::new(std::io::Error::from(std::io::ErrorKind::TimedOut)))
    }

    async fn does<T>(
        &self,
        deed: impl Future<Output = Result<T, PresenceError>>,
    ) -> Result<T, PresenceError> {
        match self.mood() {
            Mood::Well(millis) => {
                sleep(Duration::from_millis(millis)).await;
                deed.await
            }
            Mood::Fails(millis) => {
                sleep(Duration::from_millis(millis)).await;
                Err(Self::failed())
            }
            Mood::LosesTheAnswer(millis) => {
                let done = deed.await;
                sleep(Duration::from_millis(millis)).await;
                done.and(Err(Self::failed()))
            }
            Mood::Forgets => {
                self.board.leave(instance(1)).await?;
                deed.await
            }
        }
    }
}

#[async_trait]
impl PresenceBoard for Moody {
    async fn tell(&self, instance: HolderId, told: &[Told]) -> Result<(), PresenceError> {
        self.tells.fetch_add(1, Ordering::SeqCst);
        self.largest.fetch_max(told.len(), Ordering::SeqCst);
        self.does(self.board.tell(instance, told)).await
    }

    async fn live(&self, instance: HolderId, term: Duration) -> Result<bool, PresenceError> {
        self.does(self.board.live(instance, term)).await
    }

    async fn leave(&self, instance: HolderId) -> Result<(), PresenceError> {
        self.does(self.board.leave(instance)).await
    }

    async fn connected(
        &self,
        tenant: TenantId,
        session: SessionId,
        after: Option<&Actor>,
        limit: u32,
    ) -> Result<PresencePage, PresenceError> {
        self.board.connected(tenant, session, after, limit).await
    }
}

/// A running instance on a board.
struct Scene {
    board: Arc<Moody>,
    presence: Presence,
    clock: Arc<TestClock>,
    stop: CancellationToken,
    running: JoinHandle<()>,
}

impl Scene {
    fn on(board: Arc<Moody>) -> Self {
        let clock = Arc::new(TestClock::at(moment(0)));
        let presence = Presence::new(Arc::clone(&board) as _, instance(1), Arc::clone(&clock) as _);
        let stop = CancellationToken::new();
        let running = tokio::spawn(presence.clone().run(stop.clone()));
        Self { board, presence, clock, stop, running }
    }

    fn enters(&self, number: u128) -> Connection {
        self.presence.enter(place(number))
    }

    /// Everybody whom the board shows.
    async fn shown(&self) -> Vec<Connected> {
        self.presence.connected(tenant(1), session(1), None, 100_000).await.unwrap().connected
    }

    /// Waits until the board shows these people, and gives how long it took.
    async fn shows(&self, people: &[u128]) -> Duration {
        let began = Instant::now();
        let expected: Vec<Actor> = people.iter().copied().map(person).collect();
        let waiting = async {
            while self.shown().await.into_iter().map(|one| one.actor).collect::<Vec<_>>() != expected {
                sleep(Duration::from_millis(1)).await;
            }
        };
        let waited = timeout(Duration::from_mins(2), waiting).await;
        assert!(waited.is_ok(), "it shows {:?}, not {people:?}", self.shown().await);
        began.elapsed()
    }
}

fn place(number: u128) -> Place {
    Place { tenant: tenant(1), session: session(1), actor: person(number) }
}

#[tokio::test(start_paused = true)]
async fn who_enters_is_shown_at_once_and_who_leaves_is_gone_soon() {
    let scene = Scene::on(Moody::new(Vec::new()));
    let one = scene.enters(7);
    assert!(scene.shows(&[7]).await < GATHER);
    let other = scene.enters(7);
    drop(one);
    let third = scene.enters(8);
    assert!(scene.shows(&[7, 8]).await <= 2 * GATHER);
    drop((other, third));
    assert!(scene.shows(&[]).await <= 2 * GATHER);
}

#[tokio::test(start_paused = true)]
async fn many_who_enter_at_once_are_told_in_few_words_of_bounded_size() {
    let scene = Scene::on(Moody::new(Vec::new()));
    let everybody: Vec<u128> = (0..2_500).collect();
    let connections: Vec<_> = everybody.iter().map(|number| scene.enters(*number)).collect();
    scene.shows(&everybody).await;
    assert_eq!(scene.board.tells.load(Ordering::SeqCst), 3);
    assert_eq!(scene.board.largest.load(Ordering::SeqCst), BATCH);
    drop(connections);
    scene.shows(&[]).await;
    assert_eq!(scene.board.tells.load(Ordering::SeqCst), 6);
}

#[tokio::test(start_paused = true)]
async fn somebody_who_comes_and_goes_all_the_time_is_told_of_at_most_five_times_a_second() {
    let scene = Scene::on(Moody::new(Vec::new()));
    let began = Instant::now();
    while began.elapsed() < Duration::from_secs(10) {
        let _connection = scene.enters(7);
        sleep(Duration::from_millis(3)).await;
    }
    assert!(scene.board.tells.load(Ordering::SeqCst) <= 51);
}

#[tokio::test(start_paused = true)]
async fn an_instance_stays_known_for_as_long_as_it_runs() {
    let scene = Scene::on(Moody::new(Vec::new()));
    let _connection = scene.enters(7);
    scene.shows(&[7]).await;
    let began = Instant::now();
    while began.elapsed() < 10 * TERM {
        assert_eq!(scene.shown().await.len(), 1);
        sleep(Duration::from_millis(500)).await;
    }
    let tells = scene.board.tells.load(Ordering::SeqCst);
    assert!(tells <= 2, "once, and once more if nobody knew the instance then: {tells}");
}

#[tokio::test(start_paused = true)]
async fn one_sign_of_life_that_fails_makes_nobody_vanish() {
    let scene = Scene::on(Moody::new(Vec::new()));
    let _connection = scene.enters(7);
    scene.shows(&[7]).await;
    *scene.board.moods.lock().unwrap() = vec![Mood::Fails(500); 3];
    let began = Instant::now();
    while began.elapsed() < 3 * TERM {
        assert_eq!(scene.shown().await.len(), 1);
        sleep(Duration::from_millis(100)).await;
    }
    assert!(scene.board.moods.lock().unwrap().is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_board_that_takes_long_to_hear_is_given_signs_of_life_meanwhile() {
    let scene = Scene::on(Moody::new(vec![Mood::Well(60_000), Mood::Well(0)]));
    let _connection = scene.enters(7);
    scene.shows(&[7]).await;
    assert!(scene.board.board.live(instance(1), TERM).await.unwrap(), "it was known all the time");
}

#[tokio::test(start_paused = true)]
async fn at_the_stop_everybody_is_taken_back() {
    let scene = Scene::on(Moody::new(Vec::new()));
    let connection = scene.enters(7);
    scene.shows(&[7]).await;
    scene.stop.cancel();
    scene.running.await.unwrap();
    assert!(scene.presence.connected(tenant(1), session(1), None, 10).await.unwrap().connected.is_empty());
    drop(connection);
}

/// What somebody does, or that time passes.
#[derive(Debug, Clone)]
enum Step {
    Enter(u128),
    /// One of the connections is dropped.
    Drop(prop::sample::Index),
    Pass(u64),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        3 => (0..8_u128).prop_map(Step::Enter),
        2 => any::<prop::sample::Index>().prop_map(Step::Drop),
        2 => (0..3_000_u64).prop_map(Step::Pass),
    ]
}

fn mood() -> impl Strategy<Value = Mood> {
    prop_oneof![
        4 => (0..900_u64).prop_map(Mood::Well),
        1 => (0..15_000_u64).prop_map(Mood::Well),
        2 => (0..5_000_u64).prop_map(Mood::Fails),
        2 => (0..5_000_u64).prop_map(Mood::LosesTheAnswer),
        1 => Just(Mood::Forgets),
    ]
}

/// Who is connected, how often and since when, by what was done.
fn expected(connections: &[(u128, Connection)], since: &[Timestamp; 8]) -> Vec<Connected> {
    let of = |number: u128| connections.iter().filter(|(one, _)| *one == number).count();
    let shown = |number: u8| Connected {
        actor: person(number.into()),
        connections: u32::try_from(of(number.into())).unwrap(),
        since: since[usize::from(number)],
    };
    (0..8).map(shown).filter(|one| one.connections > 0).collect()
}

/// Does `steps` on a board with `moods`, and waits until the board shows what is so.
async fn settles(steps: Vec<Step>, moods: Vec<Mood>) {
    let scene = Scene::on(Moody::new(moods));
    let (mut connections, mut since) = (Vec::new(), [moment(0); 8]);
    for (second, step) in (0_i64..).zip(steps) {
        match step {
            Step::Enter(number) => {
                scene.clock.set(moment(second));
                if !connections.iter().any(|(one, _)| *one == number) {
                    since[usize::try_from(number).unwrap()] = moment(second);
                }
                connections.push((number, scene.enters(number)));
            }
            Step::Drop(index) if !connections.is_empty() => {
                connections.remove(index.index(connections.len()));
            }
            Step::Drop(_) => {}
            Step::Pass(millis) => sleep(Duration::from_millis(millis)).await,
        }
    }
    let expected = expected(&connections, &since);
    let waiting = async {
        while !scene.board.moods.lock().unwrap().is_empty() || scene.shown().await != expected {
            sleep(Duration::from_millis(50)).await;
        }
    };
    let waited = timeout(Duration::from_mins(30), waiting).await;
    assert!(waited.is_ok(), "it shows {:?}, not {expected:?}", scene.shown().await);
    scene.stop.cancel();
    scene.running.await.unwrap();
    assert!(scene.board.board.connected(tenant(1), session(1), None, 10).await.unwrap().connected.is_empty());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn whatever_the_board_does_it_shows_in_the_end_who_is_connected(
        steps in prop::collection::vec(step(), 0..60),
        moods in prop::collection::vec(mood(), 0..40),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
        runtime.unwrap().block_on(settles(steps, moods));
    }
}
