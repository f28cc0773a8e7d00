//! The room on a plain WebSocket: who comes in, what they do, and how it ends.

use std::time::Duration;

use futures::future::join_all;
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::Message;

use super::socket::{Ended, Socket, credentials, slug};
use crate::api::{Api, send};
use crate::folder::Folder;
use crate::meeting::{Meeting, any_id, chunk_of};
use crate::pass::{Holder, Pass, Wanted, now};
use crate::service::Service;

/// A session with people in it.
struct Hall {
    service: Service,
    meeting: Meeting,
    chair: Api,
}

impl Hall {
    /// An active session with this many members.
    async fn open(folder: &Folder, members: usize) -> Self {
        Self::serve(folder.serve(), folder, members).await
    }

    async fn serve(command: tokio::process::Command, folder: &Folder, members: usize) -> Self {
        let service = Service::spawn(folder, command).await;
        let chair = service.administrator(any_id()).await;
        let meeting = Meeting::begin(&chair, "General meeting", members).await;
        Self { service, meeting, chair }
    }

    fn session(&self) -> &str {
        &self.meeting.session
    }

    /// A client for one of the members.
    async fn member(&self, number: usize) -> Api {
        let tenant = self.chair.pass().tenant();
        self.service.person(tenant, self.meeting.members[number], &["participant"]).await
    }

    /// The position of the last event in the log.
    async fn head(&self) -> u64 {
        let page = self.chair.get("/events?after=0&limit=1").await.expect(200).json();
        page["head"].as_u64().unwrap()
    }
}

fn roles(message: &Value) -> &str {
    message["role"].as_str().unwrap()
}

#[tokio::test]
async fn who_comes_in_is_told_where_they_are_and_what_the_session_has_come_to() {
    let folder = Folder::new().await;
    let hall = Hall::open(&folder, 1).await;
    let (mut chair, connected) = Socket::open(&hall.chair, hall.session(), None).await;
    assert_eq!((roles(&connected), &connected["session_id"]), ("moderator", &json!(hall.session())));
    let state = chair.expect("session_state").await;
    assert_eq!((&state["snapshot"], &state["status"]), (&json!(true), &json!("active")));
    assert_eq!((&state["position"], &connected["after"]), (&connected["head"], &connected["head"]));

    let member = hall.member(0).await;
    let mut socket = Socket::stranger(&member, hall.session()).await;
    socket
        .send(&json!({ "event": "connect", "data": credentials(&member, hall.session()) }).to_string())
        .await;
    assert_eq!(roles(&socket.expect("connected").await), "participant");
    socket.expect("session_state").await;
    hall.service.stop().await;
}

#[tokio::test]
async fn what_is_asked_for_in_the_room_is_recorded_and_everybody_hears_it() {
    let folder = Folder::new().await;
    let hall = Hall::open(&folder, 2).await;
    let (mut chair, connected) = Socket::open(&hall.chair, hall.session(), None).await;
    let (mut ada, _) = Socket::open(&hall.member(0).await, hall.session(), None).await;
    let after = connected["head"].as_u64().unwrap();

    let first = ada.must("request_speech", &json!({ "kind": "speech", "topic": "The garage" })).await;
    let first = json!({ "request_id": first["request_id"] });
    chair.must("approve_speech", &with(&first, "time_limit_seconds", 600)).await;
    chair.must("pause_turn", &first).await;
    chair.must("resume_turn", &first).await;
    ada.must("finish_speech", &first).await;
    let second = ada.must("request_speech", &json!({ "kind": "reply" })).await;
    ada.must("withdraw_speech", &json!({ "request_id": second["request_id"] })).await;
    let third = ada.must("request_speech", &json!({ "kind": "reply" })).await;
    chair.must("deny_speech", &json!({ "request_id": third["request_id"], "reason": "Later" })).await;
    let muted = json!({ "user_id": hall.meeting.members[1] });
    chair.must("mute_user", &muted).await;
    let last = chair.must("unmute_user", &muted).await;
    let last = last["position"].as_u64().unwrap();

    let heard = chair.events_up_to(last).await;
    let names: Vec<_> = heard.iter().map(|message| message["event"].as_str().unwrap()).collect();
    let expected = [
        "speech_request_received",
        "speech_approved",
        "turn_paused",
        "turn_resumed",
        "speech_finished",
        "speech_request_received",
        "speech_withdrawn",
        "speech_request_received",
        "speech_denied",
        "user_muted",
        "user_unmuted",
    ];
    assert_eq!(names, expected);
    let (mut again, connected) = Socket::open(&hall.chair, hall.session(), Some(after)).await;
    assert_eq!((&connected["position"], &connected["after"]), (&json!(after), &json!(after)));
    assert_eq!(again.events_up_to(last).await, heard, "who comes back hears exactly what followed");
    hall.service.stop().await;
}

