//! What cannot be, what cannot be yet, and that neither leaves an event.

use acta_application::inbound::GovernanceType::{
    AssemblyActivated, AssemblyCompleted, VoteClosed, VoteStarted,
};
use acta_application::inbound::{GovernanceType, Inbox, Reason, Verdict};
use acta_domain::TenantId;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{Post, assert_changed, assert_never, assert_not_yet, of, vote};
use crate::room::command;

#[tokio::test]
async fn a_message_before_its_session_is_not_yet_and_right_in_the_end() {
    let post = Post::open().await;
    let message = post.plain(AssemblyActivated, &of("a-1"));
    assert_not_yet(&post.inbox.handle(&message).await, &Reason::NoSession);
    assert_never(&post.inbox.handle_at_last(&message).await, &Reason::NoSession);
    post.session_for("a-1").await;
    assert_changed(&post.inbox.handle(&message).await);
    post.close().await;
}

#[tokio::test]
async fn whatever_comes_too_early_is_not_yet() {
    let post = Post::open().await;
    post.session_for("a-1").await;
    let before = post.room.events().await.len();
    for kind in [VoteStarted, VoteClosed] {
        assert_not_yet(&post.told(kind, &vote("a-1", "v")).await, &Reason::SessionNotStarted);
    }
    assert_not_yet(&post.told(AssemblyCompleted, &of("a-1")).await, &Reason::AssemblyNotActivated);
    assert_eq!(post.room.events().await.len(), before);
    assert_changed(&post.told(AssemblyActivated, &of("a-1")).await);
    assert_not_yet(&post.told(VoteClosed, &vote("a-1", "v")).await, &Reason::VoteNotStarted);
    assert_changed(&post.told(VoteStarted, &vote("a-1", "v")).await);
    let events = post.room.events().await.len();
    assert_not_yet(&post.told(AssemblyCompleted, &of("a-1")).await, &Reason::VoteStillOpen);
    assert_eq!(post.room.events().await.len(), events, "not even the mark");
    post.close().await;
}

#[tokio::test]
async fn a_session_that_is_over_takes_no_vote_that_it_never_knew() {
    let post = Post::open().await;
    post.session_for("a-1").await;
    assert_changed(&post.told(AssemblyActivated, &of("a-1")).await);
    assert_changed(&post.told(AssemblyCompleted, &of("a-1")).await);
    for kind in [VoteStarted, VoteClosed] {
        assert_never(&post.told(kind, &vote("a-1", "late")).await, &Reason::SessionOver);
    }
    post.close().await;
}

/// A body that names its session.
fn naming(session: acta_domain::SessionId, mut body: Value) -> Value {
    body["session_id"] = json!(session);
    body
}

fn all_kinds() -> [(GovernanceType, Value); 4] {
    [
        (AssemblyActivated, of("a-1")),
        (AssemblyCompleted, of("a-1")),
        (VoteStarted, vote("a-1", "v")),
        (VoteClosed, vote("a-1", "v")),
    ]
}

#[tokio::test]
async fn a_cancelled_a_sealed_and_another_assemblys_session_take_nothing() {
    let post = Post::open().await;
    let use_cases = &post.room.use_cases;
    let cancelled = post.session_for("a-1").await;
    use_cases.cancel_session(&command(), cancelled, None).await.unwrap();
    let sealed = post.session_for("a-1").await;
    use_cases.cancel_session(&command(), sealed, None).await.unwrap();
    use_cases.seal_session(&command(), sealed).await.unwrap();
    let other = post.session_for("a-2").await;
    use_cases.start_session(&command(), other).await.unwrap();
    let events = post.room.events().await.len();
    for (kind, body) in all_kinds() {
        for (session, reason) in [
            (cancelled, Reason::SessionCancelled),
            (sealed, Reason::SessionSealed),
            (other, Reason::OtherAssembly),
        ] {
            assert_never(&post.told(kind, &naming(session, body.clone())).await, &reason);
        }
        assert_not_yet(&post.told(kind, &body).await, &Reason::NoSession);
    }
    assert_eq!(post.room.events().await.len(), events);
    post.close().await;
}

#[tokio::test]
async fn another_tenants_session_is_none() {
    let post = Post::open().await;
    let session = post.session_for("a-1").await;
    let stranger = TenantId::new(Uuid::from_u128(0xbad));
    for (kind, mut body) in all_kinds() {
        body["tenant_id"] = json!(stranger);
        assert_not_yet(&post.told(kind, &body).await, &Reason::NoSession);
        assert_not_yet(&post.told(kind, &naming(session, body)).await, &Reason::NoSession);
    }
    post.close().await;
}

#[tokio::test]
async fn two_planned_sessions_of_one_assembly_are_told_apart_by_name_only() {
    let post = Post::open().await;
    let mut sessions = [post.session_for("a-1").await, post.session_for("a-1").await];
    sessions.sort_unstable();
    let unclear = post.told(AssemblyActivated, &of("a-1")).await;
    assert_never(&unclear, &Reason::Ambiguous { sessions: sessions.to_vec() });
    assert_changed(&post.told(AssemblyActivated, &naming(sessions[1], of("a-1"))).await);
    assert_changed(&post.told(VoteStarted, &vote("a-1", "v")).await);
    let opened = post.room.events().await.pop().unwrap();
    assert_eq!(opened.session_id, sessions[1], "the active one");
    post.close().await;
}

#[tokio::test]
async fn what_cannot_be_read_is_refused_and_leaves_no_event() {
    let post = Post::open().await;
    post.session_for("a-1").await;
    let events = post.room.events().await.len();
    let mut messages = vec![post.plain(VoteStarted, &of("a-1")), post.plain(AssemblyActivated, &json!([]))];
    messages.push(post.plain(AssemblyActivated, &json!({ "assembly_id": "a-1" })));
    let mut broken = post.plain(AssemblyActivated, &of("a-1"));
    broken.body.truncate(20);
    messages.push(broken);
    let mut unknown = post.plain(AssemblyActivated, &of("a-1"));
    unknown.event_type = "assembly.dissolved.v1".to_owned();
    messages.push(unknown);
    for message in &messages {
        for verdict in [post.inbox.handle(message).await, post.inbox.handle_at_last(message).await] {
            assert!(matches!(verdict, Verdict::Never(_)), "{verdict:?}");
        }
    }
    assert_eq!(post.room.events().await.len(), events);
    post.close().await;
}
