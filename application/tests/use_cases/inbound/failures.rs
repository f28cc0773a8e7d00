//! When nobody can tell: the message is tried again, and has its effect once.

use std::sync::Arc;
use std::time::Duration;

use acta_application::UseCaseError;
use acta_application::inbound::GovernanceType::{AssemblyActivated, VoteStarted};
use acta_application::inbound::{AssembliesError, Failure, GovernanceInbox, Inbox, Verdict};
use acta_application::log::CommandSecret;
use acta_application::views::ViewsError;
use acta_projections::assemblies::ViewOfAssemblies;

use super::{Post, Told, assert_changed, of, vote};
use crate::faults::{ANSWER_LOST, FaultyLog, SILENTLY_LOST, UNAVAILABLE};
use crate::room::Room;

#[tokio::test]
async fn whatever_an_append_fails_by_the_message_has_its_effect_once() {
    for (fault, recorded) in [(UNAVAILABLE, false), (SILENTLY_LOST, false), (ANSWER_LOST, true)] {
        let (room, log) = FaultyLog::room().await;
        let post = Post::in_room(room);
        post.session_for("a-1").await;
        let activation = post.plain(AssemblyActivated, &of("a-1"));
        log.fail_next(fault);
        let failing = post.inbox.handle(&activation).await;
        let expected = matches!(
            failing,
            Verdict::Failing(Failure::UseCase(UseCaseError::Log(_) | UseCaseError::Doubtful(_)))
        );
        assert!(expected, "{failing:?}");
        let again = post.inbox.handle(&activation).await;
        assert!(matches!(again, Verdict::Done { changed, .. } if changed != recorded), "{again:?}");
        assert_eq!(post.later_types().await.len(), 2, "once");
        assert_changed(&post.told(VoteStarted, &vote("a-1", "v")).await);
        post.close().await;
    }
}

fn with(room: &Room, assemblies: Arc<dyn acta_application::inbound::Assemblies>) -> GovernanceInbox {
    GovernanceInbox::new(room.use_cases.clone(), assemblies, CommandSecret::new([3; 32]))
}

#[tokio::test]
async fn a_view_that_is_behind_is_not_believed() {
    let post = Post::open().await;
    let message = post.plain(AssemblyActivated, &of("a-1"));
    let Post { room, projections, .. } = post;
    projections.stop().await;
    room.session().await;
    let behind = ViewOfAssemblies::new(room.views.clone(), Duration::from_millis(5));
    let verdict = with(&room, Arc::new(behind)).handle(&message).await;
    let expected = matches!(verdict, Verdict::Failing(Failure::Assemblies(AssembliesError::Behind { .. })));
    assert!(expected, "{verdict:?}");
}

#[tokio::test]
async fn a_view_that_cannot_be_read_is_asked_again() {
    let post = Post::open().await;
    let fault = Arc::new(std::io::Error::from(std::io::ErrorKind::TimedOut));
    let failing = Told(Err(ViewsError::Unavailable(fault).into()));
    let message = post.plain(AssemblyActivated, &of("a-1"));
    let verdict = with(&post.room, Arc::new(failing)).handle_at_last(&message).await;
    let expected = matches!(verdict, Verdict::Failing(Failure::Assemblies(AssembliesError::Views(_))));
    assert!(expected, "{verdict:?}");
    post.close().await;
}
