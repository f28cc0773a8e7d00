//! The governance service is told until it accepts, and what it holds is tied to the record.

mod assembly_hall;
mod data;

use std::sync::Arc;
use std::time::Duration;

use acta_application::leases::Tenures;
use acta_application::policies::{CURSORS, GovernancePolicy, NoticePace};
use acta_application::session::AssemblyNews;
use acta_application::views::{ViewName, Views as _};
use acta_domain::{AssemblyId, GovernanceNotice, SessionId};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use self::assembly_hall::{AssemblyHall, Mood};
use crate::policies::{HeldBy, NEITHER, ONE, OTHER, PATIENCE, alone};
use crate::room::{Room, assembly, command};

const STARTED: GovernanceNotice = GovernanceNotice::SessionStarted;
const ENDED: GovernanceNotice = GovernanceNotice::SessionEnded;

fn assembly_id() -> AssemblyId {
    AssemblyId::parse("a1").unwrap()
}

/// A session that serves the assembly.
async fn serving(room: &Room) -> SessionId {
    let mut wanted = assembly();
    wanted.details.assembly_id = Some(assembly_id());
    room.use_cases.create_session(&command(), wanted).await.unwrap().session_id
}

async fn started(room: &Room) -> SessionId {
    let session = serving(room).await;
    room.use_cases.start_session(&command(), session).await.unwrap();
    session
}

async fn held(room: &Room) -> SessionId {
    let session = started(room).await;
    room.use_cases.end_session(&command(), session).await.unwrap();
    session
}

fn policy(room: &Room) -> GovernancePolicy {
    let soon = Duration::from_millis(2);
    let pace = NoticePace { first: soon, longest: 2 * soon, refused: soon };
    let views = Arc::clone(&room.views) as _;
    GovernancePolicy::new(Arc::clone(&room.log), views, Arc::clone(&room.use_cases)).at_pace(pace)
}

/// The policy at work.
struct Working {
    stop: CancellationToken,
    task: JoinHandle<()>,
}

impl Working {
    fn begin(room: &Room) -> Self {
        let stop = CancellationToken::new();
        let task = tokio::spawn(policy(room).run(alone(), stop.clone()));
        Self { stop, task }
    }

    async fn end(self) {
        self.stop.cancel();
        self.task.await.unwrap();
    }

    /// As a kill does: nothing is finished.
    async fn killed(self) {
        self.task.abort();
        self.task.await.unwrap_err();
    }
}

