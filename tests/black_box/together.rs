//! Instances on one database are one service: what one has acknowledged, every other one knows, and work for one is done by one.

use std::time::Duration;

use futures::StreamExt as _;
use reqwest::Method;
use serde_json::{Value, json};
use sqlx::{Connection as _, PgConnection};
use tokio::time::Instant;
use uuid::Uuid;

use crate::api::{Answer, Api};
use crate::folder::{Folder, refusal};
use crate::instances::Instances;
use crate::meeting::{Meeting, any_id, chunk_of, feed, session_called};
use crate::service::{PATIENCE, within};

/// How long others may take to do the work of one that was killed.
pub(crate) const TAKEOVER: Duration = Duration::from_secs(10);
/// Old knowledge is a matter of milliseconds, so everything is tried often.
const ROUNDS: usize = 10;
/// So many do the same at the same time.
const CROWD: usize = 6;

/// The same administrator at each instance.
pub(crate) async fn at_each(instances: &Instances<'_>, tenant: Uuid) -> Vec<Api> {
    let api = instances.service(0).administrator(tenant).await;
    (0..instances.count()).map(|number| api.at(instances.service(number).url())).collect()
}

/// A meeting with its commands sent to another instance each time.
struct Alternating {
    apis: Vec<Api>,
    sent: usize,
    session: String,
}

impl Alternating {
    async fn post(&mut self, rest: &str, body: &Value) -> Answer {
        self.sent += 1;
        let api = &self.apis[self.sent % self.apis.len()];
        let answer = api.post(&format!("/sessions/{}{rest}", self.session), body).await;
        answer.ok()
    }

    async fn act(&mut self, rest: &str) -> Answer {
        self.post(rest, &json!({})).await
    }

    /// What the instance that wrote last and the others say of `rest` at `position`.
    async fn read(&self, rest: &str, position: u64) -> Vec<Value> {
        let mut read = Vec::new();
        for api in &self.apis {
            let path = format!("/sessions/{}{rest}", self.session);
            read.push(api.get_at(&path, position).await.expect(200).json());
        }
        read
    }
}

/// Plays a session, each command at once after the one before, on another instance.
async fn play(apis: Vec<Api>) {
    let created = apis[0].post("/sessions", &session_called("General meeting")).await.expect(201);
    let mut session = Alternating { apis, sent: 0, session: created.member("session_id") };
    session.act("/start").await;
    let member = any_id();
    session.post("/attendance/register-attendee", &json!({ "user_id": member, "name": "Ada" })).await;
    for start in 0..3 {
        let wish = json!({ "user_id": member, "kind": "speech" });
        let request = session.post("/floor/requests", &wish).await.member("request_id");
        let request = format!("/floor/requests/{request}");
        session.post(&format!("{request}/approve"), &json!({ "time_limit_seconds": 600 })).await;
        session.post("/transcript/chunks", &chunk_of(member, start * 1000, "Words.")).await;
        session.act(&format!("{request}/finish")).await;
        session.act(&format!("/floor/attendees/{member}/mute")).await;
        session.act(&format!("/floor/attendees/{member}/unmute")).await;
        session.act(&format!("/attendance/{member}/mark-left")).await;
        session.act(&format!("/attendance/{member}/mark-returned")).await;
    }
    session.act("/end").await;
    let sealed = session.act("/seal").await.position();
    for view in session.read("", sealed).await {
        assert_eq!((&view["status"], &view["sealed"]), (&json!("completed"), &json!(true)));
    }
    for view in session.read("/transcript", sealed).await {
        assert_eq!(view["chunks"].as_array().unwrap().len(), 3);
    }
}

#[tokio::test]
async fn what_one_instance_acknowledged_another_goes_on_with_at_once() {
    let folder = Folder::postgres().await;
    let mut instances = Instances::start(&folder, 2).await;
    let apis = at_each(&instances, any_id()).await;
    let swapped: Vec<_> = apis.iter().rev().cloned().collect();
    for _ in 0..ROUNDS {
        tokio::join!(play(apis.clone()), play(swapped.clone()));
    }
    let events = feed(&apis[0]).await;
    assert!(events.iter().map(|event| event["position"].as_u64().unwrap()).eq(1..=events.len() as u64));
    assert_eq!(feed(&apis[1]).await, events);
    instances.stop().await;
}