fn with(body: &Value, name: &str, value: impl Into<Value>) -> Value {
    let mut body = body.clone();
    body[name] = value.into();
    body
}

#[tokio::test]
async fn a_message_under_a_key_is_carried_out_once() {
    let folder = Folder::new().await;
    let hall = Hall::open(&folder, 1).await;
    let (mut ada, _) = Socket::open(&hall.member(0).await, hall.session(), None).await;
    let wish = json!({ "kind": "speech", "idempotency_key": "wish-1" });
    let first = ada.must("request_speech", &wish).await;
    assert_eq!(ada.must("request_speech", &wish).await["position"], first["position"]);
    let other = ada.ask("request_speech", &json!({ "kind": "reply", "idempotency_key": "wish-1" })).await;
    assert_eq!(slug(&other["problem"]), "idempotency-key-reused");
    hall.service.stop().await;
}

#[tokio::test]
async fn who_may_not_come_in_is_told_why() {
    let folder = Folder::new().await;
    let hall = Hall::open(&folder, 0).await;
    let nowhere = any_id().to_string();
    let refused = |outcome: Result<Socket, (u16, Value)>| {
        let (status, problem) = outcome.err().expect("it is refused");
        (status, slug(&problem).to_owned())
    };
    let unknown = refused(Socket::try_open(&hall.chair, &nowhere, None).await);
    assert_eq!(unknown, (404, "unknown-session".to_owned()));
    let elsewhere = hall.service.administrator(any_id()).await;
    let of_others = refused(Socket::try_open(&elsewhere, hall.session(), None).await);
    assert_eq!(of_others, (404, "unknown-session".to_owned()), "another tenant's session does not exist");
    let far = refused(Socket::try_open(&hall.chair, hall.session(), Some(1_000_000)).await);
    assert_eq!(far, (400, "position-unknown".to_owned()));

    for (said, code, why) in [
        (json!({ "event": "request_speech", "data": { "kind": "speech" } }), 4401, "handshake-needed"),
        (json!({ "event": "connect", "data": {} }), 4401, "unauthorized"),
        (json!({ "event": "connect", "data": { "token": "x", "dpop": "y" } }), 4401, "unauthorized"),
        (json!({ "event": "connect", "data": { "token": 7 } }), 4400, "invalid-body"),
        (json!({ "event": "connect", "data": credentials(&hall.chair, &nowhere) }), 4401, "unauthorized"),
        (
            json!({ "event": "connect", "data": credentials(&elsewhere, hall.session()) }),
            4404,
            "unknown-session",
        ),
    ] {
        let mut socket = Socket::stranger(&hall.chair, hall.session()).await;
        socket.send(&said.to_string()).await;
        let ended = socket.ended().await;
        assert_eq!((ended.code, ended.slug()), (Some(code), why), "{said}: {ended:?}");
    }
    let plain = hall.chair.get(&format!("/sessions/{}/live", hall.session())).await;
    plain.problem(426, "upgrade-required");
    hall.service.stop().await;
}

#[tokio::test]
async fn whoever_proves_no_key_watches() {
    let folder = Folder::new().await;
    let hall = Hall::open(&folder, 1).await;
    let (holder, roles) = (Holder::User(hall.meeting.members[0]), &["participant"][..]);
    let wanted = Wanted { tenant: hall.chair.pass().tenant(), holder, roles, lifetime: 3600 };
    let reader = hall.service.reader(&wanted).await;
    let (mut socket, _) = Socket::open(&reader, hall.session(), None).await;
    let refused = socket.ask("request_speech", &json!({ "kind": "speech" })).await;
    assert_eq!(slug(&refused["problem"]), "unauthorized");
    hall.service.stop().await;
}