/// Waits until `is_so`.
async fn eventually(what: &str, is_so: impl AsyncFn() -> bool) {
    let waiting = async {
        while !is_so().await {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    };
    tokio::time::timeout(PATIENCE, waiting).await.unwrap_or_else(|_| panic!("it never came that {what}"));
}

async fn count(room: &Room, name: &str) -> usize {
    room.event_types().await.iter().filter(|recorded| *recorded == name).count()
}

/// Waits until the log holds `count` marks, and so many records of data.
async fn noted(room: &Room, marks: usize, data: usize) {
    eventually("all is noted", async || {
        count(room, "governance.notified.v1").await == marks
            && count(room, "governance.data-recorded.v1").await == data
    })
    .await;
}

/// Waits until the policy has read everything.
async fn read_to_the_end(room: &Room) {
    let [.., cursor] = CURSORS.map(ViewName::new);
    eventually("all is read", async || {
        room.views.checkpoint(&cursor).await.unwrap() == *room.log.head().borrow()
    })
    .await;
}

#[tokio::test]
async fn the_start_and_the_end_are_told_in_order_and_then_what_governance_holds_is_noted() {
    let hall = AssemblyHall::open();
    let room = Room::beside(hall.neighbours()).await;
    let session = held(&room).await;
    let working = Working::begin(&room);
    noted(&room, 2, 1).await;
    working.end().await;
    assert_eq!(hall.accepted(session), [STARTED, ENDED]);
    let types = room.event_types().await;
    let marks = ["governance.notified.v1", "governance.notified.v1", "governance.data-recorded.v1"];
    assert_eq!(types[types.len() - 3..], marks);
    let told = hall.told();
    assert!(told.iter().all(|notice| notice.assembly_id == assembly_id() && notice.session_id == session));
}

#[tokio::test]
async fn a_notice_is_told_under_one_key_until_it_is_accepted_and_marked_once() {
    let hall = AssemblyHall::open();
    hall.is(&[Mood::Away, Mood::Away, Mood::Failing, Mood::Busy, Mood::Denying]);
    let room = Room::beside(hall.neighbours()).await;
    let session = held(&room).await;
    let working = Working::begin(&room);
    noted(&room, 2, 1).await;
    working.end().await;
    let keys: Vec<_> = hall.told().iter().map(|notice| (notice.notice, notice.idempotency_key)).collect();
    assert_eq!(keys.len(), 7);
    assert!(keys[..6].iter().all(|tried| *tried == keys[0] && tried.0 == STARTED));
    assert!(keys[6].0 == ENDED && keys[6].1 != keys[0].1);
    assert_eq!(hall.accepted(session), [STARTED, ENDED]);
}

#[tokio::test]
async fn what_was_accepted_just_before_a_crash_is_told_again_under_its_key_and_marked_once() {
    let hall = AssemblyHall::open();
    hall.is(&[Mood::AcceptingAndSilent]);
    let room = Room::beside(hall.neighbours()).await;
    let session = started(&room).await;
    let working = Working::begin(&room);
    eventually("it is accepted", async || hall.accepted(session) == [STARTED]).await;
    working.killed().await;
    assert_eq!(count(&room, "governance.notified.v1").await, 0);
    let working = Working::begin(&room);
    noted(&room, 1, 0).await;
    working.end().await;
    let told = hall.told();
    assert_eq!((told.len(), hall.accepted(session)), (2, vec![STARTED]));
    assert_eq!(told[0], told[1]);
}

#[tokio::test]
async fn a_notice_that_was_cut_off_after_it_was_accepted_is_in_effect_once() {
    let hall = AssemblyHall::open();
    hall.is(&[Mood::AcceptingAndCut, Mood::AcceptingAndCut]);
    let room = Room::beside(hall.neighbours()).await;
    let session = held(&room).await;
    let working = Working::begin(&room);
    noted(&room, 2, 1).await;
    working.end().await;
    assert_eq!(hall.accepted(session), [STARTED, ENDED]);
}

#[tokio::test]
async fn what_is_refused_is_told_on_and_said_to_be_refused() {
    let hall = AssemblyHall::open();
    hall.stays(Mood::Refusing);
    let room = Room::beside(hall.neighbours()).await;
    let session = held(&room).await;
    let policy = policy(&room);
    let health = policy.health().unwrap();
    assert_eq!((health().well, health().state, health().lag), (true, "standby", None));
    let stop = CancellationToken::new();
    let task = tokio::spawn(policy.run(alone(), stop.clone()));
    eventually("it is refused", async || health().state == "refused" && hall.told().len() > 2).await;
    assert_eq!((health().well, health().lag), (false, Some(1)));
    hall.stays(Mood::Accepting);
    noted(&room, 2, 1).await;
    eventually("nothing is pending", async || health().lag == Some(0)).await;
    assert!(health().well);
    stop.cancel();
    task.await.unwrap();
    assert_eq!(hall.accepted(session), [STARTED, ENDED]);
}

#[tokio::test]
async fn one_session_that_fails_does_not_hold_up_the_others() {
    let hall = AssemblyHall::open();
    let room = Room::beside(hall.neighbours()).await;
    let stuck = held(&room).await;
    hall.never_hears_of(stuck);
    let mut others = Vec::new();
    for _ in 0..20 {
        others.push(held(&room).await);
    }
    let working = Working::begin(&room);
    noted(&room, 40, 20).await;
    working.end().await;
    assert!(others.iter().all(|session| hall.accepted(*session) == [STARTED, ENDED]));
    assert_eq!(hall.accepted(stuck), []);
}

#[tokio::test]
async fn what_a_sealed_record_cannot_take_is_told_all_the_same_and_never_again() {
    let hall = AssemblyHall::open();
    let room = Room::beside(hall.neighbours()).await;
    let session = held(&room).await;
    room.use_cases.seal_session(&command(), session).await.unwrap();
    let working = Working::begin(&room);
    eventually("both are accepted", async || hall.accepted(session) == [STARTED, ENDED]).await;
    working.end().await;
    let working = Working::begin(&room);
    let other = held(&room).await;
    noted(&room, 2, 1).await;
    working.end().await;
    assert_eq!(hall.accepted(other), [STARTED, ENDED]);
    assert_eq!(hall.told().iter().filter(|notice| notice.session_id == session).count(), 2);
}

#[tokio::test]
async fn governance_is_told_of_what_it_ordered_itself() {
    let hall = AssemblyHall::open();
    let room = Room::beside(hall.neighbours()).await;
    let session = room.session().await;
    for news in [AssemblyNews::Activated, AssemblyNews::Completed] {
        let taken = room.use_cases.take_assembly_news(&command(), session, &assembly_id(), &news).await;
        taken.unwrap();
    }
    let working = Working::begin(&room);
    noted(&room, 2, 1).await;
    working.end().await;
    assert_eq!(hall.accepted(session), [STARTED, ENDED]);
}

#[tokio::test]
async fn a_session_that_turns_out_to_serve_an_assembly_is_told_of_from_its_start() {
    let hall = AssemblyHall::open();
    let room = Room::beside(hall.neighbours()).await;
    let session = room.active_session().await;
    let working = Working::begin(&room);
    read_to_the_end(&room).await;
    assert_eq!(hall.told(), []);
    room.use_cases.mark_assembly_activated(&command(), session, assembly_id()).await.unwrap();
    noted(&room, 1, 0).await;
    working.end().await;
    assert_eq!(hall.accepted(session), [STARTED]);
}

#[tokio::test]
async fn governance_hears_nothing_of_sessions_that_serve_no_assembly() {
    let hall = AssemblyHall::open();
    let room = Room::beside(hall.neighbours()).await;
    let session = room.active_session().await;
    room.use_cases.end_session(&command(), session).await.unwrap();
    let working = Working::begin(&room);
    read_to_the_end(&room).await;
    working.end().await;
    assert_eq!(hall.told(), []);
}

#[tokio::test]
async fn without_a_governance_service_nothing_is_kept_for_it() {
    let room = Room::open().await;
    held(&room).await;
    assert!(policy(&room).health().is_none());
    let working = Working::begin(&room);
    read_to_the_end(&room).await;
    working.end().await;
    let [.., cursor] = CURSORS.map(ViewName::new);
    assert_eq!(room.views.scan(&cursor, None, 10).await.unwrap(), []);
}

#[tokio::test]
async fn what_one_instance_could_not_tell_the_other_does() {
    let hall = AssemblyHall::open();
    hall.stays(Mood::Away);
    let room = Room::beside(hall.neighbours()).await;
    let leases = HeldBy::first(ONE);
    let stop = CancellationToken::new();
    let instances = [ONE, OTHER].map(|holder| {
        let pace = (Duration::from_secs(5), Duration::from_millis(10));
        let tenures = Tenures::new(leases.clone(), holder).at_pace(pace.0, pace.1);
        tokio::spawn(policy(&room).run(tenures, stop.clone()))
    });
    let session = started(&room).await;
    eventually("it was tried", async || !hall.told().is_empty()).await;
    leases.pass_to(NEITHER).await;
    room.use_cases.end_session(&command(), session).await.unwrap();
    hall.stays(Mood::Accepting);
    leases.pass_to(OTHER).await;
    noted(&room, 2, 1).await;
    leases.pass_to(ONE).await;
    let other = held(&room).await;
    noted(&room, 4, 2).await;
    stop.cancel();
    for instance in instances {
        instance.await.unwrap();
    }
    assert_eq!(hall.accepted(session), [STARTED, ENDED]);
    assert_eq!(hall.accepted(other), [STARTED, ENDED]);
    let ends = hall.told().iter().filter(|notice| notice.notice == ENDED).count();
    assert_eq!(ends, 2, "what was done on one instance was not done on the other");
}