/// Two answers of which one is a success and the other the problem `slug`.
#[track_caller]
fn one_of_two(one: Answer, other: Answer, slug: &str) {
    let (done, refused) = if one.status < 300 { (one, other) } else { (other, one) };
    done.ok();
    refused.problem(409, slug);
}

#[tokio::test]
async fn of_two_who_want_the_same_of_two_instances_one_gets_it() {
    let folder = Folder::postgres().await;
    let mut instances = Instances::start(&folder, 2).await;
    let apis = at_each(&instances, any_id()).await;
    for _ in 0..ROUNDS {
        let meeting = Meeting::begin(&apis[0], "General meeting", 2).await;
        let mut approvals = Vec::new();
        for member in &meeting.members {
            let wish = json!({ "user_id": member, "kind": "speech" });
            let request = meeting.post("/floor/requests", &wish).await.member("request_id");
            approvals.push(meeting.path(&format!("/floor/requests/{request}/approve")));
        }
        // Whichever is first: neither waits for the other's turn.
        let at_once = json!({ "override_reason": "both at once" });
        let (one, other) =
            tokio::join!(apis[0].post(&approvals[0], &at_once), apis[1].post(&approvals[1], &at_once));
        one_of_two(one, other, "floor-taken");

        let (register, body) =
            (meeting.path("/attendance/register-attendee"), json!({ "user_id": any_id(), "name": "Ada" }));
        let (one, other) = tokio::join!(apis[0].post(&register, &body), apis[1].post(&register, &body));
        one_of_two(one, other, "already-present");

        let (chunks, words) = (meeting.path("/transcript/chunks"), chunk_of(meeting.members[0], 0, "Once."));
        let (one, other) = tokio::join!(
            apis[0].post_once(&chunks, &words, &meeting.session),
            apis[1].post_once(&chunks, &words, &meeting.session)
        );
        assert_eq!(one.ok().json(), other.ok().json(), "one command, one outcome");
    }
    instances.stop().await;
}

#[tokio::test]
async fn many_who_come_in_at_one_instance_may_ask_for_the_floor_at_the_other_at_once() {
    let folder = Folder::postgres().await;
    let mut instances = Instances::start(&folder, 2).await;
    let apis = at_each(&instances, any_id()).await;
    let meeting = Meeting::begin(&apis[0], "General meeting", 1).await;
    let guests = (0..CROWD).map(async |_| {
        for _ in 0..ROUNDS {
            let guest = json!({ "user_id": any_id(), "kind": "speech" });
            let let_in = json!({ "user_id": guest["user_id"], "name": "A guest" });
            again_if_contended(&apis[0], &meeting.path("/attendance/register-attendee"), &let_in).await.ok();
            again_if_contended(&apis[1], &meeting.path("/floor/requests"), &guest).await.ok();
        }
    });
    futures::future::join_all(guests).await;
    instances.stop().await;
}

/// A command that is sent again, under its key, as long as it could not be carried out for others.
async fn again_if_contended(api: &Api, path: &str, body: &Value) -> Answer {
    let key = any_id().to_string();
    within(PATIENCE, "the command is carried out", async || {
        let answer = api.post_once(path, body, &key).await;
        (answer.status != 503).then_some(answer)
    })
    .await
}

#[tokio::test]
async fn a_person_erased_at_one_instance_is_unreadable_at_the_other() {
    let folder = Folder::postgres().await;
    let mut instances = Instances::start(&folder, 2).await;
    let apis = at_each(&instances, any_id()).await;
    let mut meeting = Meeting::begin(&apis[0], "General meeting", 1).await;
    let member = meeting.members[0];
    let said = meeting.say(member, "Forget me.").await.position();
    let transcript = meeting.path("/transcript");
    let read = apis[1].get_at(&transcript, said).await.expect(200).text();
    assert!(read.contains("Forget me."), "the other instance has opened it: {read}");
    apis[0].delete(&meeting.path(&format!("/persons/{member}"))).await.expect(200);
    let begin = Instant::now();
    within(TAKEOVER, "the other instance forgets the key", async || {
        let read = apis[1].get(&transcript).await.expect(200).text();
        (!read.contains("Forget me.")).then_some(())
    })
    .await;
    eprintln!("the other instance could not open it any more after {:?}", begin.elapsed());
    instances.stop().await;
}

