//! The network between the service and its database breaks: nothing is lost, nothing is done twice, and all goes on by itself.

use std::time::Duration;

use acta_throwaway::{FaultProxy, Login};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::api::{Answer, Api};
use crate::folder::Folder;
use crate::meeting::{Meeting, any_id, feed};
use crate::service::{PATIENCE, Service, within};

/// How long it may take until all goes on after the network was mended.
const RECOVERY: Duration = Duration::from_secs(10);

/// A service that reaches its database through a proxy, and a meeting on it.
struct Trial {
    folder: Folder,
    proxy: FaultProxy,
    service: Service,
    meeting: Meeting,
}

impl Trial {
    async fn begin(tenant: Uuid) -> Self {
        let folder = Folder::postgres().await;
        let proxy = FaultProxy::start(folder.database().server().address().unwrap()).await.unwrap();
        let mut serve = folder.serve();
        serve.env("DATABASE_URL", folder.database().url_through(&proxy, Login::Service));
        serve.env("DATABASE_ACQUIRE_TIMEOUT", "2");
        let service = Service::spawn(&folder, serve).await;
        let meeting = Meeting::begin(&service.administrator(tenant).await, "General meeting", 1).await;
        Self { folder, proxy, service, meeting }
    }

    fn api(&self) -> &Api {
        &self.meeting.api
    }

    /// Sends a command whose answer from the database is lost, then sends it again.
    async fn send_twice(&self, lost: &str, rest: &str, body: &Value) -> (Answer, Answer) {
        let (path, key, losses) = (self.meeting.path(rest), any_id().to_string(), self.proxy.lost());
        self.proxy.lose_answer_to(lost);
        let first = self.api().post_once(&path, body, &key).await;
        let counted = tokio::time::timeout(PATIENCE, self.proxy.wait_until_lost(losses + 1)).await;
        assert!(counted.is_ok(), "the answer was lost: {}", first.text());
        (first, self.api().post_once(&path, body, &key).await)
    }
}

/// The events of `tenant` with these words in them, as another instance sees them.
async fn events_with(folder: &Folder, tenant: Uuid, words: &str) -> Vec<Value> {
    let other = Service::start(folder).await;
    let mut events = feed(&other.administrator(tenant).await).await;
    other.stop().await;
    events.retain(|event| event.to_string().contains(words));
    events
}

/// A problem that says, and means, that the client may try again.
#[track_caller]
fn assert_try_again(answer: Answer, slugs: &[&str]) {
    let answer = answer.expect(503);
    assert_eq!(answer.header("content-type"), "application/problem+json", "{}", answer.text());
    let problem = answer.json();
    let known = slugs.iter().any(|slug| problem["type"] == format!("urn:acta:problem:{slug}"));
    assert!(known, "{}: {problem}", answer.what);
    assert!(problem["detail"].as_str().is_some_and(|detail| !detail.is_empty()), "{problem}");
    assert!(!answer.header("retry-after").is_empty(), "{problem}");
    let inner = ["sqlx", "postgres://", "127.0.0.1", "acta_service"];
    assert!(!inner.iter().any(|word| answer.text().contains(word)), "{problem}");
}

#[tokio::test]
async fn a_command_whose_commit_was_not_answered_has_its_first_outcome_when_it_is_sent_again() {
    let tenant = any_id();
    let trial = Trial::begin(tenant).await;
    let before = feed(trial.api()).await.len() as u64;
    let vote = json!({ "vote_id": "the-lost-vote" });
    let (first, again) = trial.send_twice("the-lost-vote", "/governance/vote-opened", &vote).await;
    assert!(first.text().contains("not known whether this was recorded"), "{}", first.text());
    assert_try_again(first, &["outcome-unknown"]);
    let again = again.ok();
    assert_eq!(again.header("idempotent-replayed"), "true");
    assert_eq!(again.position(), before + 1, "it was recorded the first time");
    let events = events_with(&trial.folder, tenant, "the-lost-vote").await;
    assert_eq!(events.len(), 1, "{events:?}");
    assert_eq!(events[0]["position"], before + 1);

    let closed = trial.meeting.post("/governance/vote-closed", &vote).await.position();
    assert_eq!(closed, before + 2, "the instance goes on behind it");
    let session = trial.api().get_at(&trial.meeting.path(""), closed).await.expect(200).json();
    assert_eq!(session["votes"].as_array().map(Vec::len), Some(1), "{session}");
    trial.service.stop().await;
}

#[tokio::test]
async fn a_lost_answer_about_a_new_key_is_asked_for_again_and_the_command_is_done_once() {
    let tenant = any_id();
    let trial = Trial::begin(tenant).await;
    let member = any_id();
    let body = json!({ "user_id": member, "name": "Ada" });
    let person = format!("person:{member}");
    let (first, again) = trial.send_twice(&person, "/attendance/register-attendee", &body).await;
    let registered = first.ok().position();
    let again = again.ok();
    assert_eq!((again.header("idempotent-replayed"), again.position()), ("true", registered));
    let attendance = trial.meeting.path("/attendance");
    let attendance = trial.api().get_at(&attendance, registered).await.expect(200).text();
    assert!(attendance.contains("Ada"), "the key that opens the name is the one that was kept: {attendance}");
    let events = events_with(&trial.folder, tenant, &member.to_string()).await;
    assert_eq!(events.len(), 1, "{events:?}");
    trial.service.stop().await;
}

#[tokio::test]
async fn while_the_database_cannot_be_reached_all_get_503_and_afterwards_all_goes_on() {
    let tenant = any_id();
    let mut trial = Trial::begin(tenant).await;
    let stranger = trial.service.stranger();
    let vote = json!({ "vote_id": "vote-1" });
    let opened = trial.meeting.post("/governance/vote-opened", &vote).await.position();
    trial.service.ready().await;

    trial.proxy.cut().await;
    let (close, key) = (trial.meeting.path("/governance/vote-closed"), "close-vote-1");
    for _ in ["first, with connections that break", "then, with none"] {
        let answer = trial.api().post_once(&close, &vote, key).await;
        assert_try_again(answer, &["unavailable", "outcome-unknown"]);
    }
    for path in ["", "/attendance", "/floor", "/transcript"] {
        assert_try_again(trial.api().get(&trial.meeting.path(path)).await, &["unavailable"]);
    }
    let health = within(RECOVERY, "the health tells it", async || {
        let answer = stranger.get("//health").await;
        (answer.status == 503).then(|| answer.json())
    })
    .await;
    assert_eq!((&health["status"], &health["log"]["status"]), (&json!("unavailable"), &json!("unavailable")));
    stranger.get("//health/live").await.expect(200);
    trial.service.assert_running();

    trial.proxy.mend().await;
    let closed = within(RECOVERY, "commands are taken again", async || {
        let answer = trial.api().post_once(&close, &vote, key).await;
        (answer.status == 200).then_some(answer)
    })
    .await;
    assert_eq!(closed.position(), opened + 1, "it was recorded once");
    for path in ["", "/attendance", "/floor", "/transcript"] {
        within(RECOVERY, "views move again", async || {
            let answer = trial.api().get_at(&trial.meeting.path(path), closed.position()).await;
            (answer.status == 200).then_some(())
        })
        .await;
    }
    within(RECOVERY, "it is ready again", async || {
        (stranger.get("//health/ready").await.status == 200).then_some(())
    })
    .await;
    let numbers: Vec<_> = feed(trial.api()).await.iter().map(|event| event["position"].as_u64()).collect();
    assert_eq!(numbers, (1..=closed.position()).map(Some).collect::<Vec<_>>());
    trial.service.assert_running();
    trial.service.stop().await;
}