#[tokio::test]
async fn what_is_no_message_is_refused_and_disturbs_nobody() {
    let folder = Folder::new().await;
    let hall = Hall::open(&folder, 1).await;
    let (mut bystander, _) = Socket::open(&hall.chair, hall.session(), None).await;
    bystander.expect("session_state").await;
    let (member, head) = (hall.member(0).await, hall.head().await);
    let too_large = json!({ "event": "request_speech", "data": { "topic": "x".repeat(1_000_000) } });
    for (thrown, code, why) in [
        (Message::text("hello"), 4400, "malformed-json"),
        (Message::text(r#"{"data":{}}"#), 4400, "malformed-json"),
        (Message::binary(vec![1, 2, 3]), 1003, "invalid-body"),
        (Message::text(too_large.to_string()), 1009, "too-large"),
    ] {
        let (mut socket, _) = Socket::open(&member, hall.session(), None).await;
        socket.throw(thrown).await;
        let Ended { code: closed, problem, .. } = socket.ended().await;
        assert_eq!((closed, slug(&problem)), (Some(code), why));
    }
    let (mut socket, _) = Socket::open(&member, hall.session(), None).await;
    for (event, data, why) in [
        ("make_coffee", json!({}), "unknown-message"),
        ("approve_speech", json!({}), "invalid-body"),
        ("approve_speech", json!({ "request_id": "../../x" }), "invalid-body"),
        ("request_speech", json!({ "kind": "song" }), "invalid-body"),
        ("request_speech", json!({ "kind": "speech", "extra": 1 }), "invalid-body"),
        ("request_speech", json!([]), "invalid-body"),
        ("mute_user", json!({ "user_id": any_id() }), "permission-needed"),
        ("renew_token", json!({ "token": "x" }), "unauthorized"),
    ] {
        assert_eq!(slug(&socket.ask(event, &data).await["problem"]), why, "{event} {data}");
    }
    socket.send(r#"{"event":"make_coffee"}"#).await;
    let unasked = socket.until("problem").await;
    assert_eq!((&unasked["event"], slug(&unasked["problem"])), (&json!("make_coffee"), "unknown-message"));
    assert_eq!(hall.head().await, head, "nothing was recorded");
    bystander.hears_nothing(Duration::from_millis(100)).await;
    hall.service.stop().await;
}

#[tokio::test]
async fn whoever_floods_is_slowed_down_and_then_shown_out() {
    let folder = Folder::new().await;
    let mut command = folder.serve();
    command.env("ROOM_MESSAGES", "5/10s").env("ROOM_CONNECTIONS_OF_ONE", "2");
    let hall = Hall::serve(command, &folder, 1).await;
    let member = hall.member(0).await;
    let (mut socket, _) = Socket::open(&member, hall.session(), None).await;
    for _ in 0..5 {
        assert_eq!(slug(&socket.ask("make_coffee", &json!({})).await["problem"]), "unknown-message");
    }
    let refused = socket.ask("make_coffee", &json!({})).await;
    assert_eq!(slug(&refused["problem"]), "too-many-requests");
    assert!(refused["problem"]["retry_after_seconds"].as_u64().is_some_and(|seconds| seconds > 0));
    let (_second, _) = Socket::open(&member, hall.session(), None).await;
    let third = Socket::try_open(&member, hall.session(), None).await;
    assert_eq!(third.err().expect("there are two").0, 429);
    for _ in 0..200 {
        socket.throw(Message::text(r#"{"event":"make_coffee"}"#)).await;
    }
    let ended = socket.ended().await;
    assert_eq!((ended.code, ended.slug()), (Some(4429), "too-many-requests"));
    hall.service.stop().await;
}

#[tokio::test]
async fn a_token_is_renewed_in_band_and_one_that_ends_ends_the_connection() {
    let folder = Folder::new().await;
    let hall = Hall::open(&folder, 1).await;
    let (tenant, user) = (hall.chair.pass().tenant(), hall.meeting.members[0]);
    let wanted =
        |user, lifetime| Wanted { tenant, holder: Holder::User(user), roles: &["participant"], lifetime };
    let client = async |wanted| Api::new(hall.service.url(), Some(Pass::bound(folder.path(), &wanted).await));
    let short = client(wanted(user, 8)).await;
    let (mut renewing, connected) = Socket::open(&short, hall.session(), None).await;
    let (left_alone, _) = Socket::open(&short, hall.session(), None).await;
    let ends_at = connected["expires_at"].clone();

    let somebody_else = client(wanted(any_id(), 60)).await;
    let refused = renewing.ask("renew_token", &credentials(&somebody_else, hall.session())).await;
    assert_eq!(slug(&refused["problem"]), "unauthorized");
    let expiring = renewing.until("token_expiring").await;
    assert_eq!(expiring["expires_at"], ends_at);
    assert!(expiring["seconds_left"].as_u64().is_some_and(|seconds| seconds < 8));
    let long = client(wanted(user, 3600)).await;
    let renewed = renewing.must("renew_token", &credentials(&long, hall.session())).await;
    assert!(renewed["expires_at"].as_str() > ends_at.as_str());

    let ended = left_alone.ended().await;
    assert_eq!((ended.code, ended.slug()), (Some(4401), "unauthorized"));
    assert!(now().to_string().as_str() >= ends_at.as_str().unwrap());
    renewing.must("request_speech", &json!({ "kind": "speech" })).await;
    hall.service.stop().await;
}

#[tokio::test]
async fn a_user_who_is_disabled_is_shown_out() {
    let folder = Folder::new().await;
    let hall = Hall::open(&folder, 0).await;
    let body =
        json!({ "login": "ada@example.org", "password": "twelve green bottles", "roles": ["observer"] });
    let user = hall.chair.post("//v2/users", &body).await.expect(201).member("user_id");
    let ada = signed_in(&hall.chair, &body).await;
    let (mut socket, _) = Socket::open(&ada, hall.session(), None).await;
    socket.expect("session_state").await;
    hall.chair.act(&format!("//v2/users/{user}/disable")).await.ok();
    let ended = socket.ended().await;
    assert_eq!((ended.code, ended.slug()), (Some(4401), "unauthorized"));
    assert_eq!(ended.problem["detail"], "the user was disabled");
    let again = Socket::try_open(&ada, hall.session(), None).await;
    assert_eq!(again.err().expect("it is refused").0, 401);
    hall.service.stop().await;
}

/// The client of somebody who signs in with the key of `holder`.
async fn signed_in(holder: &Api, user: &Value) -> Api {
    let typed =
        json!({ "tenant_id": holder.pass().tenant(), "login": user["login"], "password": user["password"] });
    let url = holder.url("//v2/login");
    let request = acta_services::RequestToProve { method: "POST", url: &url, token: None, nonce: None };
    let proof = holder.pass().key().prove(&request, now(), any_id());
    let stranger = Api::new(holder.base(), None).request(reqwest::Method::POST, "//v2/login");
    let answer = send(stranger.header("DPoP", proof).json(&typed)).await.expect(200);
    holder.with_token(&answer.member("access_token"))
}

#[tokio::test]
async fn when_the_service_stops_everybody_is_told_to_come_back() {
    let folder = Folder::new().await;
    let hall = Hall::open(&folder, 0).await;
    let (mut socket, _) = Socket::open(&hall.chair, hall.session(), None).await;
    let state = socket.expect("session_state").await;
    let ((), ended) = tokio::join!(hall.service.stop(), socket.ended());
    assert_eq!((ended.code, ended.slug()), (Some(1001), "unavailable"));
    assert_eq!(ended.position, state["position"]);
}

#[tokio::test]
async fn whoever_is_slow_is_told_so_and_misses_nothing() {
    const ROUNDS: u64 = 40;
    const AT_ONCE: u64 = 20;
    let folder = Folder::new().await;
    let hall = Hall::open(&folder, 1).await;
    let mut slow = Socket::open_slow(&hall.chair, hall.session()).await;
    let (speaker, words) = (hall.meeting.members[0], "a ".repeat(4_500));
    let mut last = 0;
    for round in 0..ROUNDS {
        let chunks = (0..AT_ONCE).map(|n| chunk_of(speaker, (round * AT_ONCE + n) * 1_000, &words));
        let said = chunks.map(async |chunk| hall.meeting.post("/transcript/chunks", &chunk).await.position());
        last = join_all(said).await.into_iter().fold(last, u64::max);
    }
    let before = slow.expect("connected").await["head"].as_u64().unwrap();
    let mut lagged = false;
    let (mut seen, mut index) = (before, None);
    while seen < last {
        let message = slow.next().await;
        lagged |= message["event"] == "lagged";
        if let Some(next) = message["data"]["session_index"].as_u64() {
            assert!(index.is_none_or(|index| next == index + 1), "{index:?}, {next}");
            index = Some(next);
            seen = message["data"]["position"].as_u64().unwrap();
        }
    }
    assert!(lagged, "it was told that it is slow");
    hall.service.stop().await;
}