#[tokio::test]
async fn everybody_at_any_instance_sees_the_next_event() {
    let folder = Folder::postgres().await;
    let mut instances = Instances::start(&folder, 2).await;
    let apis = at_each(&instances, any_id()).await;
    let mut meeting = Meeting::begin(&apis[0], "General meeting", 1).await;
    let live = apis[1].request(Method::GET, "/events").header("Accept", "text/event-stream");
    let mut stream = live.send().await.unwrap().bytes_stream();
    meeting.say(meeting.members[0], "A word.").await;
    let mut seen = String::new();
    let arrival = async {
        while !seen.contains("transcript.chunk.v1") {
            let more = stream.next().await.expect("the stream goes on").unwrap();
            seen.push_str(&String::from_utf8_lossy(&more));
        }
    };
    tokio::time::timeout(PATIENCE, arrival).await.expect("the event arrives");
    instances.stop().await;
}

/// Who holds which lease.
pub(crate) async fn leases(folder: &Folder) -> Vec<(String, Uuid)> {
    let mut superuser = PgConnection::connect(&folder.database().superuser_url()).await.unwrap();
    let leases = sqlx::query_as("SELECT name, holder FROM leases WHERE expires_at > now() ORDER BY name");
    leases.fetch_all(&mut superuser).await.unwrap()
}

#[tokio::test]
async fn the_work_of_an_instance_that_was_killed_is_done_by_another() {
    let folder = Folder::postgres().await;
    let mut instances = Instances::start(&folder, 1).await;
    let tenant = any_id();
    let meeting = Meeting::begin(&at_each(&instances, tenant).await[0], "General meeting", 1).await;
    let first = meeting.act(&format!("/floor/attendees/{}/mute", meeting.members[0])).await.position();
    meeting.api.get_at(&meeting.path("/floor"), first).await.expect(200);
    let held = leases(&folder).await;
    assert!(!held.is_empty(), "the only instance has all the work");

    let mut other = Instances::start(&folder, 1).await;
    let api = at_each(&other, tenant).await.remove(0);
    let request = json!({ "user_id": meeting.members[0], "kind": "speech" });
    instances.kill(0).await;
    let begin = Instant::now();
    api.act(&meeting.path(&format!("/floor/attendees/{}/unmute", meeting.members[0]))).await.ok();
    let request = api.post(&meeting.path("/floor/requests"), &request).await.ok().member("request_id");
    let approve = meeting.path(&format!("/floor/requests/{request}/approve"));
    let approved = api.post(&approve, &json!({ "time_limit_seconds": 1 })).await.ok().position();
    for view in ["", "/attendance", "/floor", "/transcript"] {
        within(TAKEOVER, "the view moves", async || {
            let answer = api.get_at(&meeting.path(view), approved).await;
            (answer.status == 200).then_some(())
        })
        .await;
        eprintln!("{view} moved again {:?} after the kill", begin.elapsed());
    }
    within(TAKEOVER, "the clock ends the turn", async || {
        let floor = api.get(&meeting.path("/floor")).await.expect(200).json();
        (floor["history"][0]["finished_by"] == "clock").then_some(())
    })
    .await;
    eprintln!("the clock ended a turn {:?} after the kill", begin.elapsed());
    let holders: Vec<_> = held.iter().map(|(_, holder)| *holder).collect();
    let taken = leases(&folder).await;
    assert!(taken.iter().all(|(_, holder)| !holders.contains(holder)), "{held:?}, then {taken:?}");
    other.stop().await;
}

#[tokio::test]
async fn an_instance_with_other_keys_does_not_start() {
    let (folder, stranger) = (Folder::postgres().await, Folder::embedded());
    let mut instances = Instances::start(&folder, 1).await;
    let mut command = folder.serve();
    command.env("ACTA_DATA", stranger.path());
    let said = refusal(command).await;
    assert!(said.contains("are not those of the other instances"), "{said}");
    instances.stop().await;
}
