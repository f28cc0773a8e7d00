//! A command that is sent twice is done once.

use tokio::task::JoinSet;

use super::LogHarness;
use super::fixture::{Scene, by_tenant, command, tenant};
use crate::log::{AppendError, Appended, CommandDigest, CommandId, EventLog, Position};

/// The outcome of the first time, if `outcome` says that there was one and that it was the same request.
fn first_outcome(outcome: &Result<Appended, AppendError>) -> Option<Appended> {
    match outcome {
        Err(AppendError::AlreadyAppended { outcome, same_command: true }) => Some(*outcome),
        _ => None,
    }
}

/// Given a command that was appended, sent again it is told the first outcome and writes nothing.
pub async fn a_command_sent_twice_is_done_once<H: LogHarness>() {
    let scene = Scene::<H>::empty().await;
    let first = scene.say(command(1, 1, &["a", "b"])).await.expect("it is the first");
    scene.say(command(2, 1, &["c"])).await.expect("anything goes");
    let again = scene.say(command(1, 1, &["a", "b"])).await;
    assert_eq!(first_outcome(&again), Some(first));
    assert_eq!(*scene.log.head().borrow(), Position::new(3));
}

/// Given one command sent 64 times at once, it is written once and all are told the one outcome.
pub async fn a_command_sent_twice_at_the_same_time_is_done_once<H: LogHarness>() {
    let scene = Scene::<H>::empty().await;
    let mut senders = JoinSet::new();
    for _ in 0..64 {
        let log = scene.log.clone();
        senders.spawn(async move { log.append(command(1, 1, &["a", "b"])).await });
    }
    let (won, told): (Vec<_>, Vec<_>) = senders.join_all().await.into_iter().partition(Result::is_ok);
    let won: Vec<Appended> = won.into_iter().filter_map(Result::ok).collect();
    assert_eq!(won.len(), 1);
    assert!(told.iter().all(|outcome| first_outcome(outcome) == Some(won[0])));
    assert_eq!(*scene.log.head().borrow(), Position::new(2));
}

/// Given a command id that was used for something else, that is said.
pub async fn a_command_id_with_another_request_is_told_apart<H: LogHarness>() {
    let scene = Scene::<H>::empty().await;
    let first = scene.say(command(1, 1, &["a"])).await.expect("it is the first");
    match scene.say(command(1, 1, &["something else"])).await {
        Err(AppendError::AlreadyAppended { outcome, same_command: false }) => assert_eq!(outcome, first),
        other => panic!("{other:?}"),
    }
}

/// Given a command that was appended, its outcome and digest can be asked for, by its tenant.
pub async fn a_command_is_known_by_its_outcome<H: LogHarness>() {
    let scene = Scene::<H>::empty().await;
    scene.say(command(1, 1, &["before"])).await.expect("it is the first");
    let append = command(2, 1, &["a", "b", "c"]);
    let id: CommandId = append.metadata.command_id;
    let digest: CommandDigest = append.command_digest;
    let outcome = scene.say(append).await.expect("anything goes");
    let known = scene.log.outcome(tenant(1), id).await.expect("the log can be read");
    assert_eq!(known, Some((outcome, digest)));
    assert_eq!(scene.log.outcome(tenant(2), id).await.expect("the log can be read"), None);
}

/// Given one command id used by two tenants, those are two commands.
pub async fn one_command_id_means_two_commands_of_two_tenants<H: LogHarness>() {
    let scene = Scene::<H>::empty().await;
    scene.say(command(1, 1, &["a"])).await.expect("it is the first");
    scene.say(by_tenant(command(1, 2, &["a"]), 2)).await.expect("it is another tenant's");
    assert_eq!(*scene.log.head().borrow(), Position::new(2));
}
