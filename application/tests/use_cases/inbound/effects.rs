//! What each message does, and that it does it once.

use acta_application::inbound::GovernanceType::{
    AssemblyActivated, AssemblyCompleted, VoteClosed, VoteStarted,
};
use acta_application::inbound::{Inbox, Reason, Verdict};
use acta_domain::{AssemblyId, SessionStatus};
use serde_json::json;

use super::{Post, assert_changed, assert_never, assert_not_yet, assert_nothing_to_do, of, vote};
use crate::room::command;

#[tokio::test]
async fn an_activation_is_noted_and_starts_the_session_in_one_append() {
    let post = Post::open().await;
    let session = post.session_for("a-1").await;
    let done = post.told(AssemblyActivated, &of("a-1")).await;
    assert_eq!(post.later_types().await, ["governance.assembly-activated.v1", "session.started.v1"]);
    let events = post.room.events().await;
    assert_eq!(assert_changed(&done), events[3].position);
    assert_eq!(events[2].metadata, events[3].metadata, "one command");
    assert!(events[3].metadata.contains("service:governance"), "{}", events[3].metadata);
    assert_eq!(post.state(session).await.status(), Some(SessionStatus::Active));
    post.close().await;
}

#[tokio::test]
async fn a_whole_assembly_is_in_the_log_as_it_was_told() {
    let post = Post::open().await;
    let session = post.session_for("a-1").await;
    assert_changed(&post.told(AssemblyActivated, &of("a-1")).await);
    assert_changed(&post.told(VoteStarted, &vote("a-1", "v-1")).await);
    assert_changed(&post.told(VoteClosed, &vote("a-1", "v-1")).await);
    assert_changed(&post.told(AssemblyCompleted, &of("a-1")).await);
    let expected = [
        "governance.assembly-activated.v1",
        "session.started.v1",
        "governance.vote-opened.v1",
        "governance.vote-closed.v1",
        "governance.assembly-completed.v1",
        "session.ended.v1",
    ];
    assert_eq!(post.later_types().await, expected);
    assert_eq!(post.state(session).await.status(), Some(SessionStatus::Completed));
    post.close().await;
}

#[tokio::test]
async fn a_session_that_was_started_by_hand_is_only_marked() {
    let post = Post::open().await;
    let session = post.session_for("a-1").await;
    post.room.use_cases.start_session(&command(), session).await.unwrap();
    assert_changed(&post.told(AssemblyActivated, &of("a-1")).await);
    post.room.use_cases.end_session(&command(), session).await.unwrap();
    assert_changed(&post.told(AssemblyCompleted, &of("a-1")).await);
    let types = post.later_types().await;
    assert_eq!(types.iter().filter(|name| name.starts_with("session.")).count(), 2, "{types:?}");
    assert_eq!(types.last().map(String::as_str), Some("governance.assembly-completed.v1"));
    post.close().await;
}

#[tokio::test]
async fn a_session_that_was_marked_by_hand_is_only_started() {
    let post = Post::open().await;
    let session = post.session_for("a-1").await;
    let assembly = AssemblyId::parse("a-1").unwrap();
    post.room.use_cases.mark_assembly_activated(&command(), session, assembly).await.unwrap();
    assert_changed(&post.told(AssemblyActivated, &of("a-1")).await);
    assert_eq!(post.later_types().await, ["governance.assembly-activated.v1", "session.started.v1"]);
    post.close().await;
}

#[tokio::test]
async fn a_message_that_comes_again_at_another_place_has_its_first_outcome() {
    let post = Post::open().await;
    post.session_for("a-1").await;
    let first = assert_changed(&post.inbox.handle(&post.event("e", AssemblyActivated, &of("a-1"))).await);
    let mut respelled = of("a-1");
    respelled["note"] = json!("written otherwise");
    let again = post.inbox.handle(&post.event("e", AssemblyActivated, &respelled)).await;
    let Verdict::Done { changed: false, position: Some(position) } = again else { panic!("{again:?}") };
    assert_eq!(position, first);
    assert_eq!(post.later_types().await.len(), 2);
    post.close().await;
}

#[tokio::test]
async fn a_message_that_comes_again_after_everything_has_its_first_outcome() {
    let post = Post::open().await;
    let session = post.session_for("a-1").await;
    let messages = [
        post.event("1", AssemblyActivated, &of("a-1")),
        post.event("2", VoteStarted, &vote("a-1", "v")),
        post.event("3", VoteClosed, &vote("a-1", "v")),
        post.plain(AssemblyCompleted, &of("a-1")),
    ];
    let mut places = Vec::new();
    for message in &messages {
        places.push(assert_changed(&post.inbox.handle(message).await));
    }
    post.room.use_cases.seal_session(&command(), session).await.unwrap();
    let events = post.room.events().await.len();
    for (message, place) in messages.iter().zip(places) {
        let again = post.inbox.handle(message).await;
        let same = matches!(again, Verdict::Done { changed: false, position: Some(at) } if at == place);
        assert!(same, "{again:?}");
    }
    assert_eq!(post.room.events().await.len(), events);
    post.close().await;
}

#[tokio::test]
async fn what_is_so_already_is_done_without_an_event() {
    let post = Post::open().await;
    post.session_for("a-1").await;
    let steps = [
        (AssemblyActivated, of("a-1")),
        (VoteStarted, vote("a-1", "v")),
        (VoteClosed, vote("a-1", "v")),
        (AssemblyCompleted, of("a-1")),
    ];
    for (step, (kind, body)) in steps.iter().enumerate() {
        assert_changed(&post.told(*kind, body).await);
        let events = post.room.events().await.len();
        for (kind, body) in &steps[..=step] {
            assert_nothing_to_do(&post.told(*kind, body).await);
        }
        assert_eq!(post.room.events().await.len(), events);
    }
    post.close().await;
}

#[tokio::test]
async fn the_same_id_with_another_content_is_refused_for_good() {
    let post = Post::open().await;
    post.session_for("a-1").await;
    assert_changed(&post.inbox.handle(&post.event("e", AssemblyActivated, &of("a-1"))).await);
    let events = post.room.events().await.len();
    let other = post.event("e", VoteStarted, &vote("a-1", "v"));
    assert_never(&post.inbox.handle(&other).await, &Reason::IdReused);
    assert_never(
        &post.inbox.handle(&post.event("e", AssemblyActivated, &of("a-2"))).await,
        &Reason::IdReused,
    );
    assert_eq!(post.room.events().await.len(), events);
    post.close().await;
}

#[tokio::test]
async fn a_place_that_a_forgetful_broker_gives_to_another_message_is_no_repetition() {
    let post = Post::open().await;
    post.session_for("a-1").await;
    assert_changed(&post.told(AssemblyActivated, &of("a-1")).await);
    let first = post.plain(VoteStarted, &vote("a-1", "v-1"));
    assert_changed(&post.inbox.handle(&first).await);
    let mut other = post.plain(VoteStarted, &vote("a-1", "v-2"));
    other.offset = first.offset;
    assert_changed(&post.inbox.handle(&other).await);
    post.close().await;
}

#[tokio::test]
async fn a_named_session_is_taken_whatever_its_plan_says_of_assemblies() {
    let post = Post::open().await;
    let session = post.room.session().await;
    let mut body = of("a-1");
    body["session_id"] = json!(session);
    assert_changed(&post.told(AssemblyActivated, &body).await);
    assert_eq!(post.state(session).await.status(), Some(SessionStatus::Active));
    assert_changed(&post.told(VoteStarted, &vote("a-1", "v")).await);
    post.close().await;
}

#[tokio::test]
async fn at_last_an_assembly_that_was_never_activated_is_completed() {
    let post = Post::open().await;
    let running = post.session_for("a-1").await;
    post.room.use_cases.start_session(&command(), running).await.unwrap();
    let planned = post.session_for("a-2").await;
    for (assembly, session, status) in
        [("a-1", running, SessionStatus::Completed), ("a-2", planned, SessionStatus::Scheduled)]
    {
        let message = post.plain(AssemblyCompleted, &of(assembly));
        assert_not_yet(&post.inbox.handle(&message).await, &Reason::AssemblyNotActivated);
        assert_changed(&post.inbox.handle_at_last(&message).await);
        assert_eq!(post.state(session).await.status(), Some(status));
        let late = post.told(AssemblyActivated, &of(assembly)).await;
        assert_never(&late, &Reason::AssemblyCompleted);
    }
    post.close().await;
}
